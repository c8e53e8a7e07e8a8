// What an expression stands for: schedules, numbers, names of ramps, and arithmetic with them; and back to text.

const VALUES = "only numbers, names of numbers, + - * / //, strings, True, False, None, lists and calls can stand here.";
const CALLED = `only a schedule can be called, by its name; ${EXAMPLE}.`;
const GIVEN = "give it a number: parse(expression, NAME=100), or --let NAME=100";
const CONSTANTS = new Map([["True", true], ["False", false], ["None", null]]);
const MOST_WORK = 10_000; // schedules that are looked into for one answer
const MOST_USAGE = 160;
const known_values = new WeakMap(); // of nodes that stand for schedules

// The expression of a text. Numbers that a schedule refuses are for `made_of` to say.
function read(text) {
    const node = parsed(text);
    try {
        within(MOST_WORK, () => schedule_in(node), () => too_much(node));
    } catch (error) {
        if (!(error instanceof RefusedValue)) throw error;
    }
    return node;
}

function too_much(node) {
    throw refused_at(node, "a schedule of so many pieces cannot be drawn; nest fewer restarts", RefusedValue);
}

// The schedule that an expression describes.
function schedule_in(node) {
    if (node.type === "name" && !CONSTANTS.has(node.value)) throw refused_at(node, bare(node.value));
    const value = value_of(node, "");
    if (is_schedule(value)) return value;
    throw refused_at(node, `an expression is a schedule, not ${brief(value)}; ${EXAMPLE}`);
}

function refused_at(node, message, kind = Refused) {
    return new kind(sentence(message), node.start, node.end);
}

// What is wrong with a name alone: how it is called, or that it is unknown.
function bare(name) {
    const formula = visible(name);
    return formula ? `${name} must be called; write ${formula.usage}` : unknown_schedule(name);
}

// The formula of a name that can be called.
function visible(name) {
    const formula = formulas.get(name);
    return formula?.is_hidden ? undefined : formula;
}

function names() {
    return FORMULAS.filter((formula) => !formula.is_hidden).map((formula) => formula.name);
}

function unknown_schedule(name) {
    return `unknown schedule ${brief(name)}; ${guess(name, names().sort())}`;
}

// What a node stands for: integers are BigInt, floats are numbers.
function value_of(node, path) {
    switch (node.type) {
        case "call":
            if (!known_values.has(node)) known_values.set(node, value_of_call(node, path));
            return known_values.get(node);
        case "number":
            return node.is_whole ? BigInt(node.digits ?? node.value) : node.value;
        case "text":
            return node.value;
        case "list":
            return node.items.map((item, at) => value_of(item, `${path}[${at}]`));
        case "name":
            return value_of_name(node);
        case "operation": {
            const [left, right] = [node.left && operand(node.left, path), operand(node.right, path)];
            const find = () => (node.left ? combined_by(node.sign, left, right) : signed(node.sign, right));
            return placed_error(node, find);
        }
        default:
            throw refused_at(node, VALUES);
    }
}

function value_of_name(node) {
    if (!node.package && CONSTANTS.has(node.value)) return CONSTANTS.get(node.value);
    if (visible(node.value)) return make[node.value];
    const near = nearest(node.value, ramps());
    const remedy = near ? `did you mean ${text_of(near)}?` : GIVEN;
    throw refused_at(node, `unknown name ${brief(node.value)}; ${remedy}`);
}

// What `find` gives, or its error with the place in front.
function placed_error(node, find, path = "") {
    try {
        return find();
    } catch (error) {
        if (!(error instanceof Refused) || error.start !== null) throw error;
        const placed = refused_at(node, path ? `${path}: ${error.message}` : error.message, error.constructor);
        const fault = node.args?.find((arg) => arg.name === error.parameter?.replace(/\[.*/, ""))?.node;
        placed.argument = fault ? { start: fault.start, end: fault.end } : { start: node.start, end: node.end };
        throw placed;
    }
}

// Calls.

function value_of_call(node, path) {
    const { name } = node;
    if (!name) throw refused_at(node.function, CALLED);
    if (name === "partial") return value_of_partial(node, path);
    const formula = visible(name);
    if (!formula) throw refused_at(node.function, unknown_schedule(name));
    const here = path ? `${path}.${name}` : name;
    const positional = values_by_position(node, (at) => {
        const parameter = formula.parameters[at];
        return parameter ? `${here}.${parameter.name}` : here;
    });
    const keywords = values_by_name(node, here);
    return placed_error(node, () => made(formula, bound(formula, positional, keywords)), path);
}

function values_by_position(node, path_of) {
    return node.args
        .filter((arg) => !arg.keyword)
        .map((arg, at) => {
            if (arg.stars) throw new Refused(VALUES, arg.stars.start, arg.node.end);
            return value_of(arg.node, path_of(at));
        });
}

function values_by_name(node, here) {
    const given = new Map();
    for (const { name, keyword, stars, node: value } of node.args) {
        if (!keyword) continue;
        if (stars || given.has(name)) {
            const demand = stars ? "** cannot be written here" : `${name} is given twice`;
            throw refused_at(value, `${demand}; name each parameter once`);
        }
        given.set(name, value_of(value, `${here}.${name}`));
    }
    return given;
}

function value_of_partial(node, path) {
    const positional = node.args.filter((arg) => !arg.keyword);
    if (positional.length !== 1) throw refused_at(node, "partial takes one ramp; write partial(polynomial, power=3.0)");
    const [factory] = values_by_position(node, () => path);
    const keywords = values_by_name(node, path || "partial");
    if (typeof factory !== "function" || is_schedule(factory)) {
        throw refused_at(node, `${path ? `${path}: ` : ""}the first argument must be callable`);
    }
    return { is_partial: true, factory, keywords };
}

// The arguments with the names of the parameters that they are given for.
function named_arguments(name, args) {
    const by_position = (visible(name)?.parameters ?? []).filter((parameter) => parameter.required);
    let at = 0;
    return args.map((arg) => (arg.keyword ? arg : { ...arg, name: by_position[at++]?.name ?? null }));
}

// The values of a call in the order of the parameters; `undefined` where there is none.
function bound(formula, positional, keywords) {
    const { name: call, parameters } = formula;
    for (const name of keywords.keys()) {
        if (!parameters.some((parameter) => parameter.name === name)) {
            const short = name.length <= 60 ? name : `${name.slice(0, 57)}...`;
            const all = parameters.map((parameter) => parameter.name);
            throw new Refused(sentence(`${call}(${short}=...) is not a parameter; ${guess(name, all)}`));
        }
    }
    const required = parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name);
    const usage = formula.usage.length > MOST_USAGE ? `${call}(${[...required, "..."].join(", ")})` : formula.usage;
    if (positional.length > required.length) {
        const remedy = remedy_for(formula, positional.slice(required.length), keywords);
        const count = `${required.length} value${required.length === 1 ? "" : "s"}`;
        throw new Refused(`${usage} takes ${count} by position, not ${positional.length}; ${remedy}.`);
    }
    const twice = required.slice(0, positional.length).find((name) => keywords.has(name));
    if (twice) throw new Refused(`${usage}: ${twice} is given by position and by name; leave one out.`);
    const missing = required.slice(positional.length).filter((name) => !keywords.has(name));
    if (missing.length) {
        const remedy = missing.map((name) => `${name}=...`).join(", ");
        throw new Refused(sentence(`${usage} is missing ${listed(missing, " and ")}; write ${remedy}`));
    }
    return parameters.map(({ name }) => keywords.get(name) ?? at_or_none(keywords, name, positional, required));
}

function at_or_none(keywords, name, positional, required) {
    return keywords.has(name) ? keywords.get(name) : positional[required.indexOf(name)];
}

function listed(items, last) {
    return items.length > 1 ? items.slice(0, -1).join(", ") + last + items.at(-1) : items[0];
}

// Which names surplus values were probably meant for: `end_value` first.
function remedy_for(formula, extra, keywords) {
    const open = formula.parameters.filter((parameter) => !parameter.required && !keywords.has(parameter.name));
    const fits = (parameter, value) => {
        try {
            check(parameter.kind, site(formula.name, parameter.name), value);
            return true;
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            return false;
        }
    };
    if (extra.length === 1) {
        open.sort((a, b) => (a.name !== "end_value") - (b.name !== "end_value"));
        const fitting = open.filter((parameter) => fits(parameter, extra[0]));
        const shown = fitting.map(({ name }) => `${name}=${brief(extra[0])}`);
        if (shown.length) return `write ${listed(shown, " or ")}`;
    } else if (extra.length <= open.length && extra.every((value, at) => fits(open[at], value))) {
        return `write ${extra.map((value, at) => `${open[at].name}=${brief(value)}`).join(", ")}`;
    }
    if (open.length) return `give ${listed(open.map(({ name }) => name), " or ")} by name`;
    return extra.length === 1 ? "leave out the last value" : `leave out the last ${extra.length} values`;
}

// Arithmetic.

function is_number(value) {
    return typeof value === "bigint" || typeof value === "number";
}

function operand(node, path) {
    const value = value_of(node, path);
    if (is_number(value) || is_schedule(value)) return value;
    throw refused_at(node, `arithmetic needs numbers and schedules, not ${brief(value)}`);
}

function signed(sign, value) {
    if (is_schedule(value)) {
        if (sign === "-") return make.scale(value, -1);
        throw new Refused("a schedule has no sign +; leave it out.");
    }
    return sign === "-" ? -value : value;
}

function combined_by(sign, a, b) {
    if (is_schedule(a) || is_schedule(b)) return combined_schedules(sign, a, b);
    if ("//".startsWith(sign) && Number(b) === 0) {
        throw new RefusedValue(`${brief(a)} is divided by 0; give another divisor.`);
    }
    const result = combined_numbers(sign, a, b);
    if (Number.isFinite(Number(result))) return result;
    throw new RefusedValue("the result must be finite; give numbers that float64 holds.");
}

function combined_numbers(sign, a, b) {
    const are_whole = typeof a === "bigint" && typeof b === "bigint";
    if (sign === "/") return are_whole ? to_number(over([a, 1n], [b, 1n])) : Number(a) / Number(b);
    if (sign === "//" && are_whole) return floor_of(b < 0n ? -a : a, b < 0n ? -b : b);
    if (sign === "//") return floor_divided(Number(a), Number(b));
    const [x, y] = are_whole ? [a, b] : [Number(a), Number(b)];
    return sign === "*" ? x * y : sign === "+" ? x + y : x - y;
}

function combined_schedules(sign, a, b) {
    if (sign === "//" || (sign === "/" && is_schedule(b))) {
        throw new Refused("a schedule can be divided by a number, with /, and by nothing else.");
    }
    const factory = (name, ...values) => made(formulas.get(name), values);
    if (sign === "/") {
        const divisor = number(site("scale", "factor"), b);
        require(Number(divisor) !== 0, a.formula.name, `...) / ${brief(b)} must be divided by another number than 0.`);
        return factory("scale", a, 1 / Number(divisor));
    }
    if (!is_schedule(a)) {
        if (sign === "*") return factory("scale", b, a);
        return factory("add", sign === "-" ? factory("scale", b, -1) : b, a);
    }
    if (sign === "*") return is_schedule(b) ? factory("multiply", a, b) : factory("scale", a, b);
    if (sign === "+") return factory("add", a, b);
    return factory("add", a, is_schedule(b) ? factory("scale", b, -1) : -b);
}
