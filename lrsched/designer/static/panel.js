// What the parts of the panel share: errors, numbers as text, the values of a run, and what a run costs.
//
// A schedule is any object with `at(step)`, `length` and `boundaries`; one that also has `many(steps)` is asked for many
// values at once.

const page = typeof lrsched === "undefined" ? (globalThis.lrsched = {}) : lrsched;

/** Refuse an argument: the call, the demand, the value, the remedy. */
function refuse(call, name, value, demand, remedy) {
    const shown = value === undefined ? name : `${name}=${brief(value)}`;
    const text = `${call}(${shown}) ${demand}; ${remedy}`;
    const message = /[.?]$/.test(text) ? text : `${text}.`;
    throw new (page.Refused ?? Error)(message);
}

/** A value in a message. */
function brief(value) {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "number") return general(value, 17);
    const text = typeof value === "string" ? `'${value}'` : JSON.stringify(value) ?? typeof value;
    return text.length <= 60 ? text : `${text.slice(0, 28)}...${text.slice(-29)}`;
}

/** A finite number. */
function known(call, name, value) {
    if (typeof value !== "number") refuse(call, name, value ?? null, "must be a number", "give a number");
    if (!Number.isFinite(value)) refuse(call, name, value, "must be finite", "give a number that float64 holds");
    return value;
}

/** How many there are of something: a whole number, 1 or more. */
function size(call, name, value) {
    known(call, name, value);
    if (!Number.isInteger(value)) refuse(call, name, value, "must be a whole number", "give how many there are");
    if (value < 1) refuse(call, name, value, "must be at least 1", "give how many there are");
    if (value > TABLES.last_step) refuse(call, name, value, "must be at most 2**53", "count in a larger unit");
    return value;
}

/** A number greater than 0. */
function amount(call, name, value, remedy = "give how much there is") {
    if (known(call, name, value) <= 0) refuse(call, name, value, "must be greater than 0", remedy);
    return value;
}

/** The updates of a run: those that are given, or the length of the schedule. */
function updates_of(call, schedule, steps) {
    if (steps !== undefined && steps !== null) return size(call, "total_steps", steps);
    const length = length_of(schedule);
    const remedy = "the schedule has no end of its own; give the updates of the run";
    if (!length || length === Infinity) refuse(call, "total_steps", null, "must be given", remedy);
    return length;
}

/** The step from which a schedule holds its value, which may be infinite. */
function length_of(schedule) {
    return schedule.length ?? Infinity;
}

// Numbers as text.

/** A number with so many digits at most, as Python's format `g` writes it. */
function general(value, digits) {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
    if (value === 0) return Object.is(value, -0) ? "-0" : "0";
    if (digits === 17) return String(value);
    const [mantissa, exponent] = rounded_to_even(value, digits).split("e");
    if (exponent < -4 || exponent >= digits) {
        const power = String(Math.abs(exponent)).padStart(2, "0");
        return `${without_zeros(mantissa)}e${exponent < 0 ? "-" : "+"}${power}`;
    }
    return without_zeros(Number(`${mantissa}e${exponent}`).toFixed(Math.max(digits - 1 - exponent, 0)));
}

/** A number with so many digits and an exponent; one that lies halfway goes to the even digit. */
function rounded_to_even(value, digits) {
    const all = value.toExponential(100);
    const [sign, end] = [value < 0 ? 1 : 0, digits + (digits > 1 ? 1 : 0) + (value < 0 ? 1 : 0)];
    const [mantissa, exponent] = all.split("e");
    const is_halfway = /^\.?50*$/.test(mantissa.slice(end)) && Number(mantissa[end - 1]) % 2 === 0;
    return is_halfway && end > sign ? `${mantissa.slice(0, end)}e${exponent}` : value.toExponential(digits - 1);
}

function without_zeros(text) {
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A text with numbers in the place of its braces: {steps}, or {value:.4g}. */
function filled(template, numbers) {
    return template.replace(/\{(\w+)(?::\.(\d+)g)?\}/g, (_, name, digits) =>
        digits ? general(numbers[name], Number(digits)) : String(numbers[name]),
    );
}

// The values of a run.

const VALUES = new WeakMap();

/** The values of the updates 0 to `count - 1`, which are kept as long as the schedule is. */
function values_of(schedule, count) {
    const found = VALUES.get(schedule);
    if (found && found.length >= count) return found.subarray(0, count);
    const steps = new Float64Array(count);
    for (let step = 0; step < count; step += 1) steps[step] = step;
    const values = values_at(schedule, steps);
    VALUES.set(schedule, values);
    return values;
}

/** The values at some steps. */
function values_at(schedule, steps) {
    return schedule.many ? schedule.many(steps) : steps.map((step) => schedule.at(step));
}

// Costs.

/**
 * What a run costs: its updates, samples and tokens, and epochs and hours where they can be known.
 *
 * `batchSize` is a number of samples, or a schedule of whole numbers that ends, such as a batch_size_ramp. `before(step)`
 * gives what the updates before a step have cost. The numbers are exact up to 2**53.
 */
function costs(schedule, options = {}) {
    const { steps, batchSize = 1, sequenceLength = 1, datasetSize, secondsPerUpdate } = options;
    const [call, total] = ["costs", updates_of("costs", schedule, steps)];
    const each = size(call, "sequence_length", sequenceLength);
    const per_epoch = datasetSize === undefined ? undefined : size(call, "dataset_size", datasetSize);
    const seconds = secondsPerUpdate === undefined ? undefined : amount(call, "seconds_per_update", secondsPerUpdate);
    const stairs = stairs_of(batchSize);
    const before = (step) => {
        const samples = samples_before(stairs, step);
        const found = { updates: step, samples, tokens: samples * each };
        if (per_epoch !== undefined) found.epochs = samples / per_epoch;
        if (seconds !== undefined) found.hours = (step * seconds) / 3600;
        return found;
    };
    const batchSizes = stairs.filter(({ begin }) => begin < total).map(({ begin, size }) => ({ begin, size }));
    return { ...before(total), batchSizes, before };
}

/** The steps at which another batch size begins, the sizes, and the samples before. */
function stairs_of(batch_size) {
    if (typeof batch_size !== "object" || batch_size === null) {
        return [{ begin: 0, size: size("costs", "batch_size", batch_size), samples: 0 }];
    }
    const length = length_of(batch_size);
    if (length > TABLES.longest_ramp) {
        const remedy = `give batch sizes that stay the same from step ${TABLES.longest_ramp} on, or earlier`;
        refuse("costs", "batch_size", undefined, "must end", remedy);
    }
    const stairs = [];
    values_of(batch_size, length + 1).forEach((size, step) => {
        if (!(Number.isInteger(size) && size >= 1)) {
            const remedy = "lrsched.round_to(schedule, 1) rounds";
            refuse("costs", "batch_size", undefined, "must give whole numbers of 1 or more", remedy);
        }
        const last = stairs.at(-1);
        if (last?.size === size) return;
        stairs.push({ begin: step, size, samples: last ? last.samples + (step - last.begin) * last.size : 0 });
    });
    return stairs;
}

/** The samples of the updates before a step. */
function samples_before(stairs, step) {
    let [low, high] = [0, stairs.length];
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (stairs[middle].begin <= step) low = middle;
        else high = middle;
    }
    const { begin, size, samples } = stairs[low];
    return samples + Math.max(step - begin, 0) * size;
}

Object.assign(page, { costs, general });
