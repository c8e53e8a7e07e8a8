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

// The product of two fractions.
function times([a, b], [c, d]) {
    return fraction(a * c, b * d);
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
    return [BigInt(number), unit];
}

// The largest integer that is not above a quotient.
function floor_of(above, below) {
    return above / below - (above % below < 0n ? 1n : 0n);
}

// A step, and exactly where a schedule begins and how much longer it is; of a step alone, the whole run.
function placed(time) {
    return typeof time === "number" ? { step: Math.max(time, 0), begin: [0n, 1n], longer: [1n, 1n] } : time;
}

// How many times a length has passed since the begin of a schedule.
function passed(time, length) {
    const { step, begin, longer } = placed(time);
    const [[a, b], [c, d], [e, f]] = [exact(step), begin, times(exact(length), longer)];
    return Math.max(Number(floor_of((a * d - c * b) * f, b * d * e)), 0);
}

// A function of how many times a length has passed.
function stairs(length, value) {
    return (time) => value(passed(time, length));
}
