// Where schedules stand in time, and the pieces that they consist of.
//
// A place says that own time u of a schedule is step origin + u*factor, in exact fractions. A schedule that moves time
// gives parts: children, each at a place in its parent's time. `pieces` follows the parts down to the formulas that
// compute a value. Formulas that combine values at the same step are carried into the pieces of their children.

const LAST = [2n ** 53n, 1n];
const HERE = { origin: ZERO, factor: ONE };
const LONG = 2n ** 64n;
const MOST_CYCLES = 10; // so many cycles of a restart are looked at, for there is no end of them

// How many schedules may still be looked into. Restarts of restarts have more pieces than anyone waits for.
const work = { left: Infinity };

class TooMuch extends Error {}

function spend(much = 1) {
    work.left -= much;
    if (work.left < 0) throw new TooMuch();
}

// What `find` gives, unless it looks into more than `most` schedules: then what `otherwise` gives.
function within(most, find, otherwise) {
    if (work.left !== Infinity) return find();
    work.left = most;
    try {
        return find();
    } catch (error) {
        if (error instanceof TooMuch || error instanceof RangeError) return otherwise();
        throw error;
    } finally {
        work.left = Infinity;
    }
}

// The step of an own time.
function time_at(place, own) {
    return plus(place.origin, times(own, place.factor));
}

function inside(place, origin, factor) {
    const own = { origin: time_at(place, origin), factor: times(factor, place.factor) };
    if (own.origin[1] > LONG) spend(20); // long fractions take longer
    return own;
}

function part(begin, child, origin, factor = ONE, is_one_piece = false) {
    return { begin, child, origin, factor, is_one_piece };
}

// The parts of the schedules that move time.
const layouts = {
    join: ({ schedules, boundaries }) => {
        const starts = [0, ...boundaries].map(meant);
        return schedules.map((child, at) => part(starts[at], child, starts[at]));
    },
    shift: ({ schedule, steps }) => [part(ZERO, schedule, meant(-steps))],
    stretch: ({ schedule, factor }) => [part(ZERO, schedule, ZERO, meant(factor))],
    restart: ({ schedule, period, period_mult, value_mult, base_value }) => ({
        child: schedule,
        period: meant(period),
        multiple: meant(period_mult),
        value_mult,
        base_value,
    }),
};

// The parts of a schedule that moves time, or its cycles; of another nothing.
function parts_of(what) {
    const layout = Object.hasOwn(layouts, what.formula.name) ? layouts[what.formula.name] : null;
    return layout && layout(what.parameters);
}

function is_endless(parts) {
    return parts.period !== undefined && is_equal(parts.multiple, ONE);
}

function is_equal([a, b], [c, d]) {
    return a === c && b === d;
}

// The cycles, or the first ones and the one that follows as one piece.
function* parts_of_cycles(cycles, most) {
    const [above, below] = cycles.multiple;
    let [begin, length, unit] = [0n, 1n, 1n];
    for (let index = 0; ; index += 1) {
        const start = times(cycles.period, rounded_up(begin, unit));
        yield part(start, sized(cycles, index), start, rounded_up(length, unit), index === most);
        if (index === most) return;
        [begin, length, unit] = [(begin + length) * below, length * above, unit * below];
    }
}

// A quotient; one with a long denominator is rounded up to 128 bits, which moves it past no integer.
function rounded_up(above, below) {
    if (below < 2n ** 128n) return fraction(above, below);
    return fraction(-floor_of(-(above << 128n), below), 2n ** 128n);
}

// The schedule of a cycle, which is drawn towards a base.
function sized({ child, value_mult, base_value }, index) {
    if (value_mult === 1) return child;
    const [weight, lost] = [xp.grow(value_mult, index), -xp.expm1(Math.min(index * xp.log(value_mult), 0))];
    return schedule_of(formulas.get("damped"), [child, weight, lost, base_value]);
}

// What a composition is made of, and so on until it is none.
function expanded(what) {
    while (what.formula.role === "composition") what = what.expansion;
    return what;
}

// The pieces of a schedule that begin up to the step `last`; the first begins at step 0.
//
// Cycles that are all equally long are one piece, unless they are written out: so many `cycles`, and half as many of
// those inside of a cycle.
function* pieces(what, place = HERE, last = LAST, cycles = null) {
    spend();
    what = expanded(what);
    let parts = parts_of(what);
    if (parts?.period) {
        if (is_endless(parts) && cycles === null) {
            yield { start: ZERO, placed: { what, place }, is_endless: true };
            return;
        }
        parts = parts_of_cycles(parts, cycles);
        cycles = cycles && Math.floor(cycles / 2);
    }
    if (parts) yield* laid_out(parts, place, last, cycles);
    else if (what.formula.pointwise.length) yield* combined(what, place, last, cycles);
    else yield { start: ZERO, placed: { what, place }, is_endless: false };
}

// The pieces of parts, each from its begin to that of the next; those that never speak are left out.
function* laid_out(parts, place, last, cycles) {
    const remaining = parts[Symbol.iterator]();
    let current = remaining.next().value;
    let begin = ZERO;
    if (is_before(ZERO, place.origin) && is_before(current.origin, ZERO)) { // a child that is ahead, and begins later
        const ahead = later(over(minus(ZERO, current.origin), current.factor), ZERO);
        yield { start: begin, placed: { what: make.constant(current.child(as_float(ahead))), place: HERE } };
        begin = place.origin;
    }
    while (current) {
        let after = remaining.next().value;
        let end = after && time_at(place, after.begin);
        if (after && is_before(last, end)) after = end = undefined;
        if (!end || is_before(later(begin, ZERO), end)) {
            for (const piece of pieces_of_part(current, place, end ? earlier(last, end) : last, cycles)) {
                const start = later(piece.start, begin);
                if (!end || is_before(start, end)) yield { ...piece, start };
            }
        }
        [current, begin] = [after, end];
    }
}

function pieces_of_part(current, place, last, cycles) {
    const own = inside(place, current.origin, current.factor);
    if (current.is_one_piece) return [{ start: ZERO, placed: as_one(current.child, own), is_endless: true }];
    return pieces(current.child, own, last, cycles);
}

// A formula of values at the same step, once for each combination of its children's pieces.
function* combined(what, place, last, cycles) {
    const rows = children_of(what).map((child) => [...pieces(child, place, last, cycles)]);
    const starts = rows.flat().map((piece) => piece.start);
    starts.sort((a, b) => (is_before(a, b) ? -1 : 1));
    const at = rows.map(() => 0);
    for (const start of starts.filter((each, index) => index === 0 || is_before(starts[index - 1], each))) {
        const found = rows.map((row, index) => {
            while (row[at[index] + 1] && !is_before(start, row[at[index] + 1].start)) at[index] += 1;
            return row[at[index]];
        });
        const placed = { what, place, children: found.map((piece) => piece.placed) };
        yield { start, placed, is_endless: found.some((piece) => piece.is_endless) };
    }
}

// The children that are asked at the same step.
function children_of(what) {
    return what.formula.pointwise.map((name) => what.parameters[name]);
}

// A child as one piece, whatever its parts.
function as_one(what, place) {
    what = expanded(what);
    if (!what.formula.pointwise.length) return { what, place };
    return { what, place, children: children_of(what).map((child) => as_one(child, place)) };
}

// The steps after which a schedule holds its value, or nothing if it never does.
function length_of(what) {
    const end = end_of(what);
    return end && Math.max(Number(ceil_of_fraction(end)), 0);
}

// The time from which a schedule holds its value, which need not be a whole step.
function end_of(what) {
    const last = [...pieces(what, HERE, LAST, 0)].at(-1);
    const end = last.is_endless ? null : end_of_placed(last.placed);
    return end && later(last.start, end); // what is ahead may have ended before its piece begins
}

function end_of_placed({ what, place, children }) {
    if (children) {
        const ends = children.map(end_of_placed);
        return ends.every(Boolean) ? ends.reduce(later) : null;
    }
    const length = parts_of(what) ? length_of(what) : own_length(what);
    return length === null ? null : time_at(place, meant(length));
}

function own_length({ formula, parameters }) {
    if (formula.name === "staircase") {
        const length = length_of(parameters.schedule);
        return length === null ? null : length * parameters.steps;
    }
    return formula.name === "constant" ? 0 : (parameters[formula.length] ?? null);
}

// The steps from which another formula speaks, sorted; of endless cycles those of the first ten, fewer inside.
function boundaries_of(what) {
    const rows = [...pieces(what, HERE, LAST, MOST_CYCLES)];
    const found = new Set();
    rows.forEach((row, at) => {
        const after = rows[at + 1];
        const own = row.is_endless ? [] : own_boundaries(row.placed);
        const inner = own.filter(
            (time) => is_before(row.start, time) && (!after || is_before(time, after.start)),
        );
        for (const time of [row.start, ...inner]) found.add(Number(ceil_of_fraction(time)));
    });
    return [...found].filter((step) => step > 0).sort((a, b) => a - b);
}

function own_boundaries({ what, place, children = [] }) {
    const own = children.length ? [] : boundaries_inside(what).map((step) => time_at(place, meant(step)));
    return [...children.flatMap(own_boundaries), ...own];
}

function boundaries_inside({ formula, parameters }) {
    if (formula.name === "noam") return [parameters.warmup_steps];
    const inner = Object.values(parameters).flat().filter(is_schedule).flatMap(boundaries_of);
    return formula.name === "staircase" ? inner.map((step) => step * parameters.steps) : inner;
}
