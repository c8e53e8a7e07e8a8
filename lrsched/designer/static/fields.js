// A field for every parameter of the active schedule. A field edits its place in the expression, and nothing else.
(() => {
    const page = lrsched.page;
    const { el } = page;

    /** The names of the ramps. */
    page.ramps = () => lrsched.parameters("wsd").find(({ kind }) => kind === "ramp").options;

    const UNITS = { "a rate": "", 1: "", "steps, or a name": "steps" };
    const unitOf = ({ unit }) => (unit in UNITS ? UNITS[unit] : unit || "");

    const boundsOf = ({ minimum, maximum, isOpen }) => {
        const parts = [];
        if (Number.isFinite(minimum)) parts.push(`${isOpen ? ">" : "≥"} ${page.shown(minimum)}`);
        if (Number.isFinite(maximum)) parts.push(`≤ ${page.shown(maximum)}`);
        return parts.join(", ");
    };

    const splice = (text, start, end, put) => text.slice(0, start) + put + text.slice(end);

    /** A number as it was typed, without the spaces between its digits. */
    const tidy = (typed) => typed.trim().replace(/(?<=\d)[ \u202f](?=\d)/g, "");

    /** The arguments of a call by the names of its parameters. */
    const given = (node, parameters) =>
        new Map(node.args.map((arg, i) => [arg.name || parameters[Math.min(i, parameters.length - 1)].name, arg.node]));

    /** Write an argument; without text it is left to its default. */
    const put = (good, call, parameter, child, typed) => {
        const text = tidy(typed);
        if (child) {
            if (text) page.rewrite(splice(good.text, child.start, child.end, text));
            else if (!parameter.required) page.rewrite(without(good.text, call, child));
            else page.draw();
        } else if (text) {
            const close = good.text.lastIndexOf(")", call.end - 1);
            const before = good.text.slice(0, close).trimEnd();
            const comma = /[(,]$/.test(before) ? "" : ", ";
            page.rewrite(splice(good.text, before.length, close, `${comma}${parameter.name}=${text}`));
        }
        page.record();
    };

    /** A text without one argument of a call. */
    const without = (text, call, child) => {
        const head = text.slice(0, child.start).replace(/\s*,?\s*(\w+\s*=\s*)?$/, "");
        const tail = text.slice(child.end);
        return head + (head.endsWith("(") ? tail.replace(/^\s*,\s*/, "") : tail);
    };

    const options = (names, chosen) =>
        names.map((name) => el("option", { value: name, selected: name === chosen }, name));

    const field = (good, call, parameter, child, key) => {
        const id = `field-${key}`;
        const change = (event) => put(good, call, parameter, child, event.target.value);
        const own = child ? good.text.slice(child.start, child.end) : "";
        const bounds = boundsOf(parameter);
        const common = { id, "data-key": id, change };
        const quote = parameter.kind === "ramp" ? "" : "'";
        const choices = (parameter.options || []).map((option) => quote + option + quote);
        const chosen = own.replaceAll('"', "'") || quote + parameter.default + quote;
        const control = choices.includes(chosen)
            ? el("select", common, options(choices, chosen))
            : el("input", {
                  ...common,
                  type: "text",
                  inputmode: child?.type === "number" ? "decimal" : "text",
                  spellcheck: "false",
                  autocomplete: "off",
                  value: own,
                  placeholder: parameter.required ? "" : defaultOf(parameter),
                  title: bounds || false,
                  keydown: (event) => nudge(event, good, call, parameter, child),
              });
        return el(
            "div",
            { class: "field" },
            el("label", { for: id }, parameter.name, bounds ? el("span", { class: "hidden" }, `, ${bounds}`) : null),
            control,
            control.tagName === "SELECT" ? null : el("span", { class: "unit" }, unitOf(parameter)),
        );
    };

    const defaultOf = ({ default: value }) => {
        if (typeof value === "number") return page.written(value);
        if (value === null || value === undefined) return "none";
        return value === true ? "True" : value === false ? "False" : String(value);
    };

    /** Arrow keys step a number in a field as they step a handle. */
    const nudge = (event, good, call, parameter, child) => {
        const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        const value = Number(tidy(event.target.value || event.target.placeholder).replaceAll("_", ""));
        if (!direction || !Number.isFinite(value)) return;
        event.preventDefault();
        const whole = parameter.kind === "steps" || /steps/.test(parameter.unit || "");
        const next = page.nudged(value, direction, { fine: event.shiftKey, whole, resolution: whole ? 1 : 1e-5 });
        put(good, call, parameter, child, page.written(next));
    };

    /** The fields of a node and of what is inside of it. */
    const rows = (good, node, key) => {
        if (node.type === "list") return node.items.flatMap((item, i) => rows(good, item, `${key}.${i}`));
        if (node.type === "operation") {
            return [node.left, node.right].flatMap((side, i) => (side ? rows(good, side, `${key}.${i}`) : []));
        }
        if (node.type !== "call" || !lrsched.names.includes(node.name)) return [];
        const parameters = lrsched.parameters(node.name);
        const children = given(node, parameters);
        const own = [];
        const inner = [];
        for (const parameter of parameters) {
            const child = children.get(parameter.name);
            const isInside = child && (child.type === "call" || child.type === "operation" || hasCalls(child));
            if (isInside) inner.push(...rows(good, child, `${key}.${parameter.name}`));
            else own.push(field(good, node, parameter, child, `${key}.${parameter.name}`));
        }
        const title = lrsched.summary ? lrsched.summary(node.name) : "";
        return [el("fieldset", {}, el("legend", { title }, node.name), own), ...inner];
    };

    const hasCalls = (node) =>
        node.type === "list" && node.items.some((item) => item.type === "call" || item.type === "operation");

    page.drawFields = () => {
        const { good } = page.active();
        page.refill(page.byId("fields"), good ? rows(good, good.node, `${page.state.active}`) : []);
    };
})();
