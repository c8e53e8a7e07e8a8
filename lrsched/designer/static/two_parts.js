// A run for another batch size, whose warmup is drawn out by one factor and the rest by another.

const SQUARED = { linear: 2, sqrt: 1, steps: 0, epochs: -2 };

function in_two_parts(child, base, size, rule) {
    const { name } = child.formula;
    if (["scale", "clamp_min", "clamp_max", "round_to"].includes(name)) {
        return make[name](in_two_parts(child.values[0], base, size, rule), child.values[1]);
    }
    const [children, starts, at] = warmup_in(child, rule);
    const less = fraction(BigInt(base), BigInt(size));
    const rest = make.join(children.slice(at), starts.slice(at + 1).map((start) => start - starts[at]));
    const warm = scaled_warmup(BigInt(starts[at]), less, rule);
    const longer = make.stretch(rest, float_of(factor_of_rest(starts[at], length_of(rest), warm, less, rule)));
    if (warm === 0n) return longer;
    const first = make.join(children.slice(0, at), starts.slice(1, at));
    const drawn_out = make.stretch(first, float_of(fraction(warm, BigInt(starts[at]))));
    return make.join([drawn_out, longer], [Number(warm)]);
}

// The pieces of a run, their starts, and which piece is the first after the warmup.
function warmup_in(child, rule) {
    const unfolded = expanded(child);
    const is_join = unfolded.formula.name === "join";
    const [children, boundaries] = is_join ? unfolded.values : [[unfolded], []];
    const starts = [0, ...boundaries];
    const at = starts.indexOf(child.parameters[child.formula.name === "warmup" ? "steps" : "warmup_steps"]);
    if (at < 0) {
        const remedy = "warmup_cosine(...), wsd(...) and warmup(...) are, and 'epochs' takes any schedule";
        const demand = `must be a warmup and what follows it, for warmup_rule=${text_of(rule)}`;
        refuse(site("scale_schedule", "schedule"), child, demand, remedy);
    }
    return [children, starts, at];
}

// The integer part of x + 1/2, from the square of 2x.
function scaled_warmup(steps, [base, size], rule) {
    let square = [4n * steps * steps, 1n];
    for (let power = SQUARED[rule]; power > 0; power -= 1) square = times(square, [size, base]);
    for (let power = SQUARED[rule]; power < 0; power += 1) square = times(square, [base, size]);
    return (integer_root(floor_of_fraction(square)) + 1n) / 2n;
}

function integer_root(number) {
    let root = BigInt(Math.floor(Math.sqrt(Number(number))));
    while (root * root > number) root -= 1n;
    while ((root + 1n) * (root + 1n) <= number) root += 1n;
    return root;
}

// What the rest of a run is drawn out by, so that the whole still takes as many epochs.
function factor_of_rest(steps, length, warm, less, rule) {
    if (!length) return less;
    const left = minus(times([BigInt(steps + length), 1n], less), [warm, 1n]);
    if (!is_before(ZERO, left)) {
        const all = ceil_of_fraction(plus(left, [warm, 1n]));
        const demand = `must leave a part of the run, and makes ${warm} of ${all} steps warmup`;
        refuse(site("scale_schedule", "warmup_rule"), rule, demand, "'epochs' keeps the share of the warmup");
    }
    return over(left, [BigInt(length), 1n]);
}
