// The sum of two fractions.
function plus([a, b], [c, d]) {
    return fraction(a * d + c * b, b * d);
}

// A fraction as a number: of its quotient 64 digits, the last of which says whether there are more, round as all do.
function to_number([above, below]) {
    const size = above < 0n ? -above : above;
    const digits = below.toString(2).length - size.toString(2).length + 64;
    const shifted = digits < 0 ? [size, below << BigInt(-digits)] : [size << BigInt(digits), below];
    const quotient = (shifted[0] / shifted[1]) | BigInt(shifted[0] % shifted[1] !== 0n);
    return (above < 0n ? -1 : 1) * (Number(quotient) / 2 ** digits);
}

// The steps since an own time, or until it: a part of a step is added last, and keeps its digits.
function apart(time, own, sign = 1) {
    const { step, begin, longer } = placed(time);
    const [above, below] = plus(begin, times(exact(own), longer));
    const whole = floor_of(BigInt(-sign) * above, below);
    return sign * step + Number(whole) + to_number([BigInt(-sign) * above - whole * below, below]);
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

// Cycle after cycle, each longer than the one before by the factor `period_mult`: a function of the time and the number.
function cycles(cycle, period, period_mult) {
    const [[above, below], [of_period, unit_of_period]] = [exact(period_mult), exact(period)];
    return (time) => {
        const { step, begin, longer } = placed(time);
        const [own, unit_of_own] = times(plus(exact(step), [-begin[0], begin[1]]), [longer[1], longer[0]]);
        let [from, length, unit, number] = [0n, of_period, unit_of_period, 0];
        if (period_mult === 1 && own > 0n) {
            const whole = floor_of(own * unit, length * unit_of_own);
            [from, number] = [whole * length, Number(whole)];
        }
        while ((from + length) * unit_of_own <= own * unit) {
            [number, from, length, unit] = [number + 1, (from + length) * below, length * above, unit * below];
        }
        const start = plus(begin, times(fraction(from, unit), longer));
        const times_longer = fraction(length * unit_of_period, unit * of_period);
        return cycle({ step, begin: start, longer: times(longer, times_longer) }, number);
    };
}
