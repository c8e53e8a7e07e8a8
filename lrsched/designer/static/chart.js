// The chart: what is drawn, and where a step and a value are on it. plotly draws axes, lines and what is hovered.
(() => {
    const page = lrsched.page;

    const MARGIN = { t: 12, r: 18, b: 42, l: 64 };
    const UNDER = 0.24; // the part of the height of what is drawn below the schedules

    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    /** An axis: a value to pixels and back. */
    const scale = (low, high, begin, size, isLog) => {
        const [into, back] = isLog ? [(v) => Math.log10(v), (v) => 10 ** v] : [(v) => v, (v) => v];
        const [from, to] = [into(low), into(high)];
        return {
            low,
            high,
            isLog,
            range: [from, to],
            at: (value) => begin + ((into(isLog ? Math.max(value, low * 1e-3) : value) - from) / (to - from)) * size,
            value: (pixel) => back(from + ((pixel - begin) / size) * (to - from)),
        };
    };

    /** The steps that are seen. */
    const seen = () => {
        if (page.options.range) return page.options.range;
        return [page.options.logStep ? 1 : 0, page.span() * 1.03];
    };

    /** Stretches of steps that are sampled alike: all of them, or on a logarithmic axis each factor of ten. */
    const stretches = ([first, last]) => {
        const ends = [Math.max(0, Math.floor(first))];
        if (page.options.logStep) {
            for (let end = 10; end < last; end *= 10) if (end > ends[0]) ends.push(end);
        }
        return [...ends, Math.ceil(last)];
    };

    /** The line of a schedule: two steps in each pixel, and both sides of every turn. */
    const lineOf = (schedule, range, pixels) => {
        const ends = stretches(range);
        const [x, y] = [[], []];
        for (let at = 1; at < ends.length; at += 1) {
            const each = Math.ceil(pixels / (ends.length - 1));
            const { steps, values } = lrsched.sample(schedule, ends[at - 1], ends[at], each);
            x.push(...steps);
            y.push(...values);
        }
        return { x, y };
    };

    /** The difference of two schedules, at the steps of both. */
    const difference = (a, b, range, pixels) => {
        const steps = new Set([...lineOf(a, range, pixels).x, ...lineOf(b, range, pixels).x]);
        const x = [...steps].sort((one, other) => one - other);
        const [of, minus] = [a.many(x), b.many(x)];
        return { x, y: x.map((_, i) => of[i] - minus[i]) };
    };

    /** What a schedule is called where its value is read. */
    const nameOf = (text) => (/^(?:lrsched\.)?([a-z_]\w*)\(/.exec(text) || ["", ""])[1];

    const lines = (range, pixels) => {
        const { readings, active } = page.state;
        const base = readings[active].good;
        const isDifference = page.options.difference && readings.length > 1 && base;
        return readings.flatMap(({ good, error }, i) => {
            if (!good || (isDifference && i === active)) return [];
            const line = isDifference
                ? difference(good.schedule, base.schedule, range, pixels)
                : lineOf(good.schedule, range, pixels);
            const label = readings.length > 1 ? `  ${nameOf(good.text)}` : "";
            return [{ ...line, index: i, label, isOld: Boolean(error) }];
        });
    };

    const trace = (line, factor) => ({
        x: line.x.map((step) => step * factor),
        y: line.y,
        text: line.y.map((value) => page.shown(value)),
        name: `${line.index + 1}`,
        mode: "lines",
        line: {
            color: colour(`--c${line.index}`),
            width: line.index === page.state.active ? 2 : 1.5,
            dash: line.isOld ? "dot" : "solid",
            simplify: false,
        },
        opacity: line.isOld ? 0.45 : 1,
        hovertemplate: `%{text}${line.label}<extra></extra>`,
    });

    const extent = (all, isLog) => {
        let [low, high] = [Infinity, -Infinity];
        for (const { y } of all) {
            for (const value of y) {
                if (isLog && !(value > 0)) continue;
                if (value < low) low = value;
                if (value > high) high = value;
            }
        }
        if (low > high) return isLog ? [0.1, 1] : [0, 1];
        if (isLog) return [Math.max(low, high * 1e-5) / 1.25, high * 1.25];
        [low, high] = [Math.min(low, 0), Math.max(high, 0)];
        if (low === high) return [0, 1];
        const room = (high - low) * 0.06;
        return [low < 0 ? low - room : 0, high + room];
    };

    const widened = ([low, high], held) => (held ? [Math.min(low, held[0]), Math.max(high, held[1])] : [low, high]);

    const axis = (own) => ({
        showline: true,
        zeroline: false,
        automargin: false,
        linecolor: colour("--line-strong"),
        gridcolor: colour("--line"),
        tickcolor: colour("--line-strong"),
        ticks: "outside",
        ticklen: 4,
        nticks: 8,
        ...own,
    });

    /** The curves below the schedules, each {index, steps, values, low, high}, against an axis of their own. */
    const under = (factor) =>
        page.underneath.flatMap(({ index, steps, values, low, high }) => {
            const common = { x: Array.from(steps, (step) => step * factor), yaxis: "y2", mode: "lines" };
            const edge = (y) => ({ ...common, y: Array.from(y), line: { width: 0 }, hoverinfo: "skip" });
            const filled = { fill: "tonexty", fillcolor: colour("--band") };
            const hover = {
                text: Array.from(values, (value) => page.shown(value, 5)),
                hovertemplate: "%{text}<extra></extra>",
            };
            const line = { color: colour(`--c${index}`), width: 1.25, dash: "dot" };
            const band = low ? [edge(low), { ...edge(high), ...filled }] : [];
            return [...band, { ...common, ...hover, y: Array.from(values), line }];
        });

    /** plotly's figure of all that is seen, and the two scales. */
    page.figure = (width, height, held = null) => {
        const factor = page.perStep();
        const { logValue, logStep, difference: isDifference } = page.options;
        const isLog = logValue && !isDifference;
        const range = held ? [held.x.low / factor, held.x.high / factor] : seen();
        if (held && !page.options.range) range[1] = Math.max(range[1], seen()[1]);
        const inner = [width - MARGIN.l - MARGIN.r, height - MARGIN.t - MARGIN.b];
        const all = lines(range, Math.max(100, Math.round(inner[0])));
        const tall = page.underneath.length ? 1 - UNDER - 0.05 : 1;
        const [low, high] = widened(extent(all, isLog), held && [held.y.low, held.y.high]);
        const x = scale(range[0] * factor, range[1] * factor, MARGIN.l, inner[0], logStep);
        const y = scale(low, high, MARGIN.t + inner[1] * tall, -inner[1] * tall, isLog);
        const format = page.options.unit === "steps" ? ",.0f" : ",.4~g";
        const names = { steps: "step", epochs: "epoch", tokens: "tokens", hours: "hours" };
        const layout = {
            width,
            height,
            margin: { ...MARGIN, pad: 0 },
            showlegend: false,
            separators: ".\u202f",
            paper_bgcolor: colour("--paper"),
            plot_bgcolor: colour("--paper"),
            font: { family: colour("--font"), size: 12, color: colour("--ink-soft") },
            hovermode: all.length ? "x unified" : false,
            hoverdistance: 40,
            hoverlabel: {
                bgcolor: colour("--paper"),
                bordercolor: colour("--line-strong"),
                font: { color: colour("--ink") },
            },
            dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
            xaxis: axis({
                type: logStep ? "log" : "linear",
                range: x.range,
                anchor: tall < 1 ? "y2" : "y",
                exponentformat: "SI",
                title: { text: names[page.options.unit], standoff: 8, font: { size: 12 } },
                unifiedhovertitle: { text: `${names[page.options.unit]} %{x:${format}}` },
                showspikes: true,
                spikethickness: 1,
                spikedash: "solid",
                spikecolor: colour("--line-strong"),
                spikemode: "across",
            }),
            yaxis: axis({
                type: isLog ? "log" : "linear",
                range: y.range,
                domain: [1 - tall, 1],
                fixedrange: true,
                exponentformat: "e",
                showexponent: "all",
                dtick: isLog && y.range[1] - y.range[0] > 1.5 ? 1 : undefined,
            }),
        };
        if (tall < 1) {
            const title = { text: page.underneathName, font: { size: 12 }, standoff: 4 };
            const type = page.underneathName === "bound" ? "log" : "linear";
            layout.yaxis2 = axis({ type, domain: [0, UNDER], fixedrange: true, nticks: 3, anchor: "x", title });
        }
        const data = [...all.map((line) => trace(line, factor)), ...(tall < 1 ? under(factor) : [])];
        return { data, layout, x, y, factor };
    };

    /** See the steps over which the pointer was dragged. */
    const zoomed = (event) => {
        if (!("xaxis.range[0]" in event)) return;
        const { logStep } = page.options;
        const ends = [event["xaxis.range[0]"], event["xaxis.range[1]"]];
        const [first, last] = ends.map((end) => (logStep ? 10 ** end : end) / page.perStep());
        if (last - first >= 2) page.setOption("range", [Math.max(first, logStep ? 1 : 0), last]);
        else page.draw();
    };

    /** Draw; `held` keeps the axes of a drag, which only grow. */
    page.drawChart = () => {
        const place = page.byId("chart");
        const { width, height } = place.getBoundingClientRect();
        if (width < 50 || height < 50) return;
        place.parentElement.style.setProperty("--drawn", `${height + place.offsetTop}px`); // on paper it stays as drawn
        const figure = page.figure(Math.floor(width), Math.floor(height), page.held);
        page.scales = { x: figure.x, y: figure.y, factor: figure.factor };
        Plotly.react(place, figure.data, figure.layout, { displayModeBar: false, doubleClick: false, showTips: false });
        if (place.dataset.ready) return;
        place.dataset.ready = "yes";
        place.on("plotly_relayout", zoomed);
        place.on("plotly_click", ({ points }) => page.openPoint(Math.round(points[0].x / page.perStep())));
    };

    addEventListener("resize", () => page.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => page.draw());
})();
