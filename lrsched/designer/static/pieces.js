// The pieces of the active schedule: as tabs on the axis of time, and as a table with what can be done to them.
(() => {
    const page = lrsched.page;
    const { el } = page;
    let chosen = 0;

    const nameOf = (text) => /^[\w.]*/.exec(text)[0] || text;

    /** Do something to the pieces, and say in words why it could not be done. */
    const edit = (change, next) => {
        try {
            const text = page.tidy(lrsched.write(change(page.active().good.node)));
            lrsched.make(lrsched.read(text));
            chosen = next;
            page.rewrite(text);
            page.record();
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            page.say(error.message);
        }
    };
    const move = (from, to) => edit((node) => lrsched.movedPiece(node, from, to), to);
    const remove = (index) => edit((node) => lrsched.withoutPiece(node, index), Math.max(0, index - 1));
    const insert = (index, ramp) => edit((node) => lrsched.withPiece(node, index, ramp), index);

    // The tabs.

    let drag = null;
    const begin = (event, index) => {
        if (event.button) return;
        chosen = index;
        drag = { index, from: event.clientX, element: event.currentTarget, pointer: event.pointerId };
        drag.element.setPointerCapture(event.pointerId);
    };
    const follow = (event) => {
        if (!drag || event.pointerId !== drag.pointer) return;
        drag.element.style.transform = `translateX(${event.clientX - drag.from}px)`;
    };
    const end = (event) => {
        if (!drag || event.pointerId !== drag.pointer) return;
        const { index, from, element } = drag;
        drag = null;
        element.style.transform = "";
        const middle = (tab) => tab.offsetLeft + tab.offsetWidth / 2;
        const tabs = [...page.byId("tabs").children];
        const at = middle(element) + event.clientX - from;
        const to = tabs.filter((tab, i) => i !== index && middle(tab) < at).length;
        if (Math.abs(event.clientX - from) > 8 && to !== index) move(index, to);
        else page.drawPieces();
    };

    const tab = (piece, index, pieces) => {
        const { x, factor } = page.scales;
        const [from, to] = [piece.begin, Math.min(piece.end, x.high / factor)].map((step) =>
            Math.min(Math.max(x.at(Math.max(step * factor, x.low)), x.at(x.low)), x.at(x.high)),
        );
        if (to - from < 4) return null;
        return el(
            "button",
            {
                type: "button",
                class: `tab${index === chosen ? " chosen" : ""}`,
                style: `left: ${from}px; width: ${to - from}px`,
                "data-key": `tab${index}`,
                "aria-pressed": String(index === chosen),
                "aria-label": `piece ${index + 1} of ${pieces.length}, ${piece.text}`,
                title: piece.text,
                pointerdown: (event) => begin(event, index),
                pointermove: follow,
                pointerup: end,
                pointercancel: end,
                click: () => {
                    chosen = index;
                    page.drawPieces();
                },
                keydown: (event) => {
                    if (event.key === "Delete" && pieces.length > 1) remove(index);
                    if (event.altKey && event.key === "ArrowLeft" && index > 0) move(index, index - 1);
                    if (event.altKey && event.key === "ArrowRight" && index < pieces.length - 1) move(index, index + 1);
                },
            },
            el("span", {}, nameOf(piece.text)),
        );
    };

    // The table.

    const LIMIT = 100;
    const small = (label, text, click, disabled = false) => {
        const names = { "aria-label": label, title: label, "data-key": label };
        return el("button", { type: "button", class: "plain", ...names, disabled, click }, text);
    };

    /** The value with which a piece ends: at its end, or before a jump there. */
    const lastValue = ({ begin, end }, at) => {
        if (end - begin < 3) return at(end);
        const [earlier, before, after] = [at(end - 2), at(end - 1), at(end)];
        return Math.abs(after - before) > 3 * Math.abs(before - earlier) + 1e-3 * Math.abs(before) ? before : after;
    };

    const valuesOf = (piece, at) => {
        const first = page.shown(at(piece.begin), 3);
        return Number.isFinite(piece.end) ? `${first} → ${page.shown(lastValue(piece, at), 3)}` : `${first} …`;
    };

    const row = (piece, index, at) => {
        return el(
            "tr",
            {
                class: index === chosen ? "chosen" : false,
                click: () => {
                    chosen = index;
                    page.drawPieces();
                },
            },
            el("td", { class: "name", title: piece.text }, nameOf(piece.text)),
            el("td", {}, page.shown(piece.begin)),
            el("td", {}, page.shown(piece.end)),
            el("td", {}, valuesOf(piece, at)),
        );
    };

    const tools = (pieces) => {
        const n = chosen + 1;
        const add = () => page.chooseRamp((name) => insert(chosen + 1, name));
        return el(
            "div",
            { class: "tools" },
            el("button", { type: "button", class: "add", "data-key": "add-piece", click: add }, `+ after ${n}`),
            small(`move piece ${n} earlier`, "←", () => move(chosen, chosen - 1), chosen === 0),
            small(`move piece ${n} later`, "→", () => move(chosen, chosen + 1), chosen >= pieces.length - 1),
            small(`remove piece ${n}`, "×", () => remove(chosen), pieces.length < 2),
        );
    };

    /** The pieces as they can be moved; where there is one only, those that it is made of. */
    const rowsOf = ({ node, schedule }) => {
        const movable = lrsched.pieces(node);
        const shown = movable.length > 1 ? movable : schedule.pieces.filter(({ text }) => text !== "holds");
        return [movable, shown];
    };

    page.drawPieces = () => {
        const { good } = page.active();
        if (!good || !page.scales) return;
        const [movable, all] = rowsOf(good);
        const pieces = all.slice(0, LIMIT);
        chosen = Math.min(chosen, Math.max(0, movable.length - 1));
        page.byId("tabs").style.setProperty("--own", `var(--c${page.state.active})`);
        page.refill(page.byId("tabs"), movable.slice(0, LIMIT).map(tab));
        const head = ["piece", "from", "to", "value"].map((text) => el("th", { scope: "col" }, text));
        const rows = pieces.map((piece, i) => row(piece, i, (step) => good.schedule.at(step)));
        const rest = all.length - pieces.length;
        const more = rest ? el("p", { class: "note soft" }, `and ${rest} more`) : null;
        const table = el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
        page.refill(page.byId("pieces"), table, more, tools(movable));
    };
})();
