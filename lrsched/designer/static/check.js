// Likely mistakes in a schedule, as `lrsched.check` finds them: one small function for each surprise.

/**
 * The findings for a run, the worst first: `{severity, name, message, remedy, step}`.
 *
 * As in Python, up to a million updates are all looked at; of longer runs the ends, the boundaries, and blocks between.
 */
function check(schedule, steps) {
    const seen = survey(schedule, updates_of("check", schedule, steps));
    const wrong = seen.is_finite ? null : first(seen, "not finite", (value) => !Number.isFinite(value));
    const findings = wrong ? [wrong] : LOOKS.map((look) => look(seen)).filter(Boolean);
    const rank = ({ severity }) => TABLES.severities.indexOf(severity);
    return findings.sort((a, b) => rank(a) - rank(b));
}

/** The values of the updates 0 to `total - 1`, or of some of them. */
function survey(schedule, total) {
    const is_whole = total <= TABLES.survey.all;
    const steps = is_whole ? undefined : some_steps(schedule, total);
    const values = is_whole ? values_of(schedule, total) : values_at(schedule, steps);
    let [lowest, highest] = [Infinity, -Infinity];
    let is_finite = true;
    for (let place = 0; place < values.length; place += 1) {
        const value = values[place];
        is_finite = is_finite && value - value === 0;
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
    }
    const largest = Math.max(highest, -lowest);
    const [last, step_of] = [values[values.length - 1], (place) => (is_whole ? place : steps[place])];
    return { schedule, total, values, is_finite, lowest, highest, largest, last, step_of };
}

function some_steps(schedule, total) {
    const { edge, near, block, blocks, boundaries } = TABLES.survey;
    const found = [];
    const add = (begin, end) => {
        for (let step = Math.max(begin, 0); step < Math.min(end, total); step += 1) found.push(step);
    };
    add(0, edge);
    add(total - edge, total);
    const apart = Math.floor(total / blocks);
    for (let index = 0; index < blocks; index += 1) add(index * apart, index * apart + block);
    const inside = schedule.boundaries.filter((boundary) => boundary < total).slice(0, boundaries);
    for (const boundary of inside) add(boundary - near, boundary + near);
    const sorted = Float64Array.from(found).sort();
    return sorted.filter((step, place) => place === 0 || step !== sorted[place - 1]);
}

/** A surprise in its words. */
function finding(name, step, numbers = {}, template = TABLES.words[name].message) {
    const { severity, remedy } = TABLES.words[name];
    return { severity, name, message: filled(template, numbers), remedy: filled(remedy, numbers), step };
}

function first(seen, name, is_wrong) {
    const place = seen.values.findIndex(is_wrong);
    return place < 0 ? null : finding(name, seen.step_of(place), { value: seen.values[place] });
}

const LIMITS = TABLES.findings;

const LOOKS = [
    negative,
    zero_start,
    warmup_length,
    peak_not_reached,
    end_not_reached,
    ends_early,
    floor_not_trained,
    jump,
];

function negative(seen) {
    return seen.lowest < 0 ? first(seen, "negative", (value) => value < 0) : null;
}

function zero_start({ values }) {
    return values[0] === 0 ? finding("zero start", 0) : null;
}

function warmup_length({ values, total, step_of }) {
    let top = 0;
    while (top + 1 < values.length && values[top + 1] > values[top]) top += 1;
    if (top === 0) return null;
    const steps = step_of(top);
    const is_short = steps < LIMITS.short_steps && steps < LIMITS.short_share * total;
    if (!is_short && steps <= LIMITS.long_share * total) return null;
    return finding(is_short ? "short warmup" : "long warmup", steps, { steps, total, percent: (100 * steps) / total });
}

function peak_not_reached({ schedule, total, highest }) {
    const after = schedule.boundaries.filter((boundary) => boundary >= total);
    const later = [...after.flatMap((boundary) => [boundary - 1, boundary]), ...doublings(total)];
    const values = later.map((step) => value_after(schedule, step));
    const best = values.reduce((best, value, place) => (value > values[best] ? place : best), 0);
    if (!(values[best] > Math.max(highest, 0) * LIMITS.same)) return null;
    return finding("peak not reached", later[best], { best: values[best], step: later[best], within: highest });
}

function end_not_reached({ schedule, total, last, largest }) {
    const [name, length] = ["end not reached", length_of(schedule)];
    if (length !== Infinity) return length > total ? finding(name, total, { total, last, length }) : null;
    const ends = new Set();
    for (const step of doublings(total).slice(LIMITS.rests)) {
        for (const part of LIMITS.apart) ends.add(value_after(schedule, Math.min(scaled(step, part, 21), TABLES.last_step)));
    }
    const [end] = ends;
    const is_close = Math.abs(last - end) <= LIMITS.rested * largest;
    if (ends.size > 1 || !Number.isFinite(end) || is_close) return null;
    return finding(name, total, { last, end }, TABLES.in_the_end);
}

/** step*part/whole, rounded down, where the product may be no float. */
function scaled(step, part, whole) {
    const rest = step % whole;
    return ((step - rest) / whole) * part + Math.floor((rest * part) / whole);
}

/** The end of the run, of one twice as long, and so on. */
function doublings(total) {
    return Array.from({ length: LIMITS.doublings + 1 }, (_, power) => Math.min(total * 2 ** power, TABLES.last_step));
}

/** The value at a step after the run. */
function value_after(schedule, step) {
    const value = schedule.at(step);
    return Number.isFinite(value) ? value : -Infinity;
}

function ends_early({ schedule, total, highest }) {
    const length = length_of(schedule);
    if (!(length > 0 && length < total - 1) || schedule.boundaries.includes(length)) return null;
    const last = schedule.at(length);
    return last >= highest ? null : finding("ends early", length, { length, last, more: total - length });
}

function floor_not_trained({ schedule, total, last }) {
    if (length_of(schedule) !== total) return null;
    const floor = schedule.at(total);
    const is_found = floor * LIMITS.same > 0 && floor * LIMITS.same < last;
    return is_found ? finding("floor not trained", total - 1, { last, floor, step: total - 1 }) : null;
}

function jump({ values, largest, step_of }) {
    const apart = (place) => {
        const is_next = place >= 0 && place + 1 < values.length && step_of(place + 1) - step_of(place) === 1;
        return is_next ? Math.abs(values[place + 1] - values[place]) : 0;
    };
    let [at, others] = [0, -1];
    const least = LIMITS.jump * largest;
    for (let place = 1; place + 1 < values.length; place += 1) { // a first step is the warmup's
        if (Math.abs(values[place + 1] - values[place]) <= least) continue;
        const far = apart(place);
        if (far <= least) continue;
        const around = Math.max(apart(place - 1), apart(place + 1));
        const [before, after] = [values[place], values[place + 1]];
        const is_stair = after * LIMITS.same < LIMITS.stair * Math.max(before, 0) || after <= before;
        if (far <= LIMITS.alone * around || (around === 0 && is_stair)) continue;
        at ||= place;
        others += 1;
    }
    if (others < 0) return null;
    const more = others ? filled(TABLES.others, { others }) : "";
    return finding("jump", step_of(at + 1), { before: values[at], after: values[at + 1], others: more });
}

page.check = check;
