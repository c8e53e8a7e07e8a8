// Numbers as Python and the formulas understand them: exact fractions, the words of `xp`, and texts of floats.

const ZERO = [0n, 1n];
const ONE = [1n, 1n];
const MOST = 10n ** 300n;
const LAST_STEP = 2 ** 53;
const HALF_OF_LARGEST = 354.891356446692; // half the logarithm of the largest float, where values that grow are held

// Fractions.

// A fraction in lowest terms; of integers that floats hold, which nearly all are, the divisor is found in these.
function fraction(above, below) {
    if (below === 1n) return [above, below];
    let [a, b] = [Math.abs(Number(above)), Number(below)];
    if (a > Number.MAX_SAFE_INTEGER || b > Number.MAX_SAFE_INTEGER) return long_fraction(above, below);
    while (b) [a, b] = [b, a % b];
    const divisor = BigInt(a);
    return divisor === 1n ? [above, below] : [above / divisor, below / divisor];
}

function long_fraction(above, below) {
    let [divisor, rest] = [above < 0n ? -above : above, below];
    while (rest) [divisor, rest] = [rest, divisor % rest];
    return [above / divisor, below / divisor];
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

// A fraction as a number: of its quotient 64 digits, the last of which says whether there are more, round as all do.
function to_number([above, below]) {
    const size = above < 0n ? -above : above;
    const digits = below.toString(2).length - size.toString(2).length + 64;
    const shifted = digits < 0 ? [size, below << BigInt(-digits)] : [size << BigInt(digits), below];
    const quotient = (shifted[0] / shifted[1]) | BigInt(shifted[0] % shifted[1] !== 0n);
    return (above < 0n ? -1 : 1) * (Number(quotient) / 2 ** digits);
}

function minus(a, b) {
    return plus(a, [-b[0], b[1]]);
}

function over([a, b], [c, d]) {
    return c < 0n ? fraction(-a * d, -b * c) : fraction(a * d, b * c);
}

function is_before([a, b], [c, d]) {
    return a * d < c * b;
}

function later(a, b) {
    return is_before(a, b) ? b : a;
}

function earlier(a, b) {
    return is_before(a, b) ? a : b;
}

function floor_of_fraction([above, below]) {
    return floor_of(above, below);
}

function ceil_of_fraction([above, below]) {
    return -floor_of(-above, below);
}

// A fraction as a number, held where it would be infinite.
function as_float(value) {
    if (value[1] === 1n && value[0] <= LAST_STEP && value[0] >= -LAST_STEP) return Number(value[0]);
    return to_number(earlier(later(value, [-MOST, 1n]), [MOST, 1n]));
}

// The fraction of the digits of a decimal, such as 1.5e-7.
function decimal(text) {
    const [, sign, whole, part = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
    const places = part.length - Number(exponent);
    const digits = BigInt(sign + whole + part);
    return places > 0 ? fraction(digits, 10n ** BigInt(places)) : [digits * 10n ** BigInt(-places), 1n];
}

// The binary fraction that a float is.
function binary(number) {
    let unit = 1n;
    for (; !Number.isInteger(number); number *= 2) unit *= 2n;
    return fraction(BigInt(number), unit);
}

// The fraction nearest to another one among those whose denominator is at most `most`.
function limited([above, below], most) {
    if (below <= most) return [above, below];
    let [p0, q0, p1, q1, n, d] = [0n, 1n, 1n, 0n, above, below];
    for (;;) {
        const whole = floor_of(n, d);
        const q2 = q0 + whole * q1;
        if (q2 > most) break;
        [p0, q0, p1, q1, n, d] = [p1, q1, p0 + whole * p1, q2, d, n - whole * d];
    }
    const more = (most - q0) / q1;
    return 2n * d * (q0 + more * q1) <= below ? [p1, q1] : [p0 + more * p1, q0 + more * q1];
}

// The fraction that a number stands for, as `meant` of lrsched finds it: 0.1 is 1/10, and 7/29 the float nearest to it.
const meant = remembered((number) => {
    if (Number.isInteger(number)) return [BigInt(number), 1n];
    const itself = binary(number);
    let odd = itself[0] < 0n ? -itself[0] : itself[0];
    while (odd % 2n === 0n) odd /= 2n;
    if (odd < 2n ** 24n) return itself;
    const written = decimal(String(number));
    if (!is_before(written, decimal(number.toPrecision(12))) && !is_before(decimal(number.toPrecision(12)), written)) {
        return written;
    }
    for (let most = 10n; most <= 10n ** 8n; most *= 10n) {
        const near = limited(itself, most);
        if (to_number(near) === number) return near;
    }
    return written;
});

// The float that means a fraction; where it has more digits than a float holds, one that means a little less.
function float_of(value) {
    const nearest = to_number(value);
    return is_before(value, meant(nearest)) ? next_to_zero(nearest) : nearest;
}

function next_to_zero(number) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, number);
    view.setBigInt64(0, view.getBigInt64(0) - 1n);
    return view.getFloat64(0);
}

// A function of a number that is asked for the same ones again and again.
function remembered(find) {
    const known = new Map();
    return (number) => {
        if (!known.has(number)) {
            if (known.size > 10_000) known.clear();
            known.set(number, find(number));
        }
        return known.get(number);
    };
}

// The quotient of two numbers rounded down, as Python divides floats.
function floor_divided(a, b) {
    const rest = a % b;
    const quotient = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0);
    const whole = Math.floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

// The nearest integer to a fraction, half away from zero.
function rounded_half_away([above, below]) {
    const half = floor_of(2n * (above < 0n ? -above : above) + below, 2n * below);
    return above < 0n ? -half : half;
}

// A fraction of some steps, as it is meant, in whole steps.
function _part(part, steps) {
    return Number(rounded_half_away(times(meant(part), [BigInt(steps), 1n])));
}

// The words of formulas.

const xp = {
    largest: Number.MAX_VALUE,
    where: (condition, yes, no) => (condition ? yes : no),
    is_known_true: (condition) => condition,
    minimum: (a, b) => (a < b ? a : b),
    maximum: (a, b) => (a > b ? a : b),
    sin: Math.sin,
    expm1: Math.expm1,
    log: Math.log,
    log1p: Math.log1p,
    floor: Math.floor,
    sqrt: Math.sqrt,
    exp: (x) => Math.exp(x < HALF_OF_LARGEST ? x : HALF_OF_LARGEST),
    power: Math.pow,
    grow: (rate, exponent) =>
        rate > 1 && exponent * Math.log(rate) > HALF_OF_LARGEST ? Math.exp(HALF_OF_LARGEST) : Math.pow(rate, exponent),
};

// How often a length of steps, `late` of which have passed at step 0, has passed at a step.
function stair_count(length, late) {
    const [above, below] = length;
    const [more, parts] = late;
    const [by, add, divisor] = [parts * below, more * below, above * parts];
    const [near_by, near_add, near_divisor] = [Number(by), Number(add), Number(divisor)];
    return (step) => {
        if (add === 0n && !Number.isInteger(Number(step))) {
            const rest = floor_divided((step % near_divisor) * near_by, near_divisor);
            return floor_divided(step, near_divisor) * near_by + rest;
        }
        const count = Number(step) * near_by + near_add;
        if (count > LAST_STEP && Number.isInteger(Number(step))) return Number((BigInt(step) * by + add) / divisor);
        return floor_divided(count, near_divisor);
    };
}

// Texts.

// A float as Python writes it.
function float_text(number) {
    if (Number.isNaN(number)) return "nan";
    if (!Number.isFinite(number)) return number < 0 ? "-inf" : "inf";
    if (Object.is(number, -0)) return "-0.0";
    const [digits, power] = number.toExponential().split("e");
    const exponent = Number(power);
    if (exponent >= -4 && exponent < 16) {
        const text = String(number);
        return text.includes(".") ? text : `${text}.0`;
    }
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
