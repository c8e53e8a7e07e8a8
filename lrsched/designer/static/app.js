// Draws the page, and starts it.
(() => {
    const page = lrsched.page;

    let frame = 0;

    /** Draw everything in the next frame. */
    page.draw = () => {
        frame ||= requestAnimationFrame(page.drawNow);
    };

    page.drawNow = () => {
        frame = 0;
        page.drawExpressions();
        page.redrawChart();
        page.drawFields();
        page.drawBar();
        page.drawSide();
    };

    page.redrawChart = () => {
        page.drawChart();
        page.drawGrips();
        page.drawPieces();
    };

    page.drawBar = () => {
        const { unit, range, below } = page.options;
        page.byId("below").value = below;
        for (const label of document.querySelectorAll("[data-unit]")) label.hidden = label.dataset.unit !== unit;
        page.byId("whole").style.visibility = range ? "visible" : "hidden";
        const box = page.byId("difference").querySelector("input");
        box.disabled = page.state.readings.length < 2;
    };

    const TEXTS = ["unit", "batchSize", "below"];

    const optionOf = (control) => {
        if (control.type === "checkbox") return control.checked;
        if (TEXTS.includes(control.dataset.option)) return control.value;
        return Number(control.value.replace(/[\s_\u202f]/g, ""));
    };

    const listen = () => {
        for (const control of document.querySelectorAll("[data-option]")) {
            control.addEventListener("change", () => {
                const value = optionOf(control);
                if (typeof value === "number" && !(value > 0 && Number.isFinite(value))) {
                    page.say("Give a number above 0.");
                    control.value = page.options[control.dataset.option];
                    return;
                }
                page.setOption(control.dataset.option, value);
            });
        }
        page.byId("add").addEventListener("click", () => page.add(page.active().text));
        page.byId("undo").addEventListener("click", page.undo);
        page.byId("redo").addEventListener("click", page.redo);
        page.byId("whole").addEventListener("click", () => page.setOption("range", null));
        addEventListener("keydown", (event) => {
            const isOurs = !event.target.matches?.("input:not(.text), textarea, select");
            if (!(event.ctrlKey || event.metaKey) || !isOurs) return;
            const key = event.key.toLowerCase();
            if (key !== "z" && key !== "y") return;
            event.preventDefault();
            if (key === "y" || event.shiftKey) page.redo();
            else page.undo();
        });
    };

    const say = (compute) => {
        const { refusal } = page.tried(compute);
        if (refusal) page.say(refusal);
    };

    const tidied = (text) => page.tried(() => page.tidy(text)).value ?? text;

    page.start = ({ expressions, recipes, law }) => {
        listen();
        page.fillCopies();
        page.fillRecipes(recipes);
        page.listen();
        const inAddress = page.ofFragment(location.hash);
        page.show(inAddress.length ? inAddress : expressions.map(tidied), 0);
        page.record();
        page.drawNow();
        if (law) say(() => page.useLaw(law, "of this page"));
    };

    page.start(JSON.parse(page.byId("start").textContent));
})();
