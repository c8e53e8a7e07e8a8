// What a page sees of the engine.

// The schedule of an expression: its values, and what is known of it without asking for any.
function face_of(node) {
    return within(MOST_WORK, () => face_of_schedule(schedule_in(node)), () => too_much(node));
}

function face_of_schedule(schedule) {
    const at = (step) => (Number.isNaN(step) ? step : schedule(Math.min(step, LAST_STEP)));
    const shown = last_shown(schedule);
    at(shown); // which looks into all pieces up to there
    return Object.freeze({
        at,
        many: (steps) => Float64Array.from(steps, at),
        turns: (first, last, pixels) => within(MOST_WORK, () => turns_of(schedule, first, last, pixels), () => []),
        length: length_of(schedule) ?? Infinity,
        boundaries: boundaries_of(schedule),
        pieces: table_of(schedule),
        shown,
    });
}

// The pieces: from, to and the formula; of endless cycles the first ten, and the rest as one.
function table_of(schedule) {
    const length = length_of(schedule) ?? Infinity;
    const found = [...pieces(schedule, HERE, LAST, MOST_CYCLES)];
    const begins = found.map((piece) => Number(ceil_of_fraction(piece.start)));
    const starts = length === 0 ? [] : [0, ...boundaries_of(schedule).filter((step) => step < length)];
    const rows = starts.map((begin, at) => {
        const { placed } = found[bisect_right(begins, begin) - 1];
        return { begin, end: starts[at + 1] ?? length, text: text_of_placed(placed) };
    });
    return length === Infinity ? rows : [...rows, { begin: length, end: Infinity, text: "holds" }];
}

// A piece as an expression, its times in steps.
function text_of_placed({ what, place, children = [] }) {
    if (what.is_number) return show(what);
    const { name, parameters, pointwise } = what.formula;
    const shown = parameters.map((parameter) => {
        const at = pointwise.indexOf(parameter.name);
        const value = what.parameters[parameter.name];
        const shown_value = () => show_value(parameter.kind, in_steps(parameter.kind, value, place));
        const text = at < 0 ? shown_value() : text_of_placed(children[at]);
        if (parameter.required) return text;
        return value === parameter.default && at < 0 ? null : `${parameter.name}=${text}`;
    });
    return `${name}(${shown.filter((text) => text !== null).join(", ")})`;
}

function in_steps(kind, value, place) {
    if (value === null || !["whole", "duration"].includes((kind.item ?? kind).type)) return value;
    if (Array.isArray(value)) return value.map((item) => in_steps(kind.item, item, place));
    return as_float(times(meant(value), place.factor));
}

// The last step that a plot shows unless one is given: the length, or ten times the longest time, or 1000.
function last_shown(schedule) {
    return length_of(schedule) || Math.ceil(Math.min(10 * longest_time(schedule), LAST_STEP)) || 1000;
}

function longest_time(schedule) {
    let [longest, factor] = [0, 1];
    schedule.formula.parameters.forEach(({ kind }, at) => {
        const value = schedule.values[at];
        if (schedule.formula.name === "stretch" && kind.type === "real") factor = value;
        for (const item of Array.isArray(value) ? value : [value]) {
            if (is_schedule(item)) longest = Math.max(longest, longest_time(item));
            else if (["whole", "duration"].includes((kind.item ?? kind).type) && item !== null) {
                longest = Math.max(longest, Math.abs(item));
            }
        }
    });
    return longest * factor;
}

// The text of an expression, as Python writes the schedule; of one that cannot be made, as it stands.
function write(node) {
    try {
        return show(schedule_in(node));
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return write_node(node);
    }
}

function write_node(node) {
    switch (node.type) {
        case "call": {
            const args = node.args.map(({ name, keyword, node: value }) => {
                return keyword ? `${name}=${write_node(value)}` : write_node(value);
            });
            return `${node.name}(${args.join(", ")})`;
        }
        case "list":
            return `[${node.items.map(write_node).join(", ")}]`;
        case "operation":
            return node.left
                ? `${in_brackets(node.left)} ${node.sign} ${in_brackets(node.right)}`
                : `${node.sign}${in_brackets(node.right)}`;
        case "number":
            return node.is_whole ? (node.digits ?? String(BigInt(node.value))) : float_text(node.value);
        case "text":
            return text_of(node.value);
        default:
            return String(node.value);
    }
}

function in_brackets(node) {
    return node.type === "operation" ? `(${write_node(node)})` : write_node(node);
}

// The parameters of a schedule, for fields: their names, units, bounds and defaults.
function parameters(name) {
    return (visible(name)?.parameters ?? []).map((parameter) => {
        const kind = parameter.kind.item ?? parameter.kind;
        const names = { real: "value", duration: "number", whole: "steps", multiple: "number", size: "number" };
        const of_list = { Values: "values", Children: "schedules", Boundaries: "boundaries" };
        const of_one = { child: "schedule", real: kind.unit === "rate" ? "value" : "number" };
        return {
            name: parameter.name,
            unit: parameter.kind.unit,
            kind: of_list[parameter.kind.name] ?? of_one[kind.type] ?? names[kind.type] ?? kind.type,
            required: parameter.required,
            default: typeof parameter.default === "function" ? show_ramp(parameter.default) : parameter.default,
            optional: parameter.kind.optional,
            minimum: kind.minimum ?? null,
            maximum: kind.maximum ?? null,
            isOpen: kind.isOpen ?? false,
            options: parameter.kind.type === "ramp" ? ramps() : (kind.options ?? null),
        };
    });
}

Object.assign(lrsched, {
    names: names(),
    parameters,
    summary: (name) => visible(name)?.summary ?? "",
    read,
    write,
    make: face_of,
    sample,
    handles,
    changed,
    nearest: nearest_value,
    rounded,
    pieces: pieces_of_node,
    withPiece: with_piece,
    withoutPiece: without_piece,
    movedPiece: moved_piece,
    Refused,
});
