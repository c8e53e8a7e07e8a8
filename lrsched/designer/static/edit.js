// A number of an expression is changed where it stands, so that the rest of the text stays as it was written.
(() => {
    const page = lrsched.page;

    /** The nodes directly inside of a node. */
    const inside = (node) => [
        ...(node.args || []).map((arg) => arg.node),
        ...(node.items || []),
        ...[node.left, node.right].filter((side) => side),
    ];

    /** The numbers in which two expressions of one form differ, as pairs; null where their forms differ. */
    const differing = (before, after) => {
        if (before.type !== after.type) return null;
        if (before.type === "number") return before.value === after.value ? [] : [[before, after]];
        const [children, others] = [inside(before), inside(after)];
        if (children.length !== others.length) return null;
        const pairs = children.map((child, i) => differing(child, others[i]));
        return pairs.includes(null) ? null : pairs.flat();
    };

    /** How many numbers are in an expression. */
    page.numbersIn = (node) =>
        node.type === "number" ? 1 : inside(node).reduce((sum, child) => sum + page.numbersIn(child), 0);

    const numbers = (node) => (node.type === "number" ? [node] : inside(node).flatMap(numbers));

    /** A text as Python writes it, with its small and large numbers as people do: 3e-4 for 0.0003, 20_000 for 20000. */
    page.tidy = (text) => {
        const found = numbers(lrsched.read(text)).filter(({ value }) => Math.abs(value) < 1e-3 || value >= 10_000);
        return found
            .sort((a, b) => b.start - a.start)
            .filter(({ value }) => Number.isFinite(value) && value !== 0)
            .reduce(
                (made, { start, end, value }) => made.slice(0, start) + page.written(value) + made.slice(end),
                text,
            );
    };

    /** A text with one number of it changed. */
    page.withNumber = (text, path, value) => {
        const node = lrsched.read(text);
        const changed = lrsched.changed(node, path, value);
        const pairs = differing(node, changed);
        if (pairs === null || pairs.length > 1) return lrsched.write(changed);
        if (!pairs.length) return text;
        const [{ start, end }] = pairs[0];
        return text.slice(0, start) + page.written(value) + text.slice(end);
    };
})();
