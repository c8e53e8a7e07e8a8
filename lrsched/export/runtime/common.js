// What all schedules may need.


// Items of some lists side by side.
function zip(...lists) {
    const length = Math.min(...lists.map((list) => list.length));
    return lists[0].slice(0, length).map((_, at) => lists.map((list) => list[at]));
}


// The first where the condition holds, else the second.
function where(condition, yes, no) {
    return condition ? yes : no;
}


// e**x, held before it overflows.
function exp(x) {
    return Math.exp(Math.min(x, 354.891356446692));
}


// rate**exponent, held before it overflows.
function grow(rate, exponent) {
    return rate ** Math.min(exponent, 354.891356446692 / Math.max(Math.log(rate), 1e-300));
}


// The value of a cycle, which is `value_mult` times as far from the base as the one before.
function damped(value, cycle, value_mult, base_value) {
    const weight = grow(value_mult, cycle);
    if (weight > 1) return base_value + weight * (value - base_value);
    return weight * value - Math.expm1(cycle * Math.log(value_mult)) * base_value;
}


// A schedule over what a clock counts.
function compose(schedule, clock) {
    return (time) => schedule(Math.max(clock(time), 0));
}


// The integers from a first one up to before another.
function range(first, end) {
    return end === undefined ? range(0, first) : Array.from({ length: Math.max(end - first, 0) }, (_, at) => first + at);
}


// A function of each of some values.
function map(change, values) {
    return values.map((value) => change(value));
}
