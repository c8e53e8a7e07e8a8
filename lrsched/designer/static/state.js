// What the page holds: the expressions, which one is active, how they are shown. Everything else is read from it.
(() => {
    const page = lrsched.page;

    /** The most expressions that are shown at once: as many as there are colours. */
    page.MOST = 6;

    /** The letters of an expression that are kept: one more than are read, so that a longer text is refused as that. */
    page.LONGEST = 10_001;

    page.options = {
        unit: "steps",
        perEpoch: 1000,
        tokensPerStep: 500_000,
        secondsPerStep: 1,
        batchSize: "256",
        sequenceLength: 2048,
        logValue: false,
        logStep: false,
        difference: false,
        below: "nothing", // what is drawn below the schedules: nothing, the bound, or the loss of a law
        tuned: 0, // the schedule whose peak is the best for its shape
        range: null, // the steps that are seen, or null for all
    };

    /** One text as far as it can be read: the last text without an error stays in `good`. */
    const reading = (text, before) => {
        try {
            const node = lrsched.read(text);
            const schedule = lrsched.make(node);
            return { text, error: null, good: { text, node, schedule } };
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            return { text, error, good: before ? before.good : null };
        }
    };

    page.underneath = [];
    const state = (page.state = { readings: [], active: 0, past: [], future: [], recorded: null });

    page.texts = () => state.readings.map((each) => each.text);
    page.active = () => state.readings[state.active];

    const same = (a, b) => a !== null && a.length === b.length && a.every((text, i) => text === b[i]);

    /** Show these expressions; `active` is the one with the handles. */
    page.show = (texts, active = state.active) => {
        state.readings = texts.slice(0, page.MOST).map((whole, i) => {
            const text = whole.slice(0, page.LONGEST);
            const before = state.readings[i];
            return before && before.text === text ? before : reading(text, before);
        });
        state.active = Math.max(0, Math.min(active, state.readings.length - 1));
        page.draw();
    };

    /** Replace the text of one expression. */
    page.rewrite = (text, index = state.active) =>
        page.show(page.texts().map((each, i) => (i === index ? text : each)));

    /** Let undo come back to the expressions as they are now. */
    page.record = () => {
        const now = page.texts();
        if (same(state.recorded, now)) return;
        if (state.recorded !== null) state.past.push(state.recorded);
        state.future = [];
        state.recorded = now;
        page.draw();
        page.shared(now);
    };

    const move = (from, to) => {
        page.record();
        if (!from().length) return;
        to().push(state.recorded);
        state.recorded = from().pop();
        page.show(state.recorded);
        page.shared(state.recorded);
    };
    page.undo = () =>
        move(
            () => state.past,
            () => state.future,
        );
    page.redo = () => {
        if (same(state.recorded, page.texts()))
            move(
                () => state.future,
                () => state.past,
            );
    };

    page.add = (text) => {
        if (state.readings.length >= page.MOST) return page.say(`${page.MOST} schedules are the most.`);
        page.show([...page.texts(), text], state.readings.length);
        page.record();
    };

    page.remove = (index) => {
        const texts = page.texts().filter((_, i) => i !== index);
        state.readings = state.readings.filter((_, i) => i !== index);
        page.show(texts, state.active > index ? state.active - 1 : state.active);
        page.record();
    };

    page.activate = (index) => {
        if (index === state.active) return;
        state.active = index;
        page.draw();
    };

    page.setOption = (name, value) => {
        page.options[name] = value;
        page.draw();
    };

    /** How many of a unit a step is. */
    page.perStep = () => {
        const { unit, perEpoch, tokensPerStep, secondsPerStep } = page.options;
        return { steps: 1, epochs: 1 / perEpoch, tokens: tokensPerStep, hours: secondsPerStep / 3600 }[unit];
    };

    /** The last step that is shown when nothing else is asked for. */
    page.span = () => {
        const shown = state.readings.map(({ good }) => (good ? good.schedule.shown : 0));
        return Math.max(...shown) || 10_000;
    };

    /** The fragment of the address that holds these expressions. */
    page.fragment = (texts) =>
        "#" + texts.map((text) => encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%20", "+")).join("&");

    /** The expressions of a fragment. */
    page.ofFragment = (fragment) =>
        fragment
            .replace(/^#/, "")
            .split("&")
            .filter((part) => part)
            .slice(0, page.MOST)
            .map((part) => {
                try {
                    return decodeURIComponent(part.replaceAll("+", " "));
                } catch {
                    return part;
                }
            });
})();
