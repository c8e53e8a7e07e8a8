// The numbers of an expression that can be dragged: where each is seen on the curve, and what a drag changes.

// A path leads from an expression to a number: names of parameters, places in lists, and the sides of arithmetic.

function arguments_in(node) {
    if (node.type === "list") return node.items.map((item, at) => [at, item]);
    if (node.type === "operation") return [["left", node.left], ["right", node.right]].filter(([, side]) => side);
    return (node.args ?? []).filter((arg) => arg.name).map((arg) => [arg.name, arg.node]);
}

// The expression with another number; a parameter that was not given is added by name.
function changed(node, path, value) {
    if (path.length === 0) {
        const is_whole = Number.isInteger(value);
        const { start, end } = node ?? { start: null, end: null };
        return Object.freeze({ type: "number", value, is_whole, start, end, depth: 0 });
    }
    const [first, ...rest] = path;
    if (node.type === "list") {
        const items = node.items.map((item, at) => (at === first ? changed(item, rest, value) : item));
        return Object.freeze({ ...node, items });
    }
    if (node.type === "operation") return Object.freeze({ ...node, [first]: changed(node[first], rest, value) });
    const is_given = node.args.some((arg) => arg.name === first);
    const args = node.args.map((arg) => {
        return arg.name === first ? { ...arg, node: changed(arg.node, rest, value) } : arg;
    });
    if (!is_given) args.push({ name: first, keyword: true, node: changed(null, rest, value) });
    return Object.freeze({ ...node, args });
}

// The numbers of an expression: path, call, parameter and value.
function* numbers_in(node, path = [], kind = null, name = "value", call = "") {
    const value = kind && number_of(node);
    if (kind && value !== null) yield { path, name, call, kind, value };
    else if (node.type === "list" && kind?.type === "list") {
        for (const [at, item] of arguments_in(node)) {
            yield* numbers_in(item, [...path, at], kind.item, `${name}[${at}]`, call);
        }
    } else if (node.type === "operation") {
        const words = { "*": "factor", "/": "divisor" };
        for (const [side, item] of arguments_in(node)) {
            const own = words[node.sign] ? FACTOR : OFFSET;
            yield* numbers_in(item, [...path, side], own, words[node.sign] ?? name, call);
        }
    } else if (node.type === "call") yield* numbers_of_call(node, path);
}

const FACTOR = { type: "real", unit: "1", minimum: null, maximum: null };
const OFFSET = { ...FACTOR, unit: "rate" };
const OF_NUMBERS = ["real", "whole", "duration", "multiple", "size"];

function* numbers_of_call(node, path) {
    const given = new Map(arguments_in(node));
    const name = node.name === "partial" ? node.args[0]?.node.value : node.name;
    for (const parameter of visible(name)?.parameters ?? []) {
        const inner = given.get(parameter.name);
        const kind = parameter.kind.type === "child" ? OFFSET : parameter.kind;
        if (inner) yield* numbers_in(inner, [...path, parameter.name], kind, parameter.name, name);
        else if (OF_NUMBERS.includes(kind.type) && node.name !== "partial" && typeof parameter.default === "number") {
            const { default: value } = parameter;
            yield { path: [...path, parameter.name], name: parameter.name, call: name, kind, value, is_default: true };
        }
    }
}

// The number that arithmetic of numbers gives; of anything else nothing.
function number_of(node) {
    if (!["number", "operation"].includes(node.type)) return null;
    try {
        const value = value_of(node, "");
        return is_number(value) ? Number(value) : null;
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return null;
    }
}

// Where the numbers of an expression are seen: what can be dragged up and down, or along the steps.
//
// Of an expression with so many numbers that trying them all takes long, those that are found in time.
function handles(node) {
    const found = [];
    const find = () => {
        const schedule = schedule_in(node);
        const last = last_shown(schedule);
        const known = { node, schedule, last, marks: marks_of(schedule), steps: steps_tried(schedule, last) };
        for (const number of numbers_in(node)) {
            const handle = handle_of(known, number);
            if (handle) found.push(handle);
        }
    };
    within(5 * MOST_WORK, find, () => {});
    return found;
}

function handle_of(known, { path, name, call, kind, value, is_default = false }) {
    const time = kind.unit === "rate" ? null : mark_moved(known, path, value, kind, name);
    const own = kind.unit === "steps" && !time ? own_step(known, path, value) : null;
    const place = time ?? own ?? height_moved(known, path, value, kind);
    if (!place) return null;
    const words = name.replace(/_/g, " ");
    return {
        path,
        name,
        label: path.length > 1 ? `${call}: ${words}` : words,
        value,
        unit: kind.unit,
        isDefault: is_default,
        minimum: kind.minimum ?? null,
        maximum: kind.maximum ?? null,
        isOpen: kind.isOpen ?? false,
        ...place,
    };
}

// The schedule with another number, or nothing where it is refused.
function tried({ node }, path, value) {
    try {
        return schedule_in(changed(node, path, value));
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return null;
    }
}

// The boundaries and the length, which a number of steps moves.
function marks_of(schedule) {
    return [...boundaries_of(schedule), length_of(schedule) ?? Infinity];
}

// The mark that moves with a number, and by how much for each unit of it: the last for a total, else the first.
function mark_moved(known, path, value, kind, name) {
    const little = kind.unit === "steps" ? [1, Math.ceil(value / 100)] : [(Math.abs(value) || 1) / 64];
    for (const more of little.flatMap((each) => [each, -each])) {
        const other = tried(known, path, value + more);
        const marks = other ? marks_of(other) : [];
        if (marks.length !== known.marks.length) continue;
        const is_moved = (mark, index) => mark !== known.marks[index];
        const at = name === "total_steps" ? marks.findLastIndex(is_moved) : marks.findIndex(is_moved);
        if (at < 0) continue;
        const step = known.marks[at];
        return { axis: "step", step, height: known.schedule(step), slope: (marks[at] - step) / more };
    }
    return null;
}

// The own time of a formula that a number of steps stretches: where it has passed.
function own_step(known, path, value) {
    let inner = known.node;
    for (const name of path.slice(0, -1)) inner = arguments_in(inner).find(([text]) => text === name)?.[1];
    const schedule = inner && known_values.get(inner);
    const placed = schedule && [...pieces(known.schedule)].flatMap((row) => leaves_of(row.placed));
    const place = placed?.find(({ what }) => what === expanded(schedule))?.place;
    if (!place) return null;
    const step = Math.round(as_float(time_at(place, meant(value))));
    return { axis: "step", step, height: known.schedule(step), slope: as_float(place.factor) };
}

function leaves_of(placed) {
    return placed.children ? placed.children.flatMap(leaves_of) : [placed];
}

// The step at which a number moves the curve most, and by how much for each unit of it.
function height_moved(known, path, value, kind) {
    const size = Math.abs(value) || Math.max(...known.steps.map((step) => Math.abs(known.schedule(step)))) || 1;
    const little = kind.type === "size" || kind.type === "whole" ? 1 : size / 1024;
    for (const more of [little, -little]) {
        const other = tried(known, path, value + more);
        if (!other) continue;
        const slopes = known.steps.map((step) => (other(step) - known.schedule(step)) / more);
        const most = Math.max(...slopes.map(Math.abs));
        if (!(most > 0)) continue;
        const is_most = (step, index) => Math.abs(slopes[index]) >= 0.999 * most;
        const mark = known.steps.findIndex((step, index) => is_most(step, index) && known.marks.includes(step));
        const at = mark < 0 ? known.steps.findIndex(is_most) : mark;
        return { axis: "value", step: known.steps[at], height: known.schedule(known.steps[at]), slope: slopes[at] };
    }
    return null;
}

// The steps at which a number may be seen: the marks, those before them, and some between.
function steps_tried(schedule, last) {
    const marks = marks_of(schedule).filter((step) => step <= last);
    const even = Array.from({ length: 33 }, (_, at) => Math.round((last * at) / 32));
    const steps = new Set([...marks, ...marks.map((step) => step - 1), ...even]);
    return [...steps].filter((step) => step >= 0).sort((a, b) => a - b);
}

// The number nearest to a wanted one that the expression takes, between that and the present one.
function nearest_value(node, path, present, wanted) {
    if (tried({ node }, path, wanted)) return wanted;
    let [good, bad] = [present, wanted];
    const is_whole = Number.isInteger(present) && Number.isInteger(wanted);
    for (let round = 0; round < 60 && Math.abs(bad - good) > (is_whole ? 1 : 0); round += 1) {
        const middle = is_whole ? Math.round((good + bad) / 2) : (good + bad) / 2;
        if (middle === good || middle === bad) break;
        if (tried({ node }, path, middle)) good = middle;
        else bad = middle;
    }
    return good;
}

// The number of fewest digits that is no farther from a value than `resolution`.
function rounded(value, resolution) {
    if (Math.abs(value) <= resolution) return 0;
    for (let digits = 1; digits < 17; digits += 1) {
        const near = Number(value.toPrecision(digits));
        if (Math.abs(near - value) <= resolution) return near;
    }
    return value;
}
