// The bound of convex optimization on the last iterate of SGD, as `lrsched.forecast.bound` computes it.

const MOST_UPDATES = 10_000_000; // more of them take seconds

/**
 * The bound after some numbers of updates: `{steps, values}`, in units of G**2.
 *
 * `points` is a list of numbers of updates, or how many there are on a grid from the end of the warmup to `steps`.
 * Updates of one schedule are evaluated once; n of them take n*12 operations, and each point about 1000 more.
 */
function bound(schedule, steps, ratio = 1, points = TABLES.points) {
    const rates = rates_of("bound", schedule, steps);
    amount("bound", "ratio", ratio, "calibrate(best, steps) gives it");
    const times = Array.isArray(points) || ArrayBuffer.isView(points) ? points : grid(rates, points);
    for (const time of times) {
        if (size("bound", "points", time) <= rates.length) continue;
        refuse("bound", "points", time, `must be at most ${rates.length}, the updates of the run`, "give more steps");
    }
    const { clock, lost, last, past } = clock_of(schedule, rates);
    const values = Float64Array.from(times, (time) => {
        const update = last[time - 1]; // updates at a rate of 0 are not counted
        if (update < 0) return Infinity;
        const near = (earlier) => {
            const distance = clock[update] - clock[earlier] + (lost[update] - lost[earlier]);
            return rates[earlier] && rates[earlier] ** 2 / Math.max(distance, rates[update]); // which it is at least
        };
        const others = past.sum(clock[update], update, near, lost[update]) + rates[update];
        return (ratio ** 2 * 0.5) / clock[update] + 0.5 * others;
    });
    return { steps: Float64Array.from(times), values };
}

/** The peak at which the bound of a shape is least; the whole schedule is scaled to it. */
function bestPeak(schedule, steps, ratio) {
    amount("best_peak", "ratio", ratio, "calibrate(best, steps) gives it");
    const { peak, scale } = scale_of_best("best_peak", schedule, steps);
    return peak * ratio * scale;
}

/** The ratio of distance to gradient norm under which a schedule has its best peak already. */
function calibrate(best, steps) {
    return 1 / scale_of_best("calibrate", best, steps).scale;
}

/** The peak of a schedule, and by how much it is to be multiplied where the ratio is 1. */
function scale_of_best(call, schedule, steps) {
    const rates = rates_of(call, schedule, steps);
    let [peak, after, others] = [0, 0, 0];
    for (let update = rates.length - 1; update >= 0; update -= 1) {
        const rate = rates[update];
        peak = Math.max(peak, rate);
        if (rate > 0) others += rate ** 2 / (after || rate);
        after += rate;
    }
    return { peak, scale: Math.sqrt(1 / after / others) };
}

/** The rates of the first updates, which are finite, at least 0, and not all 0. */
function rates_of(call, schedule, steps) {
    const count = updates_of(call, schedule, steps);
    if (count > MOST_UPDATES) {
        const remedy = "count in a larger unit: lrsched.stretch(schedule, 0.01)";
        refuse(call, "steps", count, `must be at most ${MOST_UPDATES}`, remedy);
    }
    const rates = values_of(schedule, count);
    let highest = 0;
    for (let step = 0; step < count; step += 1) {
        const rate = rates[step];
        if (rate >= 0 && rate < Infinity) highest = rate > highest ? rate : highest;
        else refuse_rate(call, rates);
    }
    if (!highest) {
        const demand = `must be greater than 0 somewhere, and is 0 for all of ${count} updates`;
        const remedy = "no update changes anything; give more steps, or another schedule";
        refuse(call, "schedule", undefined, demand, remedy);
    }
    return rates;
}

/** Refuse the first rate that is not finite, or else the first that is below 0. */
function refuse_rate(call, rates) {
    const infinite = rates.findIndex((rate) => !Number.isFinite(rate));
    const step = infinite < 0 ? rates.findIndex((rate) => rate < 0) : infinite;
    const remedy = infinite < 0 ? "bound it: lrsched.clamp_min(schedule, 0.0)" : TABLES.words["not finite"].remedy;
    const demand = `must be ${infinite < 0 ? "at least 0" : "finite"}, and is ${general(rates[step], 4)} at step ${step}`;
    refuse(call, "schedule", undefined, demand, remedy);
}

/** Numbers of updates from the end of the warmup, or a fiftieth of the run if that is later, to the end. */
function grid(rates, points) {
    const count = size("bound", "points", points);
    const [end, warmup] = [rates.length, place_of_highest(rates)];
    const begin = Math.min(Math.max(warmup, Math.floor(end / 50)) + 1, end);
    const apart = (end - begin) / (count - 1);
    const times = Array.from({ length: count }, (_, point) => Math.floor(point * apart + begin));
    times[count - 1] = end;
    return times.filter((time, point) => point === 0 || time !== times[point - 1]);
}

function place_of_highest(rates) {
    let best = 0;
    for (let place = 1; place < rates.length; place += 1) if (rates[place] > rates[best]) best = place;
    return best;
}

const CLOCKS = new WeakMap();

/**
 * The running sum of the rates and what its rounding has lost, for each update the last one so far at a rate above 0,
 * and the past of all of them; kept as long as the schedule is.
 */
function clock_of(schedule, rates) {
    const known = CLOCKS.get(schedule);
    if (known && known.last.length >= rates.length) return known;
    const count = rates.length;
    const [clock, lost, weights] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
    const last = new Int32Array(count);
    for (let update = 0, moved = -1, now = 0, rest = 0; update < count; update += 1) {
        const [rate, before] = [rates[update], now];
        now += rate;
        const added = now - before;
        rest += before - (now - added) + (rate - added);
        clock[update] = now;
        lost[update] = rest;
        weights[update] = rate * rate;
        if (rate > 0) moved = update;
        last[update] = moved;
    }
    const found = { clock, lost, last, past: new Past(clock, weights, 1, lost, rates.subarray(1)) };
    CLOCKS.set(schedule, found);
    return found;
}

Object.assign(page, { bound, bestPeak, calibrate });
