// The falls of a rate after its warmup, and how far each lies back: the laws are sums over them.

const MOST_CELLS = 2 ** 14; // longer runs take neighbouring falls together

/**
 * The falls of a run as they are seen at some numbers of updates, and the sums of the rates there.
 *
 * For each fall: `drops`, how far the rate falls; `after`, the rate after it; `before`, the sum of the rates up to and
 * including the first update after it; `start`, the sum of those before; `middle`, its update. Where there are more than
 * 16384, neighbours are taken together, at their centre; no time divides them, nor does a fall join a rise.
 */
function falls_of(rates, peak, times) {
    const sums = running_sum(rates);
    const warmup = place_of_highest(rates);
    const drop_of = (update) => (update === warmup ? peak : rates[update - 1]) - rates[update];
    let many = 0;
    for (let update = warmup; update < rates.length; update += 1) many += drop_of(update) !== 0 ? 1 : 0;
    const width = Math.ceil(many / MOST_CELLS);
    const found = { first: [], drops: [], after: [], before: [], start: [], middle: [] };
    const edges = Float64Array.from(times).sort();
    let [open, next] = [0, 0]; // how many falls the last cell holds, and the first edge that is ahead
    let [drops, sizes, after, before, start, middle] = [0, 0, 0, 0, 0, 0];
    const close = () => {
        if (!open) return;
        found.drops.push(drops);
        found.after.push(after / sizes);
        found.before.push(before / sizes);
        found.start.push(start / sizes);
        found.middle.push(middle / sizes);
        [open, drops, sizes, after, before, start, middle] = [0, 0, 0, 0, 0, 0, 0];
    };
    for (let update = warmup; update < rates.length; update += 1) {
        const drop = drop_of(update);
        if (drop === 0) continue;
        let is_new = open === width || drop > 0 !== drops > 0;
        for (; next < edges.length && edges[next] <= update; next += 1) is_new = true;
        if (is_new) close();
        if (!open) found.first.push(update);
        const size = width > 1 ? Math.abs(drop) : 1;
        open += 1;
        drops += drop;
        sizes += size;
        after += size * rates[update];
        before += size * sums[update + 1];
        start += size * sums[update];
        middle += size * update;
    }
    close();
    for (const name of Object.keys(found)) found[name] = Float64Array.from(found[name]);
    return { ...found, times, sums: Array.from(times, (time) => sums[time]) };
}

/** The number of falls before some numbers of updates. */
function past_of({ first, times }) {
    return Array.from(times, (time) => {
        let [low, high] = [0, first.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (first[middle] < time) low = middle + 1;
            else high = middle;
        }
        return low;
    });
}

// The responses: for each time, the sum over the falls before it of their weight times what they have done by now.

/** 1 - (1 + size*since)**-power, where `since` is `now` less the place of a fall. */
function power_response(falls, weights, sizes, power, places, nows) {
    const [starts, scaled] = [new Float64Array(weights.length), new Float64Array(weights.length)];
    for (let fall = 0; fall < weights.length; fall += 1) {
        starts[fall] = places[fall] - 1 / sizes[fall];
        scaled[fall] = weights[fall] * sizes[fall] ** -power;
    }
    const past = new Past(starts, scaled, power);
    const done = running_sum(weights);
    return falls.past.map((count, at) => {
        const now = nows[at];
        const near = (fall) => weights[fall] * left_of_power(sizes[fall] * Math.max(now - places[fall], 0), power);
        return done[count] - past.sum(now, count, near);
    });
}

function left_of_power(grown, power) {
    return Math.exp(-power * Math.log1p(grown));
}

/** 1 - exp(-(n - k)/tau). */
function exponential_response(falls, tau) {
    const { drops, middle, times } = falls;
    const done = running_sum(drops);
    const order = [...times.keys()].sort((a, b) => times[a] - times[b]);
    const found = new Array(times.length);
    let [left, now, fall] = [0, 0, 0];
    for (const at of order) {
        left *= Math.exp((now - times[at]) / tau);
        now = times[at];
        for (; fall < falls.past[at]; fall += 1) left += drops[fall] * Math.exp((middle[fall] - now) / tau);
        found[at] = done[fall] - left;
    }
    return found;
}

function running_sum(values) {
    const sums = new Float64Array(values.length + 1);
    for (let place = 0; place < values.length; place += 1) sums[place + 1] = sums[place] + values[place];
    return sums;
}

const RESPONSES = {
    multi_power: (falls, alpha, c, beta, gamma) => {
        const sizes = falls.after.map((rate) => c * Math.exp(Math.min(-gamma * Math.log(rate > 0 ? rate : 1e-30), 60)));
        return power_response(falls, falls.drops, sizes, beta, falls.start, falls.sums);
    },
    momentum: (falls, alpha, tau) => exponential_response(falls, tau),
    power_momentum: (falls, alpha, tau, beta) => {
        const sizes = new Float64Array(falls.drops.length).fill(1 / tau);
        return power_response(falls, falls.drops, sizes, beta, falls.middle, falls.times);
    },
    functional_scaling: (falls, alpha, c3, c4, g) => {
        const weights = falls.drops.map((drop, fall) => drop * (c3 + falls.before[fall] ** -alpha));
        const sizes = new Float64Array(falls.drops.length).fill(c4);
        return power_response(falls, weights, sizes, g, falls.start, falls.sums);
    },
};

/** The losses by a law with some parameters. */
function losses_of(name, [offset, size, alpha, height, ...own], falls) {
    const response = RESPONSES[name](falls, alpha, ...own);
    return falls.sums.map((sum, at) => offset + size * sum ** -alpha - height * response[at]);
}
