// Two menus: the ramps as small pictures, for a new piece; and what can be done at a point of the curve.
(() => {
    const page = lrsched.page;
    const { el } = page;

    const SVG = "http://www.w3.org/2000/svg";
    const [WIDE, HIGH] = [64, 36];

    /** A ramp from 1 to nearly 0, which every ramp can fall to, as a small picture. */
    const picture = (name) => {
        const schedule = lrsched.make(lrsched.read(`${name}(1, 0.02, 60)`));
        const height = (step) => HIGH - 3 - schedule.at(step) * (HIGH - 6);
        const points = Array.from({ length: 61 }, (_, i) => `${i + 2},${height(i).toFixed(1)}`);
        const svg = document.createElementNS(SVG, "svg");
        const line = document.createElementNS(SVG, "polyline");
        svg.setAttribute("width", WIDE);
        svg.setAttribute("height", HIGH);
        svg.setAttribute("aria-hidden", "true");
        line.setAttribute("points", points.join(" "));
        svg.append(line);
        return svg;
    };

    /** Let a ramp be chosen. */
    page.chooseRamp = (choose) => {
        const dialog = page.byId("ramps");
        const buttons = page.ramps().map((name) =>
            el(
                "button",
                {
                    type: "button",
                    class: "ramp",

                    click: () => {
                        dialog.close();
                        choose(name);
                    },
                },
                picture(name),
                name,
            ),
        );
        page.byId("ramps-list").replaceChildren(...buttons);
        dialog.showModal();
        buttons[0].focus();
    };

    /** What can be done at a step: its name, and the expression that comes of it. */
    const actions = ({ text, schedule }, step) => {
        const end = Number.isFinite(schedule.length) ? schedule.length : page.span();
        const near = (steps) => page.written(Math.max(1, Math.round(lrsched.rounded(steps, steps * 0.05))));
        const at = page.written(step);
        return [
            ["Cooldown from here", `cooldown(${text}, ${at}, ${near(end / 10)})`],
            ["Restart every so many steps", `restart(${text}, ${at})`],
            ["Stretch the rest to a longer run", `extend(${text}, ${at}, ${near(end * 1.5)})`],
            ["Hold the value from here", `join([${text}, ${page.written(schedule.at(step))}], [${at}])`],
        ];
    };

    const isTaken = (text) => {
        try {
            lrsched.make(lrsched.read(text));
            return true;
        } catch (error) {
            if (error instanceof lrsched.Refused) return false;
            throw error;
        }
    };

    /** Open the menu of a point of the active curve. */
    page.openPoint = (step) => {
        const { good, error } = page.active();
        if (!good || error || page.options.difference || step < 1) return;
        const menu = page.byId("point");
        const possible = actions(good, step).filter(([, text]) => isTaken(text));
        const buttons = possible.map(([name, text]) =>
            el(
                "button",
                {
                    type: "button",
                    class: "action",

                    click: () => {
                        menu.close();
                        page.rewrite(text);
                        page.record();
                    },
                },
                name,
            ),
        );
        page.byId("point-title").textContent = `Step ${page.shown(step)}`;
        page.byId("point-list").replaceChildren(...buttons);
        menu.showModal();
        buttons[0]?.focus();
    };
})();
