// What the panel says of the active schedule: findings and costs.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const note = (text, kind = "") => el("p", { class: `note ${kind}` }, text);

    /** What a computation gives, or its refusal in words. */
    page.tried = (compute) => {
        try {
            return { value: compute() };
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            return { refusal: error.message };
        }
    };

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

    const drawCheck = (schedule, steps) => {
        const { value, refusal } = page.tried(() => lrsched.check(schedule, steps));
        const found = value && value.length ? value.map(finding) : note(refusal || "Nothing found.", "soft");
        page.refill(page.byId("check"), found);
    };

    const drawPanel = () => {
        const { good } = page.active();
        if (!good || page.held) return;
        const steps = page.stepsOf(good.schedule);
        drawCheck(good.schedule, steps);
        drawCosts(good.schedule, steps);
        page.drawForecast();
        const before = page.underneath;
        const { curves, refusal } = page.curvesBelow();
        page.underneath = curves;
        page.underneathName = page.options.below;
        if (refusal) page.say(refusal);
        if (before.length || curves.length) page.redrawChart();
    };

    const [soon, late] = [page.later(120, drawPanel), page.later(700, drawPanel)];
    const MANY = 200_000; // updates, which take longer to look through than a hand should wait

    /** Draw the panel when nothing moves any more. */
    page.drawSide = () => (page.span() > MANY ? late() : soon());
})();
