// What the panel says of the active schedule: findings, costs, the bound and the forecast of a law.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const note = (text, kind = "") => el("p", { class: `note ${kind}` }, text);

    const WHAT_A_LAW_IS = "A law that lrsched.forecast fitted, as JSON, forecasts the loss.";

    /** What a computation gives, or its refusal in words. */
    const tried = (compute) => {
        try {
            return { value: compute() };
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            return { refusal: error.message };
        }
    };

    /** How many steps the panel reckons with. */
    const stepsOf = (schedule) => Math.round(Number.isFinite(schedule.length) ? schedule.length : page.span());

    const numberOf = (text) => Number(text.replace(/[\s_\u202f]/g, ""));

    /** The batch size: a number, or a schedule. */
    const batchSize = () => {
        const text = page.options.batchSize;
        const size = numberOf(text);
        return Number.isFinite(size) ? size : lrsched.make(lrsched.read(text));
    };

    const WORDS = { updates: "updates", samples: "samples", tokens: "tokens", epochs: "epochs" };

    const drawCosts = (schedule, steps) => {
        const { value, refusal } = tried(() =>
            lrsched.costs(schedule, { steps, batchSize: batchSize(), sequenceLength: page.options.sequenceLength }),
        );
        const rows = Object.entries(value || {}).filter(([, amount]) => typeof amount === "number");
        page.refill(
            page.byId("costs"),
            refusal
                ? note(refusal, "soft")
                : el(
                      "dl",
                      { class: "rows" },
                      rows.flatMap(([name, amount]) => [
                          el("dt", {}, WORDS[name] || name),
                          el("dd", { title: String(amount) }, page.shown(amount, 6)),
                      ]),
                  ),
        );
    };

    const drawCheck = (schedule, steps) => {
        const { value, refusal } = tried(() => lrsched.check(schedule, steps));
        const found = value || [];
        page.refill(
            page.byId("check"),
            refusal
                ? note(refusal, "soft")
                : found.length
                  ? found.map(({ name, message }) => el("p", { class: "note" }, el("b", {}, `${name}: `), message))
                  : note("Nothing found.", "soft"),
        );
    };

    // The bound and the law.

    const curves = (schedule, steps) => {
        const found = [];
        if (page.law) {
            const points = 60;
            const at = Array.from({ length: points }, (_, i) => Math.max(1, Math.round((steps * (i + 1)) / points)));
            const { value } = tried(() => (page.law.curve ? page.law.curve(schedule, at) : null));
            if (value) found.push({ name: "loss", steps: at, ...value });
        }
        if (page.options.bound) {
            const { value, refusal } = tried(() => lrsched.bound(schedule, steps, page.options.ratio, 200));
            if (value) found.push({ name: "bound", ...value });
            if (refusal) page.say(refusal);
        }
        return found;
    };

    const lawRows = (schedule, steps) => {
        const rows = [];
        const { value, refusal } = tried(() => ({
            loss: page.law.loss(schedule, steps),
            band: page.law.band(schedule, steps, 0.9),
        }));
        if (refusal) return note(refusal, "soft");
        const [low, high] = Array.isArray(value.band) ? value.band : [value.band?.low, value.band?.high];
        rows.push(el("dt", {}, "final loss"), el("dd", {}, page.shown(value.loss, 5)));
        const band = `${page.shown(low, 5)} – ${page.shown(high, 5)}`;
        if (Number.isFinite(low)) rows.push(el("dt", {}, "90 % band"), el("dd", {}, band));
        return el("dl", { class: "rows" }, rows);
    };

    const load = async (event) => {
        const file = event.target.files[0];
        if (!file) return;
        const text = await file.text();
        try {
            page.useLaw(text, file.name);
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            page.say(`${file.name}: ${error.message}`);
        }
        event.target.value = "";
    };

    /** Use a fitted law, given as its JSON. */
    page.useLaw = (text, name = "law") => {
        let data;
        try {
            data = JSON.parse(text);
        } catch {
            throw new lrsched.Refused("this is not JSON; save a law with json.dump(law.to_config(), file).");
        }
        page.law = lrsched.law(data);
        page.lawName = name;
        page.draw();
    };

    const drawForecast = (schedule, steps) => {
        const input = el("input", { type: "file", accept: ".json", "data-key": "law", change: load });
        const file = el("label", { class: "load" }, "load a law", input);
        page.refill(
            page.byId("forecast"),
            page.law ? lawRows(schedule, steps) : note(WHAT_A_LAW_IS, "soft"),
            page.law ? note(`law: ${page.lawName}`, "soft") : null,
            file,
        );
    };

    page.drawSide = page.later(120, () => {
        const { good } = page.active();
        if (!good) return;
        const steps = stepsOf(good.schedule);
        drawCheck(good.schedule, steps);
        drawCosts(good.schedule, steps);
        drawForecast(good.schedule, steps);
        const before = page.underneath || [];
        page.underneath = curves(good.schedule, steps);
        if (before.length || page.underneath.length) page.redrawChart();
    });
})();
