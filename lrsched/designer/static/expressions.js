// The fields of the expressions: typing, errors under the caret, which one is active.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const settle = page.later(500, () => page.record());

    const row = (index) => {
        const name = `expression ${index + 1}`;
        return el(
            "li",
            { class: "expression", style: `--own: var(--c${index})` },
            el("button", {
                class: "dot",
                type: "button",
                "data-key": `dot${index}`,
                "aria-label": `edit ${name}`,
                title: "Edit this schedule",
                click: () => page.activate(index),
            }),
            el("input", {
                class: "text",
                type: "text",
                spellcheck: "false",
                maxlength: page.LONGEST,
                autocomplete: "off",
                autocapitalize: "off",
                "aria-label": name,
                "aria-describedby": `error${index}`,
                "data-key": `text${index}`,
                focus: () => page.activate(index),
                input: (event) => {
                    page.rewrite(event.target.value, index);
                    settle();
                },
                change: () => page.record(),
                scroll: () => page.drawExpressions(),
            }),
            el(
                "button",
                {
                    class: "plain remove",
                    type: "button",
                    "data-key": `remove${index}`,
                    "aria-label": `remove ${name}`,
                    title: "Remove",
                    click: () => page.remove(index),
                },
                "×",
            ),
            el("p", { class: "error", id: `error${index}`, role: "status", hidden: true }),
        );
    };

    /** The line below a field: a caret under the place, then what is wrong. */
    const tell = (place, error, input) => {
        place.hidden = !error;
        input.setAttribute("aria-invalid", String(Boolean(error)));
        if (!error) return place.replaceChildren();
        const [start, end] = [error.start ?? 0, error.end ?? error.start ?? 0];
        const hint = error.hint && !error.message.includes(error.hint) ? ` ${error.hint}` : "";
        place.replaceChildren(
            el("span", { class: "caret", "aria-hidden": "true" }, "^".repeat(Math.max(1, Math.min(end - start, 60)))),
            el("span", { class: "message" }, error.message + hint),
        );
        const inside = input.clientWidth / (input.dataset.ch || 8) - 2;
        place.style.setProperty("--at", Math.max(0, Math.min(start, inside)));
        place.style.setProperty("--moved", `${-input.scrollLeft}px`);
    };

    page.drawExpressions = () => {
        const list = page.byId("expressions");
        const { readings, active } = page.state;
        while (list.children.length > readings.length) list.lastChild.remove();
        while (list.children.length < readings.length) list.append(row(list.children.length));
        readings.forEach(({ text, error }, i) => {
            const item = list.children[i];
            const input = item.querySelector(".text");
            if (input.value !== text) input.value = text;
            item.classList.toggle("active", i === active);
            item.querySelector(".dot").setAttribute("aria-pressed", String(i === active));
            item.querySelector(".remove").hidden = readings.length === 1;
            tell(item.querySelector(".error"), error, input);
        });
        page.byId("undo").disabled = page.state.past.length === 0;
        page.byId("redo").disabled = page.state.future.length === 0;
        page.byId("add").disabled = readings.length >= page.MOST;
    };
})();
