// The active schedule in other forms: configs, and short programs that import lrsched.
(() => {
    const page = lrsched.page;

    const WORDS = new Map([
        ["True", true],
        ["False", false],
        ["None", null],
    ]);

    /** A node as Python's to_config has it: every parameter is written, so that a default may change later. */
    const encoded = (node) => {
        if (node.type === "number" || node.type === "text") return node.value;
        if (node.type === "name") return WORDS.has(node.value) ? WORDS.get(node.value) : node.value;
        if (node.type === "list") return node.items.map(encoded);
        return node.name === "partial" ? ofRamp(node) : ofCall(node);
    };

    const ofRamp = (node) => {
        const [ramp, ...rest] = node.args;
        const args = Object.fromEntries(rest.map(({ name, node: value }) => [name, encoded(value)]));
        return rest.length ? { name: ramp.node.value, args } : ramp.node.value;
    };

    const ofCall = (node) => {
        const parameters = lrsched.parameters(node.name);
        const given = new Map(node.args.map((arg, i) => [arg.name || parameters[i].name, arg.node]));
        const value = (parameter) =>
            given.has(parameter.name) ? encoded(given.get(parameter.name)) : (parameter.default ?? null);
        return { name: node.name, args: Object.fromEntries(parameters.map((each) => [each.name, value(each)])) };
    };

    /** The config of a schedule. */
    page.config = (node) => ({ lrsched: 1, ...encoded(lrsched.read(lrsched.write(node))) });

    // YAML, as far as configs have it.

    const scalar = (value) => {
        if (typeof value === "number") {
            const text = String(value);
            return /e/.test(text) && !text.includes(".") ? text.replace("e", ".0e") : text; // YAML 1.1 has no 3e-4
        }
        return typeof value === "string" && !/^[a-z_]\w*$/i.test(value) ? JSON.stringify(value) : String(value);
    };
    const isPlain = (value) => value === null || typeof value !== "object" || Object.keys(value).length === 0;

    const yaml = (value, indent) => {
        if (Array.isArray(value)) {
            return value.flatMap((item) => {
                if (isPlain(item)) return [`${indent}- ${scalar(item)}`];
                const [first, ...rest] = yaml(item, `${indent}  `);
                return [`${indent}- ${first.trimStart()}`, ...rest];
            });
        }
        return Object.entries(value).flatMap(([key, item]) => {
            if (Array.isArray(item) && item.length === 0) return [`${indent}${key}: []`];
            if (isPlain(item)) return [`${indent}${key}: ${item instanceof Object ? "{}" : scalar(item)}`];
            return [`${indent}${key}:`, ...yaml(item, Array.isArray(item) ? indent : `${indent}  `)];
        });
    };

    // Programs.

    /** The names of a node that a program imports from lrsched. */
    const names = (node, found = new Set()) => {
        if (node.type === "call") {
            found.add(node.name);
            for (const arg of node.args) names(arg.node, found);
        }
        if (node.type === "name" && !WORDS.has(node.value)) found.add(node.value);
        for (const item of node.items || []) names(item, found);
        return found;
    };

    const LINES = {
        Python: (program) => [...program(), "", "print(schedule(0))"],
        optax: (program) => [...program("import optax"), "", "optimizer = optax.adamw(schedule)"],
        JAX: (program) => [...program("import jax"), "", "print(jax.jit(schedule)(0))"],
        PyTorch: (program) => [
            ...program("import torch", "from lrsched.adapters.torch import TorchScheduler"),
            "",
            "model = torch.nn.Linear(4, 1)",
            "optimizer = torch.optim.AdamW(model.parameters())",
            "scheduler = TorchScheduler(optimizer, schedule)",
            "",
            "for step in range(3):",
            "    model(torch.randn(8, 4)).square().mean().backward()",
            "    optimizer.step()",
            "    optimizer.zero_grad()",
            "    scheduler.step()  # after every update",
        ],
        Keras: (program) => [
            ...program("import keras", "from lrsched.adapters.keras import to_keras"),
            "",
            "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])",
            'model.compile(keras.optimizers.AdamW(to_keras(schedule)), "mse")',
        ],
    };

    const program = (node, kind) => {
        const text = lrsched.write(node);
        const imported = [...names(lrsched.read(text))].sort();
        const begin = (...lines) => [
            ...lines.filter((line) => line.startsWith("import")),
            `from lrsched import ${imported.join(", ")}`,
            ...lines.filter((line) => line.startsWith("from")),
            "",
            `schedule = ${text}`,
        ];
        return [...LINES[kind](begin), ""].join("\n");
    };

    /** What can be copied. */
    page.FORMS = ["expression", "JSON", "YAML", ...Object.keys(LINES)];

    /** The text of a form. */
    page.form = (kind, { node, text }) => {
        if (kind === "expression") return text;
        if (kind === "JSON") return `${JSON.stringify(page.config(node), null, 2)}\n`;
        if (kind === "YAML") return `${yaml(page.config(node), "").join("\n")}\n`;
        return program(node, kind);
    };
})();
