// A law that was fitted, read from the JSON of `Law.to_config`.

const LONGEST_JSON = 1_000_000;
const MOST_TERMS = 20;

/**
 * A fitted law: `loss(schedule, steps)`, and `band(schedule, steps, level)`, which gives `{low, loss, high}`.
 *
 * `steps` is a number of updates or a list of them, all after the warmup; the losses are numbers or a Float64Array.
 * Refuses, in words, what is not the JSON of a law. The loss is that of Python to rounding where the rate falls at most
 * 16384 times, and to 1e-5 in longer runs.
 */
function law(json) {
    const config = checked(typeof json === "string" ? parsed(json) : json);
    const { terms, peak, clock, noise, shape, horizon, folds } = config;

    function each_of(call, schedule, steps, with_axes) {
        const times = typeof steps === "number" ? [steps] : steps;
        times.forEach((time) => size(call, "steps", time));
        const rates = rates_of(call, schedule, times.reduce((a, b) => Math.max(a, b), 1));
        const falls = falls_of(rates, peak, times);
        falls.past = past_of(falls);
        const losses = terms.map(({ name, parameters, axes }) =>
            [parameters, ...(with_axes ? axes : [])].map((numbers) => losses_of(name, numbers, falls)),
        );
        return { losses, sums: falls.sums, middle: mean_of(terms, losses) };
    }

    function loss(schedule, steps) {
        return as_asked(each_of("loss", schedule, steps, false).middle, steps);
    }

    function band(schedule, steps, level = 0.9) {
        if (!(known("band", "level", level) > 0 && level < 1)) {
            refuse("band", "level", level, "must be between 0 and 1", "0.9 is a usual one");
        }
        const { losses, sums, middle } = each_of("band", schedule, steps, true);
        const reach = quantile(level, folds);
        const factors = middle.map((mean, at) => {
            let variance = noise ** 2 + shape ** 2;
            terms.forEach(({ weight }, index) => {
                const [own, ...axes] = losses[index].map((values) => values[at]);
                const spread = axes.reduce((sum, axis) => sum + (axis / own - 1) ** 2, 0) / TABLES.small ** 2;
                variance += weight * ((own / mean - 1) ** 2 + spread);
            });
            const ahead = Math.log(Math.max(sums[at] / clock, 1));
            return Math.exp(reach * Math.sqrt(variance + (horizon * ahead) ** 2));
        });
        return {
            low: as_asked(middle.map((mean, at) => mean / factors[at]), steps),
            loss: as_asked(middle, steps),
            high: as_asked(middle.map((mean, at) => mean * factors[at]), steps),
        };
    }

    return { ...config, loss, band };
}

function as_asked(values, steps) {
    return typeof steps === "number" ? values[0] : Float64Array.from(values);
}

function mean_of(terms, losses) {
    return losses[0][0].map((_, at) => terms.reduce((sum, { weight }, index) => sum + weight * losses[index][0][at], 0));
}

/** How many deviations an interval reaches: Student's t, in three terms of an expansion around the normal one. */
function quantile(level, degrees) {
    const z = normal_quantile(level);
    if (!degrees) return z;
    return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** The z within which a standard normal number is with a probability, by Newton's method. */
function normal_quantile(level) {
    let z = 0;
    for (let round = 0; round < 100; round += 1) {
        const density = Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2);
        const more = (level - normal_within(z, density)) / density;
        z += more;
        if (Math.abs(more) <= 1e-15 * z) break;
    }
    return z;
}

/** The probability that a standard normal number is within z of 0: z + z**3/3 + z**5/15 + ... times its density. */
function normal_within(z, density) {
    let [sum, term] = [0, z];
    for (let odd = 3; term > 1e-17 * sum; odd += 2) {
        sum += term;
        term *= (z * z) / odd;
    }
    return density * sum;
}

// The check of a law's JSON.

function parsed(text) {
    const remedy = "give what json.dumps(law.to_config()) gave";
    if (text.length > LONGEST_JSON) refuse("law", "json", undefined, `must be at most ${LONGEST_JSON} characters`, remedy);
    try {
        return JSON.parse(text);
    } catch (error) {
        return refuse("law", "json", undefined, `must be JSON (${error.message})`, remedy);
    }
}

/** The law of a config, with what was left out. */
function checked(config) {
    const remedy = "give what law.to_config() gave";
    if (typeof config !== "object" || config === null || Array.isArray(config)) {
        refuse("law", "json", undefined, "must be the config of a law", remedy);
    }
    if (own(config, "lrsched_law") !== 1) refuse("law", "lrsched_law", own(config, "lrsched_law") ?? null, "must be 1", remedy);
    const terms = own(config, "terms");
    if (!Array.isArray(terms) || terms.length < 1 || terms.length > MOST_TERMS) {
        refuse("law", "terms", undefined, `must be a list of 1 to ${MOST_TERMS} laws`, remedy);
    }
    const found = { terms: terms.map((term, index) => checked_term(term, `terms[${index}]`)) };
    for (const name of ["peak", "clock"]) found[name] = amount("law", name, own(config, name), remedy);
    for (const name of ["noise", "shape", "horizon", "folds"]) {
        found[name] = own(config, name) ?? 0;
        if (known("law", name, found[name]) < 0) refuse("law", name, found[name], "must be at least 0", remedy);
    }
    return found;
}

function checked_term(term, place) {
    const remedy = "give what law.to_config() gave";
    if (typeof term !== "object" || term === null) refuse("law", place, term, "must be a law", remedy);
    const name = own(term, "name");
    if (typeof name !== "string" || !Object.hasOwn(TABLES.laws, name)) {
        refuse("law", `${place}.name`, name ?? null, "must be a law", `known are ${Object.keys(TABLES.laws).join(", ")}`);
    }
    const many = TABLES.base.length + TABLES.laws[name].length;
    const weight = known("law", `${place}.weight`, own(term, "weight"));
    const parameters = numbers(own(term, "parameters"), `${place}.parameters`, many);
    const axes = own(term, "axes") ?? [];
    if (!Array.isArray(axes) || axes.length > many) {
        refuse("law", `${place}.axes`, undefined, `must be a list of at most ${many} lists`, remedy);
    }
    return { name, weight, parameters, axes: axes.map((axis, index) => numbers(axis, `${place}.axes[${index}]`, many)) };
}

function numbers(values, place, many) {
    const remedy = "give what law.to_config() gave";
    if (!Array.isArray(values) || values.length !== many) {
        refuse("law", place, undefined, `must be a list of ${many} numbers`, remedy);
    }
    values.forEach((value, index) => known("law", `${place}[${index}]`, value));
    return values;
}

/** A property that an object has itself. */
function own(object, name) {
    return Object.hasOwn(object, name) ? object[name] : undefined;
}

page.law = law;
