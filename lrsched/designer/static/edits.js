// The pieces of a run: added, left out, and put in another order.

// The pieces of an expression, a whole run as the join that it is: begin, end, and each as an expression of its own.
function pieces_of_node(node) {
    return within(MOST_WORK, () => described_parts(node), () => too_much(node));
}

function described_parts(node) {
    return parts_in(schedule_in(node)).map(({ child, begin, end }) => {
        const text = show(child);
        return { begin, end, text, node: parsed(text) };
    });
}

// A run as one join of all its pieces, those of inner runs among them.
function unfolded(schedule) {
    const run = expanded(schedule);
    if (run.formula.name !== "join") return schedule;
    return make.join(run.parameters.schedules.map(unfolded), run.parameters.boundaries);
}

function parts_in(schedule) {
    const run = unfolded(schedule);
    const [children, boundaries] = run.formula.name === "join" ? run.values : [[schedule], []];
    const end = length_of(schedule) ?? Infinity;
    const starts = [0, ...boundaries];
    const end_of_piece = (at) => starts[at + 1] ?? Math.max(end, starts[at]);
    return children.map((child, at) => ({ child, begin: starts[at], end: end_of_piece(at) }));
}

// The expression of pieces that follow each other.
function run_of(parts) {
    const starts = [];
    let begin = 0;
    for (const { begin: from, end } of parts.slice(0, -1)) {
        begin += end - from;
        starts.push(begin);
    }
    return parsed(show(make.join(parts.map(({ child }) => child), starts)));
}

// Pieces with an end; a last one that goes on ends where the plot does.
function ended_parts(node) {
    const schedule = schedule_in(node);
    const last = last_shown(schedule);
    return parts_in(schedule).map((part) => {
        const end = part.end === Infinity ? Math.max(last, part.begin + 1) : part.end;
        return { ...part, end: end > part.begin ? end : part.begin + Math.max(Math.round(last / 10), 1) };
    });
}

// The run with a ramp before its piece `index`, or at the end: from the value there to the first one after it.
function with_piece(node, index, ramp = "linear") {
    const parts = ended_parts(node);
    const [before, after] = [parts[index - 1], parts[index]];
    const steps = Math.max(rounded(parts.at(-1).end / 10, parts.at(-1).end / 100), 1);
    const from = before ? before.child(before.end - before.begin) : 0;
    const shape = ramp_by_name(site("withPiece", "ramp"), ramp);
    const child = shape(from, after ? after.child(0) : 0, Math.round(steps));
    return run_of([...parts.slice(0, index), { child, begin: 0, end: Math.round(steps) }, ...parts.slice(index)]);
}

function without_piece(node, index) {
    const parts = ended_parts(node);
    if (parts.length === 1) throw new Refused("a run has one piece or more; write another schedule in its place.");
    return run_of(parts.filter((_, at) => at !== index));
}

function moved_piece(node, from, to) {
    const parts = ended_parts(node);
    const [part] = parts.splice(from, 1);
    parts.splice(to, 0, part);
    return run_of(parts);
}
