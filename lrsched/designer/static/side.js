// What the panel says of the active schedule: findings and costs.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const note = (text, kind = "") => el("p", { class: `note ${kind}` }, text);

    page.tried = lrsched.tried;

    /** How many updates the panel reckons with. */
    page.stepsOf = (schedule) =>
        Math.max(1, Math.round(Number.isFinite(schedule.length) ? schedule.length : page.span()));

    /** The batch size: a number, or a schedule. */
    const batchSize = () => {
        const text = page.options.batchSize.trim();
        const size = Number(text.replace(/(?<=\d)[\s_\u202f](?=\d)/g, "") || NaN);
        return Number.isFinite(size) ? size : lrsched.make(lrsched.read(text));
    };

    const drawCosts = (schedule, steps) => {
        const { unit, sequenceLength, secondsPerStep, perEpoch } = page.options;
        const hours = unit === "hours" ? { secondsPerUpdate: secondsPerStep } : {};
        const { value, refusal } = page.tried(() =>
            lrsched.costs(schedule, { steps, batchSize: batchSize(), sequenceLength, ...hours }),
        );
        const epochs = unit === "epochs" ? [["epochs", steps / perEpoch]] : [];
        const rows = [...Object.entries(value || {}), ...epochs].filter(([, amount]) => typeof amount === "number");
        const shown = rows.flatMap(([name, amount]) => [el("dt", {}, name), el("dd", {}, page.shown(amount, 6))]);
        page.refill(page.byId("costs"), refusal ? note(refusal, "soft") : el("dl", { class: "rows" }, shown));
    };

    const finding = ({ severity, name, message, remedy }) =>
        el("p", { class: `note ${severity}` }, el("b", {}, `${severity}: ${name}. `), `${message}; ${remedy}.`);

    const drawCheck = ({ value, refusal }) => {
        const found = value && value.length ? value.map(finding) : note(refusal || "Nothing found.", "soft");
        page.refill(page.byId("check"), found);
    };

    /** The curves below the schedules, which change the place of the chart. */
    const drawUnder = (below, curves) => {
        const before = page.underneath;
        page.underneath = curves.flatMap(({ value }) => (value ? [value] : []));
        page.underneathName = below;
        const refused = curves.find(({ refusal }) => refusal);
        if (refused) page.say(refused.refusal);
        if (before.length || page.underneath.length) page.redrawChart();
    };

    const shown = () =>
        page.state.readings.flatMap(({ good, error }, index) =>
            good && (!error || index === page.state.active)
                ? [{ index, text: good.text, steps: page.stepsOf(good.schedule) }]
                : [],
        );

    const drawPanel = () => {
        const { good } = page.active();
        if (!good || page.held) return;
        drawCosts(good.schedule, page.stepsOf(good.schedule));
        const { below, tuned } = page.options;
        const question = { shown: shown(), active: page.state.active, below, tuned, law: page.law };
        page.judge(question, (judged) => {
            if (page.held) return; // after the drag the panel is drawn again
            drawCheck(judged.check);
            page.drawForecast(judged);
            drawUnder(below, judged.curves);
        });
    };

    /** Draw the panel when nothing moves any more. */
    page.drawSide = page.later(120, drawPanel);
})();
