// Schedules as functions of the step: each piece on its clock.
//
// A time is split into a whole step, which is subtracted from the step exactly, and the rest, which is added to the
// small difference. So a distance is exact next to either end, however far out both are.

// What the builders of formulas return.

function ramp(rise, fall, length) {
    return { rise, fall, length, on: on_ends };
}

function one_sided(fall, length) {
    return { fall, length, on: on_ends };
}

function stairs(length, value = (stair) => stair) {
    return { length, value, on: on_stairs };
}

function elapsed(value) {
    return { value, on: on_elapsed };
}

// A time as a whole step that can be subtracted, and the rest.
function split(time) {
    const whole = floor_of_fraction(earlier(later(time, [-LAST[0], 1n]), LAST));
    return [Number(whole), as_float(minus(time, [whole, 1n]))];
}

// A step may be an integer of any size, after a division into parts of a step.
function steps_between(step, whole) {
    return typeof step === "bigint" ? Number(step - BigInt(whole)) : step - whole;
}

// The steps since the begin of a place; negative before it.
function since(place) {
    const [whole, rest] = split(place.origin);
    return rest === 0 ? (step) => steps_between(step, whole) : (step) => steps_between(step, whole) - rest;
}

// The steps left until a time; negative after it.
function until(time) {
    const [whole, rest] = split(time);
    return rest === 0 ? (step) => -steps_between(step, whole) : (step) => -steps_between(step, whole) + rest;
}

// Own time, never negative: what a formula sees.
function own_time(place) {
    const [passed, factor] = [since(place), as_float(place.factor)];
    return factor === 1 ? (step) => Math.max(passed(step), 0) : (step) => Math.max(passed(step), 0) / factor;
}

// The first whole step at or after the begin of a place, and how much later it is.
function first_after(place) {
    const first = ceil_of_fraction(earlier(later(place.origin, [-LAST[0], 1n]), LAST));
    return [Number(first), minus([first, 1n], place.origin)];
}

// How many times an own time has passed.
function passed(place, own) {
    const steps = times(own, place.factor);
    const [first, late] = first_after(place);
    const count = stair_count(steps, late);
    if (is_before(late, steps)) return (step) => count(at_least(step, first));
    return (step) => (step < first ? 0 : count(at_least(step, first)));
}

// The steps since a whole one, or 0; one that is very large stays an integer.
function at_least(step, first) {
    if (typeof step === "bigint") return step > BigInt(first) ? step - BigInt(first) : 0n;
    return step > first ? step - first : 0;
}

function on_elapsed(place) {
    const [value, own] = [this.value, own_time(place)];
    return (step) => value(own(step));
}

function on_stairs(place) {
    const [value, count] = [this.value, passed(place, meant(this.length))];
    return (step) => value(count(step));
}

// The value of the nearer end.
function on_ends(place) {
    const { rise, fall } = this;
    const steps = times(meant(this.length), place.factor);
    const length = as_float(steps);
    if (length === 0) return () => fall(0);
    const [done, left] = [since(place), until(plus(place.origin, steps))];
    if (!rise) {
        return (step) => {
            const remaining = left(step);
            return fall(remaining < length ? Math.max(remaining, 0) / length : 1);
        };
    }
    return (step) => {
        const [before, after] = [done(step), left(step)];
        return before < after ? rise(Math.max(before, 0) / length) : fall(Math.max(after, 0) / length);
    };
}

// A schedule at a place.

// The first place of a step among boundaries, after those that are equal to it.
function bisect_right(boundaries, step) {
    let [low, high] = [0, boundaries.length];
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        [low, high] = boundaries[middle] <= step ? [middle + 1, high] : [low, middle];
    }
    return low;
}

// The pieces as one function, which finds the last one that has started; they are bound up to the step that is asked.
function bind(what, place = HERE) {
    spend();
    const remaining = pieces(what, place);
    const [starts, functions] = [[], []];
    let after = remaining.next().value;
    let known = 0;
    return (step) => {
        if (!(step >= 0)) step = Number.isNaN(step) ? step : 0;
        while (known <= step) {
            starts.push(known);
            functions.push(bind_placed(after.placed));
            after = remaining.next().value;
            known = after ? opening(after.start) : Infinity;
        }
        return functions[starts.length === 1 ? 0 : bisect_right(starts, step) - 1](step);
    };
}

// A time as a number that is not at or before an earlier whole step.
function opening(time) {
    const first = Number(ceil_of_fraction(time));
    const near = as_float(time);
    return near > first - 1 ? near : first;
}

function bind_placed({ what, place, children }) {
    if (!children) return bind_leaf(what, place);
    return combined_value(what.formula, what.parameters, children.map(bind_placed));
}

// The value of a formula of children at the same step, given these as functions of the step.
function combined_value({ name, parameters, pointwise }, values, functions) {
    const given = parameters.map((parameter) => {
        const at = pointwise.indexOf(parameter.name);
        return at < 0 ? values[parameter.name] : functions[at];
    });
    return builders[name](...given);
}

function bind_leaf(what, place) {
    what = expanded(what);
    const parts = parts_of(what);
    if (parts && is_endless(parts)) return bind_cycles(parts, place);
    if (parts || what.formula.pointwise.length) return bind(what, place);
    return builders[what.formula.name](...what.values).on(place);
}

// Cycles of the same length: the child is asked at what is left of a division by the period.
function bind_cycles(cycles, place) {
    if (is_before(LAST, time_at(place, cycles.period))) return bind(cycles.child, place);
    const count = passed(place, cycles.period);
    const repeated = bind_repeated(cycles, place);
    if (cycles.value_mult === 1) return repeated;
    return builders.damped_cycles(repeated, count, cycles.value_mult, cycles.base_value);
}

function bind_repeated(cycles, place) {
    const steps = times(cycles.period, place.factor);
    const [first, late] = first_after(place);
    const parts = common_multiple(steps[1], late[1]); // of a step: in these, every boundary is an integer
    const [length, unit] = [(steps[0] * parts) / steps[1], [parts, 1n]];
    const behind = ((late[0] * parts) / late[1]) % length;
    const inner = bind(cycles.child, { origin: ZERO, factor: times(place.factor, unit) });
    const is_small = length * (parts + 1n) <= LAST[0];
    const [near_length, near_parts, near_behind] = [length, parts, behind].map(Number);
    const value = (step) => {
        const steps_in = at_least(step, first);
        if (typeof step === "bigint" || (!is_small && Number.isInteger(step))) {
            return inner((((BigInt(steps_in) % length) * parts + behind) % length));
        }
        const rest = steps_in % near_length;
        return inner(parts === 1n && behind === 0n ? rest : (rest * near_parts + near_behind) % near_length);
    };
    return first <= 0 || behind === 0n ? value : (step) => (step < first ? inner(0) : value(step));
}

function common_multiple(a, b) {
    return fraction(a, b)[0] * b;
}
