// The first place of a step among boundaries, after those that are equal to it.
function bisect_right(boundaries, step) {
    let [low, high] = [0, boundaries.length];
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        [low, high] = boundaries[middle] <= step ? [middle + 1, high] : [low, middle];
    }
    return low;
}

// Items of some lists side by side.
function zip(...lists) {
    const length = Math.min(...lists.map((list) => list.length));
    return lists[0].slice(0, length).map((_, at) => lists.map((list) => list[at]));
}

// A fraction of two integers of any size, in lowest terms.
function fraction(above, below) {
    let [divisor, rest] = [above < 0n ? -above : above, below];
    while (rest) [divisor, rest] = [rest, divisor % rest];
    return [above / divisor, below / divisor];
}

// The fraction that a number stands for: 7/3, and not the float next to it.
function exact(number) {
    let [a, b, above, below, rest] = [0n, 1n, 1n, 0n, number];
    while (Number(above) / Number(below) !== number && below <= 10n ** 9n) {
        const whole = BigInt(Math.floor(rest));
        [a, b, above, below] = [above, below, whole * above + a, whole * below + b];
        rest = 1 / (rest - Math.floor(rest));
    }
    if (Number(above) / Number(below) === number) return [above, below];
    let unit = 1n;
    for (; !Number.isInteger(number); number *= 2) unit *= 2n;
    return fraction(BigInt(number), unit);
}

// The sum of two fractions.
function plus([a, b], [c, d]) {
    return fraction(a * d + c * b, b * d);
}

// The product of two fractions.
function times([a, b], [c, d]) {
    return fraction(a * c, b * d);
}

// The largest integer that is not above a quotient.
function floor_of(above, below) {
    return above / below - (above % below < 0n ? 1n : 0n);
}

// A fraction as a number: the first 64 digits of the quotient are enough.
function to_number([above, below]) {
    const digits = below.toString(2).length - above.toString(2).length + 64;
    return Number((above << BigInt(digits)) / below) / 2 ** digits;
}

// A step, and exactly where a schedule begins and how much longer it is; of a step alone, the whole run.
function placed(time) {
    return typeof time === "number" ? { step: Math.max(time, 0), begin: [0n, 1n], longer: [1n, 1n] } : time;
}

// The steps since an own time, or until it: a part of a step is added last, and keeps its digits.
function apart(time, own, sign = 1) {
    const { step, begin, longer } = placed(time);
    const [above, below] = plus(begin, times(exact(own), longer));
    const whole = floor_of(BigInt(-sign) * above, below);
    return sign * step + Number(whole) + to_number([BigInt(-sign) * above - whole * below, below]);
}

// How many times a length has passed since the begin of a schedule.
function passed(time, length) {
    const { step, begin, longer } = placed(time);
    const [[a, b], [c, d], [e, f]] = [exact(step), begin, times(exact(length), longer)];
    return Math.max(Number(floor_of((a * d - c * b) * f, b * d * e)), 0);
}

// Each half of a ramp from its own end, so that nothing cancels next to it.
function ramp(rise, fall, steps) {
    return (time) => {
        const [done, left] = [apart(time, 0), apart(time, steps, -1)];
        const x = Math.max(Math.min(done, left), 0) / (steps * to_number(placed(time).longer) || 1);
        return done < left ? rise(x) : fall(x);
    };
}

// A ramp by the part of it that is left.
function one_sided(fall, steps) {
    return (time) => {
        const left = Math.max(apart(time, steps, -1), 0) / (steps * to_number(placed(time).longer) || 1);
        return fall(apart(time, 0) > 0 ? left : Math.min(steps, 1));
    };
}

// A function of the time, up to its length.
function elapsed(value, length = Infinity) {
    return (time) => value(Math.min(Math.max(apart(time, 0), 0) / to_number(placed(time).longer), length));
}

// A function of how many times a length has passed.
function stairs(length, value) {
    return (time) => value(passed(time, length));
}

// One schedule after another; each sees its own step 0.
function join(schedules, boundaries) {
    return (time) => {
        const { step, begin, longer } = placed(time);
        let piece = boundaries.length;
        while (piece > 0 && apart(time, boundaries[piece - 1]) < 0) piece -= 1;
        const start = exact(piece ? boundaries[piece - 1] : 0);
        return schedules[piece]({ step, begin: plus(begin, times(start, longer)), longer });
    };
}

// A schedule that is `steps` ahead; negative steps delay it.
function shift(schedule, steps) {
    return (time) => {
        const { step, begin, longer } = placed(time);
        if (steps > 0 && apart(time, 0) < 0) return schedule(steps);
        return schedule({ step, begin: plus(begin, times(exact(-steps), longer)), longer });
    };
}

// A schedule that takes `factor` times as long.
function stretch(schedule, factor) {
    return (time) => {
        const { step, begin, longer } = placed(time);
        return schedule({ step, begin, longer: times(longer, exact(factor)) });
    };
}

// The first `period` steps of a schedule again and again, each time `period_mult` times as long as before.
function restart(schedule, period, period_mult = 1, value_mult = 1, base_value = 0) {
    const [[above, below], [of_period, unit_of_period]] = [exact(period_mult), exact(period)];
    return (time) => {
        const { step, begin, longer } = placed(time);
        let cycle = period_mult === 1 ? passed(time, period) : 0;
        let [from, length, unit] = [BigInt(cycle) * of_period, of_period, unit_of_period];
        const [own, unit_of_own] = times(plus(exact(step), [-begin[0], begin[1]]), [longer[1], longer[0]]);
        while ((from + length) * unit_of_own <= own * unit) {
            [cycle, from, length, unit] = [cycle + 1, (from + length) * below, length * above, unit * below];
        }
        const start = plus(begin, times(fraction(from, unit), longer));
        const times_longer = fraction(length * unit_of_period, unit * of_period);
        const value = schedule({ step, begin: start, longer: times(longer, times_longer) });
        return value_mult === 1 ? value : damped(value, cycle, value_mult, base_value);
    };
}
