// What will come of the active schedule: the best peak by the bound, and the last loss by a fitted law.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const row = (name, text) => [el("dt", {}, name), el("dd", {}, text)];

    const lossRows = ({ loss, low, high }) => [
        ...row("final loss", page.shown(loss, 5)),
        ...row("90 % band", `${page.shown(low, 5)} – ${page.shown(high, 5)}`),
    ];

    const rows = ({ loss, bestPeak }) => {
        const found = [loss, bestPeak].filter((each) => each);
        const values = [
            ...(loss?.value ? lossRows(loss.value) : []),
            ...(bestPeak?.value ? row("best peak", page.shown(bestPeak.value, 3)) : []),
        ];
        return [values.length ? el("dl", { class: "rows" }, values) : null, ...found.map(refused)];
    };

    const refused = ({ refusal }) => (refusal ? el("p", { class: "note soft" }, refusal) : null);

    /** Which schedule has the peak that is best for it: the others are judged by it. */
    const choice = () => {
        if (page.options.below !== "bound") return null;
        const change = (event) => page.setOption("tuned", Number(event.target.value));
        const indices = page.state.readings.flatMap(({ good, error }, index) => (good && !error ? [index] : []));
        const tuned = indices.includes(page.options.tuned) ? page.options.tuned : indices[0];
        const options = indices.map((index) =>
            el("option", { value: index, selected: index === tuned }, `schedule ${index + 1}`),
        );
        return el(
            "label",
            { class: "choose" },
            "peak tuned for",
            el("select", { "data-key": "tuned", change }, options),
        );
    };

    const WHAT_A_LAW_IS = "Load a law that lrsched.forecast fitted, as JSON, or choose the bound below the chart.";

    const load = async (event) => {
        const file = event.target.files[0];
        if (!file) return;
        const text = await file.text();
        const { refusal } = page.tried(() => page.useLaw(text, file.name));
        if (refusal) page.say(refusal);
    };

    /** Use a fitted law, given as its JSON, and draw its loss. */
    page.useLaw = (json, name) => {
        lrsched.law(json); // which refuses what is no law
        page.law = json;
        page.lawName = name;
        page.options.below = "loss";
        page.draw();
    };

    page.drawForecast = (judged) => {
        const input = el("input", { type: "file", accept: ".json", "data-key": "law", change: load });
        const isEmpty = !page.law && page.options.below !== "bound";
        page.refill(
            page.byId("forecast"),
            isEmpty ? el("p", { class: "note soft" }, WHAT_A_LAW_IS) : rows(judged),
            choice(),
            page.law ? el("p", { class: "note soft" }, `law: ${page.lawName}`) : null,
            el("label", { class: "load" }, "load a law", input),
        );
    };
})();
