// What will come of the schedules: the bound, and the loss of a fitted law, as curves below them and as numbers.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const POINTS = 100;

    /** The schedules that can be drawn, each with its index and its updates. */
    const all = () =>
        page.state.readings.flatMap(({ good, error }, index) =>
            good && !error ? [{ index, schedule: good.schedule, steps: page.stepsOf(good.schedule) }] : [],
        );

    const tuned = () => all().find(({ index }) => index === page.options.tuned) || all()[0];

    /** The ratio under which the schedule that is tuned has its best peak. */
    const ratio = () => lrsched.calibrate(tuned().schedule, tuned().steps);

    /** Numbers of updates from the highest value on, where a law holds. */
    const times = (schedule, steps) => {
        const { steps: at, values } = lrsched.sample(schedule, 0, steps, 200);
        const first = Math.max(at[values.indexOf(Math.max(...values))], steps / POINTS, 1);
        const found = Array.from({ length: POINTS }, (_, i) => first + ((steps - first) * i) / (POINTS - 1));
        return [...new Set(found.map(Math.round))].filter((time) => time >= 1 && time <= steps);
    };

    const boundOf = ({ index, schedule, steps }) => ({ index, ...lrsched.bound(schedule, steps, ratio(), POINTS) });

    const lossOf = ({ index, schedule, steps }) => {
        const at = times(schedule, steps);
        const band = index === page.state.active ? page.law.band(schedule, at, 0.9) : {};
        return { index, steps: at, values: page.law.loss(schedule, at), ...band };
    };

    /** The curves below the schedules, and a refusal in words. */
    page.curvesBelow = () => {
        const { below } = page.options;
        if (below === "nothing" || (below === "loss" && !page.law)) return { curves: [] };
        const found = all().map((each) => page.tried(() => (below === "bound" ? boundOf(each) : lossOf(each))));
        const curves = found.flatMap(({ value }) => (value ? [value] : []));
        return { curves, refusal: found.find(({ refusal }) => refusal)?.refusal };
    };

    // The numbers.

    const row = (name, text) => [el("dt", {}, name), el("dd", {}, text)];

    const lossRows = ({ schedule, steps }) => {
        const { low, high } = page.law.band(schedule, steps, 0.9);
        const loss = page.law.loss(schedule, steps);
        return [
            ...row("final loss", page.shown(loss, 5)),
            ...row("90 % band", `${page.shown(low, 5)} – ${page.shown(high, 5)}`),
        ];
    };

    const boundRows = ({ schedule, steps }) =>
        row("best peak", page.shown(lrsched.bestPeak(schedule, steps, ratio()), 3));

    const rows = () => {
        const active = all().find(({ index }) => index === page.state.active);
        if (!active) return [];
        const wanted = [page.law && lossRows, page.options.below === "bound" && boundRows].filter((each) => each);
        const found = wanted.map((each) => page.tried(() => each(active)));
        const values = found.flatMap(({ value }) => value || []);
        return [values.length ? el("dl", { class: "rows" }, values) : null, ...found.map(refused)];
    };

    const refused = ({ refusal }) => (refusal ? el("p", { class: "note soft" }, refusal) : null);

    /** Which schedule has the peak that is best for it: the others are judged by it. */
    const choice = () => {
        if (page.options.below !== "bound") return null;
        const change = (event) => page.setOption("tuned", Number(event.target.value));
        const options = all().map(({ index }) =>
            el("option", { value: index, selected: index === tuned().index }, `schedule ${index + 1}`),
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
        page.law = lrsched.law(json);
        page.lawName = name;
        page.options.below = "loss";
        page.draw();
    };

    page.drawForecast = () => {
        const input = el("input", { type: "file", accept: ".json", "data-key": "law", change: load });
        const isEmpty = !page.law && page.options.below !== "bound";
        page.refill(
            page.byId("forecast"),
            isEmpty ? el("p", { class: "note soft" }, WHAT_A_LAW_IS) : rows(),
            choice(),
            page.law ? el("p", { class: "note soft" }, `law: ${page.lawName}`) : null,
            el("label", { class: "load" }, "load a law", input),
        );
    };
})();
