// Schedules as functions of an exact time: a fraction [count, unit] of two integers of any size.


// A time as a fraction: of a number, 0 at least, the simplest that it stands for, 7/3 and not the float next to it.
function fraction(time, parts = 1n) {
    if (typeof time !== "number") return time;
    const number = Math.max(time, 0) * Number(parts);
    if (number % 1) return fraction(time, 2n * parts);
    let [a, b, p, q, n, d] = [0n, 1n, 1n, 0n, BigInt(number), parts];
    while (Number(p) / Number(q) !== number / Number(parts)) // the next convergent
        [a, b, p, q, n, d] = [p, q, (n / d) * p + a, (n / d) * q + b, d, n % d];
    return [p, q];
}


// A fraction as a number: its whole part, and 200 binary digits of the rest.
function to_number(count, unit) {
    return Number(count / unit) + Number(((count % unit) << 200n) / unit) / 2 ** 200;
}


// Each half of a ramp from its own end, so that nothing cancels next to it.
function ramp(rise, fall, steps) {
    return (time) => {
        const [count, unit] = fraction(time);
        const left = BigInt(steps) * unit - count;
        const x = Math.max(to_number(count < left ? count : left, unit), 0) / (steps || 1);
        return count < left ? rise(x) : fall(x);
    };
}


// A ramp by the part of it that is left.
function one_sided(fall, steps) {
    return (time) => {
        const [count, unit] = fraction(time);
        const left = Math.max(to_number(BigInt(steps) * unit - count, unit), 0) / (steps || 1);
        return fall(count > 0n ? left : Math.min(steps, 1));
    };
}


// A function of the time, up to its length.
function elapsed(value, steps = Infinity) {
    return (time) => value(Math.min(to_number(...fraction(time)), steps));
}


// A function of how many times a length has passed.
function stairs(length, value = (stair) => stair) {
    const [above, below] = fraction(length);
    return (time) => {
        const [count, unit] = fraction(time);
        return value(Number((count * below) / (unit * above)));
    };
}


// The same value at every step.
function constant(value) {
    return () => value;
}


// One schedule after another; each sees its own step 0.
function join(schedules, boundaries) {
    return (time) => {
        const [count, unit] = fraction(time);
        const started = boundaries.filter((start) => BigInt(start) * unit <= count);
        return schedules[started.length]([count - BigInt(started.at(-1) ?? 0) * unit, unit]);
    };
}


// A schedule that is `steps` ahead; negative steps delay it.
function shift(schedule, steps) {
    return (time) => {
        const [count, unit] = fraction(time);
        const ahead = count + BigInt(steps) * unit;
        return schedule([ahead > 0n ? ahead : 0n, unit]);
    };
}


// A schedule that takes `factor` times as long.
function stretch(schedule, factor) {
    const [above, below] = fraction(factor);
    return (time) => {
        const [count, unit] = fraction(time);
        return schedule([count * below, unit * above]);
    };
}


// The first `period` steps of a schedule, again and again.
function restart(schedule, period, damp = (value, cycle) => value) {
    return (time) => {
        const [count, unit] = fraction(time);
        const length = BigInt(period) * unit;
        return damp(schedule([count % length, unit]), Number(count / length));
    };
}


// The first `period` steps of a schedule, each time drawn further towards a value.
function damped_restart(schedule, period, value_mult, base_value) {
    return restart(schedule, period, (value, cycle) => damped(value, cycle, value_mult, base_value));
}


// The first `period` steps of a schedule again and again, each time `period_mult` times as long as before.
function growing_restart(schedule, period, period_mult, damp = (value, cycle) => value) {
    return (time) => {
        const [[count, parts], [above, below]] = [fraction(time), fraction(period_mult)];
        let [cycle, begin, length, unit] = [0, 0n, BigInt(period), 1n];
        for (; (begin + length) * parts <= count * unit; cycle += 1)
            [begin, length, unit] = [(begin + length) * below, length * above, unit * below];
        return damp(schedule([(count * unit - begin * parts) * BigInt(period), length * parts]), cycle);
    };
}


// Cycles of a schedule, each `period_mult` times as long as before, and drawn further towards a value.
function damped_growing_restart(schedule, period, period_mult, value_mult, base_value) {
    const damp = (value, cycle) => damped(value, cycle, value_mult, base_value);
    return growing_restart(schedule, period, period_mult, damp);
}
