// What the panel says of the schedules, as data: findings, numbers and curves. It takes up to seconds for a million
// updates, so the page lets a worker compute it.
(() => {
    const POINTS = 100;
    const MOST = 12; // schedules that are kept with their values

    /** What a computation gives, or its refusal in words. */
    lrsched.tried = (compute) => {
        try {
            return { value: compute() };
        } catch (error) {
            if (!(error instanceof lrsched.Refused)) throw error;
            return { refusal: error.message };
        }
    };

    const schedules = new Map();

    const scheduleOf = (text) => {
        const schedule = schedules.get(text) ?? lrsched.make(lrsched.read(text));
        schedules.delete(text);
        schedules.set(text, schedule);
        if (schedules.size > MOST) schedules.delete(schedules.keys().next().value);
        return schedule;
    };

    /** Numbers of updates from the highest value on, where a law holds. */
    const times = ({ schedule, steps }) => {
        const { steps: at, values } = lrsched.sample(schedule, 0, steps, 200);
        const first = Math.max(at[values.indexOf(Math.max(...values))], steps / POINTS, 1);
        const found = Array.from({ length: POINTS }, (_, i) => first + ((steps - first) * i) / (POINTS - 1));
        return [...new Set(found.map(Math.round))].filter((time) => time >= 1 && time <= steps);
    };

    const lossOf = (law, each, isActive) => {
        const at = times(each);
        const band = isActive ? law.band(each.schedule, at, 0.9) : {};
        return { index: each.index, steps: at, values: law.loss(each.schedule, at), ...band };
    };

    const lastLoss = (law, { schedule, steps }) => ({
        loss: law.loss(schedule, steps),
        ...law.band(schedule, steps, 0.9),
    });

    /**
     * The findings for the active schedule, the curves that are drawn below the schedules, and the forecast of the
     * active one: its last loss by a law, or its best peak by the bound.
     *
     * `shown` are the schedules, each {index, text, steps}; `below` is what is drawn: nothing, bound or loss; `tuned` is
     * the index of the schedule whose peak is the best one; `law` is a fitted law as JSON, or null.
     */
    lrsched.judge = ({ shown, active, below, tuned, law: json }) => {
        const all = shown.map((each) => ({ ...each, schedule: scheduleOf(each.text) }));
        const mine = all.find(({ index }) => index === active);
        const law = json && lrsched.law(json);
        const best = all.find(({ index }) => index === tuned) ?? all[0];
        let known = null;
        const ratio = () => (known ??= lrsched.calibrate(best.schedule, best.steps));
        const boundOf = ({ index, schedule, steps }) => ({ index, ...lrsched.bound(schedule, steps, ratio(), POINTS) });
        const curveOf = {
            bound: boundOf,
            loss: law && ((each) => lossOf(law, each, each === mine)),
        }[below];
        return {
            check: lrsched.tried(() => lrsched.check(mine.schedule, mine.steps)),
            curves: curveOf ? all.map((each) => lrsched.tried(() => curveOf(each))) : [],
            loss: law && lrsched.tried(() => lastLoss(law, mine)),
            bestPeak: below === "bound" ? lrsched.tried(() => lrsched.bestPeak(mine.schedule, mine.steps, ratio())) : null,
        };
    };
})();
