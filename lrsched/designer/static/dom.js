// Elements of the page, and numbers as people write them.
(() => {
    const page = (lrsched.page = lrsched.page || {});

    /**
     * An element with its attributes and children; a function among the attributes listens to an event.
     * Texts become text nodes, so that nothing a user wrote is read as markup.
     */
    page.el = (tag, attributes = {}, ...children) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            if (typeof value === "function") element.addEventListener(name, value);
            else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
            else if (value === true) element.setAttribute(name, "");
            else if (value !== false && value != null) element.setAttribute(name, String(value));
        }
        element.append(...children.flat().filter((child) => child != null));
        return element;
    };

    page.byId = (id) => document.getElementById(id);

    /** Replace what is in a container; the focus stays at the element of the same `data-key`. */
    page.refill = (container, ...children) => {
        const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : null;
        container.replaceChildren(...children.flat().filter((child) => child != null));
        if (!focused) return;
        for (const element of container.querySelectorAll("[data-key]")) {
            if (element.dataset.key === focused) element.focus({ preventScroll: true });
        }
    };

    const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, "\u202f");

    /** A number to read: 3e-4, 0.25, 20 000. */
    page.shown = (value, digits = 4) => {
        if (value === Infinity) return "∞";
        if (!Number.isFinite(value)) return String(value);
        const [size, sign] = [Math.abs(value), value < 0 ? "−" : ""];
        if (size === 0) return "0";
        if (size >= 1e12 || size < 1e-3) return sign + String(Number(size.toPrecision(digits)).toExponential());
        if (Number.isInteger(size)) return sign + grouped(String(size));
        if (size >= 10 ** digits) return sign + grouped(String(Math.round(size)));
        return sign + String(Number(size.toPrecision(digits)));
    };

    /** A number as a part of an expression: 3e-4, 20_000. */
    page.written = (value) => {
        const size = Math.abs(value);
        if (size !== 0 && (size < 1e-3 || size >= 1e16)) return value.toExponential();
        if (Number.isInteger(value) && size >= 10_000) return String(value).replace(/\B(?=(\d{3})+$)/g, "_");
        return String(value);
    };

    /** Numbers in short, for the ends of an axis: 20k, 1.5M. */
    page.short = (value) => {
        for (const [size, letter] of [
            [1e12, "T"],
            [1e9, "B"],
            [1e6, "M"],
            [1e3, "k"],
        ]) {
            if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))}${letter}`;
        }
        return page.shown(value, 3);
    };

    /** The next number of a value in the place of its second digit, or of its third where `fine`. */
    page.nudged = (value, direction, { fine = false, whole = false, resolution = 1 }) => {
        const size = Math.abs(value);
        let unit = size === 0 ? resolution : 10 ** (Math.floor(Math.log10(size) + 1e-12) - (fine ? 2 : 1));
        if (whole) unit = Math.max(1, Math.round(unit));
        const steps = Math.round(value / unit) + direction;
        return unit < 1 ? Number((steps / Math.round(1 / unit)).toPrecision(12)) : steps * unit;
    };

    /** Call a function once, when no other call came for so many milliseconds. */
    page.later = (milliseconds, run) => {
        let timer = 0;
        return (...args) => {
            clearTimeout(timer);
            timer = setTimeout(() => run(...args), milliseconds);
        };
    };
})();
