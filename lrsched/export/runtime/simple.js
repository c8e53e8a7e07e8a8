// Schedules as functions of a number, where all lengths are whole steps.


// Each half of a ramp from its own end, so that nothing cancels next to it.
function ramp(rise, fall, steps) {
    return (step) => {
        const left = steps - step;
        const x = Math.max(Math.min(step, left), 0) / (steps || 1);
        return step < left ? rise(x) : fall(x);
    };
}


// A ramp by the part of it that is left.
function one_sided(fall, steps) {
    return (step) => {
        const left = Math.max(steps - step, 0) / (steps || 1);
        return fall(step > 0 ? left : Math.min(steps, 1));
    };
}


// A function of the time, up to its length.
function elapsed(value, steps) {
    return (step) => value(Math.min(step, steps));
}


// A function of how many times a number of steps has passed.
function stairs(steps, value = (stair) => stair) {
    return (step) => value((step - (step % steps)) / steps);
}


// One schedule after another; each sees its own step 0.
function join(schedules, boundaries) {
    return (step) => {
        const piece = boundaries.filter((start) => start <= step).length;
        return schedules[piece](piece ? step - boundaries[piece - 1] : step);
    };
}


// The first `period` steps of a schedule, again and again.
function restart(schedule, period) {
    return (step) => schedule(step % period);
}


// The first `period` steps of a schedule, each time drawn further towards a value.
function damped_restart(schedule, period, value_mult, base_value) {
    const cycle = (step) => Math.floor(step / period);
    return (step) => damped(schedule(step % period), cycle(step), value_mult, base_value);
}
