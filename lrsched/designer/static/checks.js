// Checks of what a schedule is given. Each returns the value in the form in which schedules keep it.

const GIVE = "give a number that float64 holds";
const ENDLESS =
    "a run without an end has no number of steps; set max_steps, or count the updates with lrsched.Horizon";
const UNSET = "-1 means 'not given' in trainers; set max_steps, or count the updates with lrsched.Horizon";

const checks = {
    real: (kind, where, value) => in_range(kind, where, number(where, value)),

    duration: (kind, where, value) => {
        const steps = in_range({ ...kind, maximum: null }, where, number(where, value, ENDLESS));
        return at_most_the_last(where, steps, steps);
    },

    whole: (kind, where, value) => {
        number(where, value, ENDLESS);
        const size = Math.abs(Number(value));
        if (size > 0 && size < 1) {
            const remedy = "multiply it by the total number of steps";
            refuse(where, value, "must be a number of steps, not a ratio", remedy);
        }
        const steps = typeof value === "bigint" ? value : rounded_half_away(binary(value));
        if (kind.minimum !== null && steps < kind.minimum) {
            const is_unset = Number(value) === -1 && /(steps|period|total)$/.test(where.name);
            refuse(where, value, `must be at least ${kind.minimum}`, is_unset ? UNSET : kind.remedy);
        }
        return at_most_the_last(where, steps, value);
    },

    size: (kind, where, value) => {
        number(where, value);
        const size = Number(value);
        if (!Number.isInteger(size)) refuse(where, value, "must be a whole number", kind.remedy);
        if (size < kind.minimum) refuse(where, value, `must be at least ${kind.minimum}`, kind.remedy);
        return at_most_the_last(where, value, value);
    },

    multiple: (kind, where, value) => {
        const multiple = Number(number(where, value));
        if (multiple !== 1 && multiple < 1.01) {
            refuse(where, value, "must be 1, or at least 1.01", "with 1 all cycles are equally long");
        }
        if (multiple > LAST_STEP) {
            refuse(where, value, "must be at most 2**53", "with so long a cycle there is but one");
        }
        return multiple;
    },

    flag: (kind, where, value) => {
        if (typeof value === "boolean") return value;
        return refuse(where, value, `must be a bool, not ${type_name(value)}`, "write True or False", Refused);
    },

    choice: ({ options }, where, value) => {
        const [demand, remedy] = [`must be one of ${options.map(text_of).join(", ")}`, `write ${text_of(options[0])}`];
        if (typeof value !== "string") refuse(where, value, `${demand}, not ${type_name(value)}`, remedy, Refused);
        if (!options.includes(value)) {
            const near = nearest(value, options);
            refuse(where, value, demand, near ? `did you mean ${text_of(near)}?` : remedy, Refused);
        }
        return value;
    },

    child: (kind, where, value) => {
        if (is_schedule(value)) return value;
        if (typeof value === "function" || value?.is_partial) {
            const remedy = `call it: ${(value.factory ?? value).formula.name}(...)`;
            refuse(where, value, "must be a schedule, not the function that makes one", remedy, Refused);
        }
        if (typeof value !== "number" && typeof value !== "bigint") {
            const remedy = typeof value === "string" ? "lrsched.parse(expression) reads one" : "give one schedule";
            const demand = `must be a schedule, a callable or a number, not ${type_name(value)}`;
            refuse(where, value, demand, remedy, Refused);
        }
        const constant = make.constant(Number(number(where, value)));
        constant.is_number = true;
        return constant;
    },

    list: (kind, where, values) => {
        if (!Array.isArray(values)) {
            refuse(where, values, `must be a list, not ${type_name(values)}`, "write [...]", Refused);
        }
        const item = (index) => site(where.call, `${where.name}[${index}]`);
        const checked = values.map((value, index) => check(kind.item, item(index), value));
        for (let at = 1; kind.is_rising && at < checked.length; at += 1) {
            const [before, after] = [checked[at - 1], BigInt(checked[at])];
            if (checked[at] === before) refuse(item(at), after, "must not repeat", "leave out the piece of no steps");
            if (checked[at] < before) {
                refuse(item(at), after, `must be after ${before}`, "sort the boundaries together with their pieces");
            }
        }
        return checked;
    },

    ramp: (kind, where, value) => {
        if (typeof value === "string") return ramp_by_name(where, value);
        if (value?.is_partial) return ramp_with_numbers(where, value);
        if (is_schedule(value)) {
            const remedy = `give the name alone: ${value.formula.name}`;
            refuse(where, value, "must be a ramp that is still to be given its values", remedy, Refused);
        }
        if (typeof value !== "function") {
            const remedy = "give the function or its name, such as 'cosine'";
            refuse(where, value, "must be a ramp such as linear or cosine", remedy, Refused);
        }
        if (value.given === undefined) check_ramp(where, value, value, []);
        return value;
    },
};

function check(kind, where, value) {
    return kind.optional && value === null ? null : checks[kind.type](kind, where, value);
}

// Numbers.

// A finite number, as it is.
function number(where, value, infinite = GIVE) {
    if (typeof value === "string") refuse(where, value, "must be a number, not str", unquoted(value), Refused);
    if (typeof value !== "number" && typeof value !== "bigint") {
        refuse(where, value, `must be a number, not ${type_name(value)}`, "give an int or a float", Refused);
    }
    if (!Number.isFinite(Number(value))) refuse(where, value, "must be finite", value === Infinity ? infinite : GIVE);
    return value;
}

function unquoted(text) {
    const value = /^\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text.replace(/_/g, "")) : NaN;
    if (!Number.isFinite(value)) return "give an int or a float";
    if (/e/i.test(text)) {
        return `write ${float_text(value)} without quotes (YAML reads 1e-5 as text, 1.0e-5 as a number)`;
    }
    return `write ${text.includes(".") ? float_text(value) : String(value)} without quotes`;
}

function in_range(kind, where, given) {
    const value = Number(given);
    const is_high = kind.minimum === null || (kind.isOpen ? value > kind.minimum : value >= kind.minimum);
    const is_low = kind.maximum === null || (kind.isOpen ? value < kind.maximum : value <= kind.maximum);
    if (!(is_high && is_low && (!kind.is_whole || Number.isInteger(value)))) {
        refuse(where, given, kind.demand, kind.remedy);
    }
    return value;
}

function at_most_the_last(where, steps, value) {
    if (steps > LAST_STEP || steps < -LAST_STEP) {
        refuse(where, value, "must be at most 2**53", "count in a larger unit");
    }
    return Number(steps);
}

// Ramps.

function ramp_by_name(where, name) {
    const plain = name.replace(/^lrsched\./, "");
    if (!ramps().includes(plain)) {
        const near = nearest(plain, ramps());
        const remedy = near ? `did you mean ${text_of(near)}?` : `known are ${ramps().sort().join(", ")}`;
        refuse(where, name, "must be the name of a ramp", remedy, Refused);
    }
    return make[plain];
}

function check_ramp(where, value, factory, given) {
    if (!factory.formula.is_ramp) {
        refuse(where, value, "must be a ramp: (init_value, end_value, steps)", "linear and cosine are", Refused);
    }
    const missing = factory.formula.parameters.slice(3).find((p) => p.required && !given.includes(p.name));
    if (missing) {
        const remedy = `write functools.partial(${factory.formula.name}, ${missing.name}=...)`;
        refuse(where, value, `must be given ${missing.name}`, remedy, Refused);
    }
}

// A ramp whose further parameters are given; those that have their defaults are left out.
function ramp_with_numbers(where, value) {
    const { factory, keywords } = value;
    const known = factory.formula.parameters;
    const names = known.map((parameter) => parameter.name);
    for (const name of keywords.keys()) {
        if (ENDS.includes(name)) {
            const remedy = "the schedule gives a ramp its values and its length";
            refuse(where, value, `must leave ${name} open`, remedy, Refused);
        }
        if (!names.includes(name)) {
            const near = nearest(name, names);
            const remedy = near ? `did you mean ${text_of(near)}?` : `known are ${names.join(", ")}`;
            const demand = `has a parameter ${text_of(name)} that ${factory.formula.name} does not have`;
            refuse(where, value, demand, remedy, Refused);
        }
    }
    check_ramp(where, value, factory, [...keywords.keys()]);
    const given = known
        .filter(({ name }) => keywords.has(name))
        .map((p) => [p, check(p.kind, site(factory.formula.name, p.name), keywords.get(p.name))])
        .filter(([parameter, kept]) => kept !== parameter.default);
    return given.length ? partial_ramp(factory, given) : factory;
}

function partial_ramp(factory, given) {
    const rest = factory.formula.parameters.slice(3).map((p) => given.find(([known]) => known === p)?.[1]);
    const ramp = (init_value, end_value, steps) => factory(init_value, end_value, steps, ...rest);
    return Object.assign(ramp, { factory, given });
}

function show_ramp(ramp) {
    if (ramp.given === undefined) return ramp.formula.name;
    const given = ramp.given.map(([{ name, kind }, value]) => `${name}=${show_value(kind, value)}`);
    return `partial(${[ramp.factory.formula.name, ...given].join(", ")})`;
}
