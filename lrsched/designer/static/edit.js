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
