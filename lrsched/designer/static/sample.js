// The steps at which a curve is looked at to be drawn.

// Steps of a curve from `first` to `last`, its values there, and the least and the greatest value in each pixel.
function sample(schedule, first, last, pixels) {
    const begin = Math.max(Math.round(first), 0);
    const span = Math.max(Math.round(last) - begin, 1);
    const steps = steps_shown(schedule, begin, span, pixels);
    const values = new Float64Array(steps.length);
    const low = new Float64Array(pixels).fill(Infinity);
    const high = new Float64Array(pixels).fill(-Infinity);
    for (let at = 0; at < steps.length; at += 1) {
        const value = schedule.at(steps[at]);
        const pixel = Math.min(Math.floor(((steps[at] - begin) * pixels) / span), pixels - 1);
        values[at] = value;
        low[pixel] = Math.min(low[pixel], value);
        high[pixel] = Math.max(high[pixel], value);
    }
    return { steps, values, low, high };
}

// All steps where there are few; else the first and the last of each pixel, and those on both sides of a turn.
function steps_shown(schedule, first, span, pixels) {
    if (span <= 2 * pixels) return Float64Array.from({ length: span + 1 }, (_, at) => first + at);
    const last = first + span;
    const edges = Array.from({ length: pixels }, (_, at) => first + Math.ceil((span * at) / pixels));
    const turns = schedule.turns ? schedule.turns(first, last, pixels) : [];
    const found = [...edges, ...turns, ...schedule.boundaries, schedule.length].flatMap((step) => [step - 1, step]);
    const all = Float64Array.from([...found.filter((step) => step >= first && step <= last), last]).sort();
    return all.filter((step, at) => at === 0 || step !== all[at - 1]);
}

// The steps from `first` to `last` from which another formula speaks. Of more cycles than pixels one in each is enough.
function turns_of(schedule, first, last, pixels) {
    const rows = [...pieces(schedule, HERE, [BigInt(last), 1n])];
    const found = rows.flatMap((row, at) => {
        const [start, end] = [as_float(row.start), rows[at + 1] ? as_float(rows[at + 1].start) : last];
        const own = own_boundaries(row.placed).map(as_float);
        const cycles = cycles_in(row.placed).flatMap((placed) => {
            return turns_of_cycles(placed, Math.max(first, start), end, (last - first) / pixels);
        });
        return [start, ...[...own, ...cycles].filter((time) => time > start && time < end)];
    });
    return found.map(Math.ceil);
}

// The placed cycles of equal length in a piece.
function cycles_in({ what, place, children = [] }) {
    const inner = children.flatMap(cycles_in);
    return !children.length && parts_of(what)?.period ? [...inner, { cycles: parts_of(what), place }] : inner;
}

function turns_of_cycles({ cycles, place }, begin, end, width) {
    const [origin, period] = [as_float(place.origin), as_float(times(cycles.period, place.factor))];
    const factor = as_float(place.factor);
    const inside = [0, ...boundaries_of(cycles.child).map((step) => step * factor).filter((step) => step < period)];
    const found = [];
    let next = Math.max(Math.floor((begin - origin) / period), 0);
    while (origin + next * period <= end) {
        for (const step of inside) found.push(origin + next * period + step);
        next += Math.max(Math.floor(width / period), 1);
    }
    return found;
}
