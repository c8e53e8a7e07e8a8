// Schedules: a function of the step that knows its formula and its values.

const formulas = new Map(FORMULAS.map((formula) => [formula.name, formula]));
const make = Object.create(null); // the functions that make schedules, by name

// Give every name its function, and read the defaults, of which some are such functions.
function begin() {
    for (const formula of formulas.values()) {
        formula.is_ramp = ENDS.every((name, at) => formula.parameters[at]?.name === name);
        make[formula.name] = (...values) => {
            return made(formula, formula.parameters.map(({ kind }, at) => as_python(kind, values[at])));
        };
        make[formula.name].formula = formula;
    }
    for (const parameter of FORMULAS.flatMap((formula) => formula.parameters)) {
        if (parameter.kind.type === "ramp") parameter.default = make[parameter.default];
    }
    Object.assign(builders, written);
}

function ramps() {
    return FORMULAS.filter((formula) => formula.is_ramp).map((formula) => formula.name);
}

function is_schedule(value) {
    return typeof value === "function" && value.values !== undefined;
}

function schedule_of(formula, values) {
    let bound = null;
    const schedule = (step) => (bound ??= bind(schedule))(step);
    const parameters = Object.fromEntries(formula.parameters.map(({ name }, at) => [name, values[at]]));
    return Object.assign(schedule, { formula, values, parameters });
}

// A number of steps that a builder computed, as an integer.
function as_python(kind, value) {
    if (kind.type === "list" && Array.isArray(value)) return value.map((item) => as_python(kind.item, item));
    return ["whole", "size"].includes(kind.type) && Number.isInteger(value) ? BigInt(value) : value;
}

// The schedule of a formula and the values of its parameters, checked; `undefined` is a default.
function made(formula, given) {
    spend();
    let values = formula.parameters.map(({ name, kind, default: default_value }, at) => {
        return given[at] === undefined ? default_value : check(kind, site(formula.name, name), given[at]);
    });
    if (formula.name === "join") {
        values = joined(...values);
        if (is_schedule(values)) return values;
    }
    const schedule = schedule_of(formula, values);
    if (formula.role === "composition") schedule.expansion = expansion_of(formula, values);
    return schedule;
}

// What a composition is made of; an error of its parts says whose parts they are.
function expansion_of(formula, values) {
    try {
        return builders[formula.name](...values);
    } catch (error) {
        if (!(error instanceof Refused) || error.message.startsWith(`${formula.name}(`)) throw error;
        throw new RefusedValue(`${formula.name}: ${error.message}`);
    }
}

// The pieces of a join that speak for at least one step, those of inner joins among them, and where they begin.
function joined(schedules, boundaries) {
    require(schedules.length > 0, "join", "schedules=[]) must have one schedule or more; give the pieces in order.");
    require(
        schedules.length === boundaries.length + 1,
        "join",
        `boundaries=${brief(boundaries.map(BigInt))}) must be one shorter than schedules, of length ` +
            `${schedules.length - 1} and not ${boundaries.length}; ` +
            "boundaries[i] is the first step of schedules[i + 1].",
    );
    const starts = [0, ...boundaries];
    const found = schedules.flatMap((child, index) => {
        const inner = child.formula.name === "join" ? child.parameters : { schedules: [child], boundaries: [] };
        const begins = [0, ...inner.boundaries].map((begin) => starts[index] + begin);
        return inner.schedules
            .map((piece, at) => [piece, begins[at]])
            .filter(([, begin]) => index + 1 === starts.length || begin < starts[index + 1]);
    });
    if (found.length === 1 && !found[0][0].is_number) return found[0][0];
    return [found.map(([piece]) => piece), found.slice(1).map(([, begin]) => begin)];
}

// The compositions that look into schedules, or count exactly.

function float_or_whole(end) {
    return end[1] === 1n ? String(end[0]) : float_text(as_float(end));
}

// A decay that is over has nothing left to cool down; a value that is held as a piece of its own has.
function _refuse_start_past_the_end(schedule, start) {
    const length = schedule.is_number ? 0 : length_of(schedule);
    const boundaries = boundaries_of(schedule);
    if (!length || boundaries.includes(length)) return;
    const begin = Math.max(0, ...boundaries.filter((step) => step < length));
    const last = schedule(length);
    require(
        start <= length || last >= schedule(begin),
        "cooldown",
        `start=${start}) must be at most ${length}, where ${brief(schedule)} ends and then stays at ` +
            `${in_four_digits(last)}; start the cooldown before the decay is over.`,
    );
}

const written = {
    extend: (schedule, start, total_steps) => {
        const end = end_of(schedule);
        if (end === null || !is_before(ZERO, end)) {
            const remedy = "end one that goes on with lrsched.cooldown(schedule, start, steps)";
            refuse(site("extend", "schedule"), schedule, "must have a length of 1 step or more", remedy);
        }
        require(
            is_before(meant(start), end),
            "extend",
            `start=${start}) must be less than ${float_or_whole(end)}, where ${brief(schedule)} ends; ` +
                "lrsched.cooldown ends a value that is held, and lrsched.join appends another run.",
        );
        require(
            total_steps > start,
            "extend",
            `total_steps=${total_steps}) must be greater than start=${start}; it is the length of the whole run, ` +
                "counted from step 0.",
        );
        const factor = float_of(over(meant(total_steps - start), minus(end, meant(start))));
        return make.join([schedule, make.stretch(make.shift(schedule, start), factor)], [start]);
    },

    batch_size_ramp: (start, end, increment, samples, multiple) => {
        const [call, way] = ["batch_size_ramp", end - start];
        require(end >= start, call, `end=${end}) must be at least start=${start}; a ramp grows.`);
        require(
            way % increment === 0,
            call,
            `increment=${increment}) must divide end - start = ${way}; ${end - (way % increment)} is an end that it ` +
                "reaches.",
        );
        const too_large = `multiple=${multiple}) must be at most start=${start}; no batch would be left.`;
        require(multiple <= start, call, too_large);
        const down = (size) => size - (size % multiple);
        if (way === 0 || samples === 0) return make.join([down(end)], []);
        const per_stair = samples / (way / increment);
        const stair = (seen) => (seen <= samples ? Math.trunc(seen / per_stair) : way / increment);
        const [sizes, starts] = [[], []];
        let [step, seen] = [0, 0];
        while (sizes.length === 0 || sizes.at(-1) < down(end)) {
            const now = stair(seen);
            const each = down(start + now * increment);
            sizes.push(each);
            starts.push(step);
            let [low, high] = [0, Math.floor(samples / each) + 2];
            while (low < high) {
                const middle = Math.floor((low + high) / 2);
                [low, high] = stair(seen + middle * each) <= now ? [middle + 1, high] : [low, middle];
            }
            [step, seen] = [step + low, seen + low * each];
        }
        return make.join(sizes, starts.slice(1));
    },
};

// A schedule as Python writes it: required values by position, others by name where they are not the default.
function show(schedule) {
    if (schedule.is_number) return float_text(schedule.values[0]);
    const { name, parameters } = schedule.formula;
    const shown = parameters.map((parameter, at) => {
        const text = show_value(parameter.kind, schedule.values[at]);
        if (parameter.required) return text;
        return schedule.values[at] === parameter.default ? null : `${parameter.name}=${text}`;
    });
    return `${name}(${shown.filter((text) => text !== null).join(", ")})`;
}

function show_value(kind, value) {
    if (value === null) return "None";
    if (kind.type === "list") return `[${value.map((item) => show_value(kind.item, item)).join(", ")}]`;
    if (kind.type === "ramp") return show_ramp(value);
    if (kind.type === "child") return show(value);
    if (typeof value !== "number") return plain_text(value);
    const is_whole = ["whole", "size", "duration", "multiple"].includes(kind.type) && Number.isInteger(value);
    return is_whole ? String(BigInt(value)) : float_text(value);
}
