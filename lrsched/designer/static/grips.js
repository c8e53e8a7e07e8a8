// The handles on the chart: one focusable slider for every number that has a place on the curve.
(() => {
    const page = lrsched.page;
    const { el } = page;
    const grips = new Map(); // key of a handle's path -> {element, handle}
    let drag = null;

    const keyOf = (handle) => JSON.stringify(handle.path);
    const said = (handle) => `${page.shown(handle.value)}${isWhole(handle) ? " steps" : ""}`;
    const pixels = ({ step, height }) => [page.scales.x.at(step * page.scales.factor), page.scales.y.at(height)];
    const allowed = ({ minimum, maximum }, value) =>
        Math.min(maximum ?? Infinity, Math.max(minimum ?? -Infinity, value));
    const isWhole = (handle) => handle.unit === "steps";

    /** How much a pixel is at a handle, in its own number. */
    const resolution = (handle) => {
        const [x, y] = pixels(handle);
        const { x: steps, y: values, factor } = page.scales;
        const ofStep = (steps.value(x + 1) - steps.value(x)) / factor;
        const ofValue = values.value(y - 1) - values.value(y);
        return Math.abs((handle.axis === "step" ? ofStep : ofValue) / handle.slope);
    };

    /** Give numbers to handles of a schedule, unless it refuses them; whether it took them. */
    const give = (good, changes) => {
        try {
            let text = good.text;
            for (const [handle, value] of changes) text = page.withNumber(text, handle.path, value);
            lrsched.make(lrsched.read(text));
            page.rewrite(text);
            return true;
        } catch (error) {
            if (error instanceof lrsched.Refused) return false;
            throw error;
        }
    };

    // Dragging.

    /** The handles that are taken by a pointer: the nearest, and one of the other axis at the same place. */
    const taken = (x, y) => {
        const near = [...grips.values()]
            .map(({ handle }) => ({ handle, at: pixels(handle) }))
            .map(({ handle, at }) => ({ handle, at, far: Math.hypot(at[0] - x, at[1] - y) }))
            .sort((a, b) => a.far - b.far);
        const first = near[0];
        const isSame = ({ at }) => Math.hypot(at[0] - first.at[0], at[1] - first.at[1]) < 3;
        const other = near.find((each) => each.handle.axis !== first.handle.axis && isSame(each));
        return [first.handle, ...(other ? [other.handle] : [])];
    };

    const begin = (event) => {
        if (event.button) return;
        event.preventDefault();
        const box = page.byId("grips").getBoundingClientRect();
        const handles = taken(event.clientX - box.left, event.clientY - box.top);
        const { element } = grips.get(keyOf(handles[0]));
        drag = {
            element,
            from: [event.clientX, event.clientY],
            good: page.active().good,
            scales: page.scales,
            parts: handles.map((handle) => ({ handle, at: pixels(handle) })),
            values: handles.map(({ value }) => value),
        };
        element.focus({ preventScroll: true });
        element.setPointerCapture(event.pointerId);
        drag.pointer = event.pointerId;
        page.held = page.scales;
        element.classList.add("moving");
    };

    const follow = (event) => {
        if (!drag || event.pointerId !== drag.pointer) return;
        const [dx, dy] = [event.clientX - drag.from[0], event.clientY - drag.from[1]];
        if (!drag.moved && Math.hypot(dx, dy) < 3) return;
        drag.moved = true;
        const { x, y, factor } = drag.scales;
        let changes = drag.parts.map(({ handle, at }) => {
            const isStep = handle.axis === "step";
            const place = isStep ? x.value(at[0] + dx) / factor : y.value(at[1] + dy);
            const still = isStep ? dx === 0 : dy === 0;
            const value = still
                ? handle.value
                : handle.value + (place - handle[isStep ? "step" : "height"]) / handle.slope;
            const fine = event.shiftKey ? 0.1 : 1;
            const near = Math.max(resolution(handle) * fine, isWhole(handle) ? 0.5 : 0);
            const rounded = lrsched.rounded(value, near);
            return [handle, allowed(handle, isWhole(handle) ? Math.round(rounded) : rounded)];
        });
        if (!give(drag.good, changes)) {
            changes = changes.map(nearest);
            give(drag.good, changes);
        }
        drag.values = changes.map(([, value]) => value);
    };

    /** The nearest number to a wanted one that the schedule takes. */
    const nearest = ([handle, value]) => [handle, lrsched.nearest(drag.good.node, handle.path, handle.value, value)];

    const end = (event) => {
        if (!drag || (event && event.pointerId !== drag.pointer)) return;
        drag.element.classList.remove("moving");
        const { moved } = drag;
        drag = null;
        page.held = null;
        if (moved) page.record();
        page.draw();
    };

    /** End a drag where it began. */
    const cancel = () => {
        page.rewrite(drag.good.text);
        end();
    };

    // The keyboard.

    const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };

    const type = (handle) => {
        const [x, y] = pixels(handle);
        const place = page.byId("grips");
        let isOpen = true;
        const close = (take) => {
            if (!isOpen) return;
            isOpen = false;
            const value = Number(field.value.replace(/[\s_\u202f]/g, ""));
            field.remove();
            if (take && field.value.trim() && Number.isFinite(value) && value !== handle.value) {
                if (give(page.active().good, [[handle, value]])) page.record();
                else page.say(`${handle.label} cannot be ${page.shown(value)}.`);
            }
            grips.get(keyOf(handle))?.element.focus();
        };
        const field = el("input", {
            class: "typed",
            type: "text",
            inputmode: "decimal",
            "aria-label": handle.label,
            value: page.written(handle.value),
            style: `left: ${Math.min(x, place.clientWidth - 130)}px; top: ${Math.max(y - 40, 4)}px`,
            keydown: (event) => {
                event.stopPropagation();
                if (event.key === "Enter") close(true);
                if (event.key === "Escape") close(false);
            },
            blur: () => close(true),
        });
        place.append(field);
        field.focus();
        field.select();
    };

    const press = (event, key) => {
        const { handle } = grips.get(key);
        const direction = KEYS[event.key];
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Escape" && drag) return cancel();
        if (event.key === "Enter") {
            event.preventDefault();
            type(handle);
        }
        const ends = { Home: handle.minimum, End: handle.maximum };
        const isEnd = event.key in ends && Number.isFinite(ends[event.key]);
        if (!direction && !isEnd) return;
        event.preventDefault();
        const pixel = resolution(handle);
        const how = { fine: event.shiftKey, whole: isWhole(handle), resolution: lrsched.rounded(pixel, pixel / 2) };
        const value = isEnd ? ends[event.key] : page.nudged(handle.value, direction, how);
        if (give(page.active().good, [[handle, allowed(handle, value)]])) page.record();
    };

    // What is shown.

    const made = (key) => {
        const element = el(
            "div",
            {
                class: "grip",
                role: "slider",
                tabindex: "0",
                "data-key": key,
                pointerdown: begin,
                pointermove: follow,
                pointerup: end,
                pointercancel: end,
                lostpointercapture: end,
                focus: () => hideDoubles(),
                keydown: (event) => press(event, key),
                dblclick: (event) => {
                    event.preventDefault();
                    end();
                    type(grips.get(key).handle);
                },
            },
            el("span", { class: "label", "aria-hidden": "true" }),
        );
        page.byId("grips").append(element);
        return { element, handle: null };
    };

    const placed = ({ element, handle }) => {
        const [x, y] = pixels(handle);
        const { x: across, y: up } = page.scales;
        const isSeen = x >= across.at(across.low) - 1 && x <= across.at(across.high) + 1;
        element.hidden = !isSeen || !Number.isFinite(x + y);
        element.style.transform = `translate(${x.toFixed(1)}px, ${Math.min(y, up.at(up.low)).toFixed(1)}px)`;
        element.setAttribute("aria-label", handle.label);
        element.setAttribute("aria-orientation", handle.axis === "step" ? "horizontal" : "vertical");
        element.setAttribute("aria-valuenow", handle.value);
        element.setAttribute("aria-valuetext", said(handle));
        for (const [name, bound] of [
            ["aria-valuemin", handle.minimum],
            ["aria-valuemax", handle.maximum],
        ]) {
            if (Number.isFinite(bound)) element.setAttribute(name, bound);
            else element.removeAttribute(name);
        }
        const label = element.firstChild;
        const isMoving = drag && drag.element === element;
        const shown = isMoving ? drag.parts.map((part) => grips.get(keyOf(part.handle)).handle) : [handle];
        label.textContent = shown.map((each) => `${each.label} ${page.shown(each.value)}`).join(", ");
        label.classList.toggle("left", x > across.at(across.high) - 130);
        label.classList.toggle("below", y < 40);
    };

    // Finding the handles of a long expression takes longer than a frame; then they are found when the hand rests.

    const SLOW = 20;
    const MOST = 80; // numbers in an expression; finding more handles would take seconds, and they would cover each other
    let known = { good: null, handles: [], cost: 0 };

    const find = (good) => {
        const begin = performance.now();
        const handles = page.numbersIn(good.node) > MOST ? [] : lrsched.handles(good.node);
        known = { good, handles, cost: performance.now() - begin };
    };

    const findLater = page.later(150, () => {
        const { good, error } = page.active();
        if (drag) return findLater();
        if (good && !error && known.good !== good) find(good);
        page.drawGrips();
    });

    /** The handles as they are; while they are not known, those of a drag, as far as it has come. */
    const handlesOf = (good) => {
        if (known.good !== good && known.cost > SLOW) findLater();
        else if (known.good !== good) find(good);
        if (known.good === good) return known.handles;
        return drag ? drag.parts.map(({ handle }, i) => moved(handle, drag.values[i])) : [];
    };

    const moved = (handle, value) => {
        const place = handle.axis === "step" ? "step" : "height";
        return { ...handle, value, [place]: handle[place] + handle.slope * (value - handle.value) };
    };

    page.drawGrips = () => {
        const { good, error } = page.active();
        const isHidden = !good || error || page.options.difference || !page.scales;
        const handles = isHidden ? [] : handlesOf(good);
        page.byId("grips").style.setProperty("--own", `var(--c${page.state.active})`);
        const keys = new Set(handles.map(keyOf));
        for (const [key, { element }] of grips) {
            if (!keys.has(key)) {
                element.remove();
                grips.delete(key);
            }
        }
        for (const handle of handles) {
            const key = keyOf(handle);
            if (!grips.has(key)) grips.set(key, made(key));
            grips.get(key).handle = handle;
        }
        for (const grip of grips.values()) placed(grip);
        hideDoubles();
    };

    /** Of several handles at one place only one has a dot: that with the focus, or the upper one. */
    const hideDoubles = () => {
        const all = [...grips.values()].reverse();
        all.sort((a, b) => (b.element === document.activeElement) - (a.element === document.activeElement));
        const seen = new Set();
        for (const { element, handle } of all) {
            const place = pixels(handle).map(Math.round).join();
            element.classList.toggle("behind", seen.has(place));
            seen.add(place);
        }
    };
})();
