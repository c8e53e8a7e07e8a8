// A text as a tree: expressions of Python, which are read and never run.
//
// What no schedule can be made of (a comparison, a lambda) becomes a node of the type "other", so that it is refused in
// its turn, where it stands.

const BINARY = [
    ["or"],
    ["and"],
    ["<", ">", "<=", ">=", "==", "!=", "in", "is", "not"],
    ["|"],
    ["^"],
    ["&"],
    ["<<", ">>"],
    ["+", "-"],
    ["*", "/", "//", "%", "@"],
];
const OPERATIONS = ["+", "-", "*", "/", "//"];

// The tree of a text.
function parsed(text) {
    check_size(text);
    const { tokens, error, unclosed } = tokens_of(text);
    if (!error && tokens.length === 1 && !text.trim()) throw new Refused(`the expression is empty; ${EXAMPLE}.`, 0, 0);
    try {
        const tree = new Parser(tokens, text).whole();
        if (error) throw error;
        return tree;
    } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        if (error) throw error;
        if (unclosed && (failure.is_end || /\n/.test(text.slice(unclosed.start, failure.start)))) {
            throw wrong_syntax(`'${unclosed.text}' was never closed`, unclosed.start, unclosed.end);
        }
        throw failure;
    }
}

class Parser {
    constructor(tokens, text) {
        this.tokens = tokens;
        this.text = text;
        this.at = 0;
        this.deep = 0;
    }

    get next() {
        return this.tokens[this.at];
    }

    // Whether the next token is one of these signs or keywords.
    sees(...signs) {
        return ["sign", "name"].includes(this.next.kind) && signs.includes(this.next.text);
    }

    takes(...signs) {
        return this.sees(...signs) && this.tokens[this.at++];
    }

    expects(sign) {
        return this.takes(sign) || this.fails();
    }

    // The end of the token that was read last.
    get end() {
        return this.tokens[this.at - 1].end;
    }

    fails(demand = "invalid syntax", token = this.next) {
        if (token.kind === "line") token = this.tokens[this.at + 1];
        const error = wrong_syntax(demand, token.start, token.end);
        error.is_end = token.kind === "end";
        throw error;
    }

    node(type, start, rest, inner = []) {
        const depth = 1 + Math.max(0, ...inner.map((node) => node.depth ?? 0));
        if (depth > MOST_DEPTH) throw new Refused(TOO_DEEP, start, this.end);
        return Object.freeze({ type, ...rest, start, end: this.end, depth });
    }

    whole() {
        const first = this.expression();
        const items = [first];
        while (this.takes(",") && this.next.kind !== "end") items.push(this.expression());
        if (this.next.kind !== "end") this.fails();
        const is_tuple = items.length > 1 || this.tokens[this.at - 1].text === ",";
        return is_tuple ? this.node("list", first.start, { items }, items) : first;
    }

    // An expression; one that is inside of others too often is refused before it is read.
    expression() {
        this.deep += 1;
        if (this.deep > 4 * MOST_DEPTH) throw new Refused(TOO_DEEP, this.next.start, this.next.end);
        const node = this.choice();
        this.deep -= 1;
        return node;
    }

    choice() {
        const { start } = this.next;
        if (this.takes("lambda")) {
            while (!this.sees(":", ")", "]", "}") && this.next.kind !== "end") this.at += 1;
            this.expects(":");
            this.expression();
            return this.node("other", start, {});
        }
        if (this.takes("yield")) {
            if (!this.sees(")", ",")) this.expression();
            return this.node("other", start, {});
        }
        const node = this.operation(0);
        if (node.type === "name" && this.takes(":=")) {
            this.expression();
            return this.node("other", start, {});
        }
        if (!this.takes("if")) return node;
        this.operation(0);
        if (!this.takes("else")) this.fails("expected 'else' after 'if' expression", node);
        this.expression();
        return this.node("other", start, {});
    }

    operation(level) {
        if (level === BINARY.length) return this.signed();
        const { start } = this.next;
        if (level === 2 && this.takes("not")) {
            this.repeated(() => this.operation(level));
            return this.node("other", start, {});
        }
        let left = this.operation(level + 1);
        while (this.sees(...BINARY[level])) {
            if (this.sees("not") && this.tokens[this.at + 1].text !== "in") break;
            const sign = this.tokens[this.at++].text;
            if (sign === "is" || sign === "not") this.takes("not", "in");
            const right = this.operation(level + 1);
            const type = OPERATIONS.includes(sign) ? "operation" : "other";
            left = this.node(type, start, { sign, left, right }, [left, right]);
        }
        return left;
    }

    repeated(read) {
        this.deep += 1;
        if (this.deep > 4 * MOST_DEPTH) throw new Refused(TOO_DEEP, this.next.start, this.next.end);
        const node = read();
        this.deep -= 1;
        return node;
    }

    signed() {
        const { start } = this.next;
        const sign = this.takes("+", "-", "~")?.text;
        if (sign) {
            const right = this.repeated(() => this.signed());
            return this.node(sign === "~" ? "other" : "operation", start, { sign, left: null, right }, [right]);
        }
        if (this.takes("await")) {
            this.repeated(() => this.signed());
            return this.node("other", start, {});
        }
        const base = this.primary();
        if (!this.takes("**")) return base;
        const right = this.repeated(() => this.signed());
        return this.node("other", base.start, {}, [base, right]);
    }

    primary() {
        const { start } = this.next;
        let node = this.atom();
        for (;;) {
            if (this.takes("(")) node = this.call(node, start);
            else if (this.takes("[")) {
                this.items("]", true);
                node = this.node("other", start, {}, [node]);
            } else if (this.takes(".")) {
                const attribute = this.next;
                if (attribute.kind !== "name" || KEYWORDS.has(attribute.text)) this.fails();
                this.at += 1;
                const is_ours = node.type === "name" && node.value === "lrsched" && !node.package;
                const rest = is_ours ? { value: attribute.text, package: "lrsched" } : {};
                node = this.node(is_ours ? "name" : "other", start, rest);
            } else return node;
        }
    }

    call(function_, start) {
        const open = this.tokens[this.at - 1];
        const args = [];
        let [has_keyword, is_late] = [false, false];
        while (!this.sees(")")) {
            const first = this.next;
            if (this.takes("**", "*")) {
                const node = this.expression();
                args.push({ name: null, keyword: first.text === "**", stars: first, node });
            } else if (first.kind === "name" && this.tokens[this.at + 1].text === "=") {
                if (["True", "False", "None"].includes(first.text)) this.fails(`cannot assign to ${first.text}`);
                if (KEYWORDS.has(first.text)) this.fails();
                this.at += 2;
                args.push({ name: first.text, keyword: true, node: this.expression() });
            } else {
                const node = this.expression();
                if (this.sees("=")) {
                    this.fails('expression cannot contain assignment, perhaps you meant "=="?', node);
                }
                is_late ||= has_keyword;
                args.push({ name: null, keyword: false, node: this.generated(node, open) });
            }
            has_keyword ||= args.at(-1).keyword;
            if (!this.sees(")")) this.comma(args.at(-1).node);
        }
        if (is_late) this.fails("positional argument follows keyword argument");
        this.at += 1;
        const named = function_.type === "name" ? named_arguments(function_.value, args) : args;
        const name = function_.type === "name" ? function_.value : "";
        const inner = args.map((arg) => arg.node);
        return this.node("call", start, { name, function: function_, args: named }, inner);
    }

    // The items of a list, a tuple, a dict or a slice, up to the sign that closes it.
    items(close, is_slice = false) {
        const items = [];
        while (!this.sees(close)) {
            if (is_slice && this.takes(":")) continue;
            this.takes("*", "**");
            const item = this.generated(this.expression());
            items.push(item);
            if (close === "}" && this.takes(":")) items.push(this.generated(this.expression()));
            if (!this.sees(close) && !(is_slice && this.sees(":"))) this.comma(items.at(-1));
        }
        this.at += 1;
        return items;
    }

    comma(before) {
        if (this.takes(",")) return;
        const { kind, text } = this.next;
        const is_word = kind === "name" && (!KEYWORDS.has(text) || text === "not");
        const begins = is_word || kind === "number" || kind === "text";
        if (!begins || (kind === "text" && before.type === "name")) this.fails();
        const error = wrong_syntax("invalid syntax. Perhaps you forgot a comma?", before.start, before.end);
        this.expression();
        error.is_end = this.next.kind === "end";
        throw error;
    }

    // `x for x in list`, which is read and refused later.
    generated(node, open = node) {
        if (!this.takes("for")) return node;
        while (this.next.kind !== "end" && !this.sees("in")) this.at += 1;
        this.expects("in");
        this.operation(0);
        return this.node("other", open.start, { is_generated: true });
    }

    atom() {
        const token = this.next;
        if (token.kind === "end" || token.kind === "line" || KEYWORDS.has(token.text)) this.fails();
        this.at += 1;
        const { start } = token;
        if (token.kind === "number") return this.node("number", start, number_in(token));
        if (token.kind === "text") return this.texts(token);
        if (token.kind === "name") return this.node("name", start, { value: token.text });
        if (token.text === "...") return this.node("other", start, {});
        if (token.text === "[") {
            const items = this.items("]");
            return this.node(items.some((item) => item.is_generated) ? "other" : "list", start, { items }, items);
        }
        if (token.text === "{") {
            const items = this.items("}");
            return this.node("other", start, {}, items);
        }
        if (token.text === "(") return this.inside(start);
        this.at -= 1;
        return this.fails();
    }

    // What is in round brackets: an expression, or a tuple.
    inside(start) {
        if (this.takes(")")) return this.node("list", start, { items: [] });
        const first = this.generated(this.expression());
        if (this.takes(")")) return first.is_generated ? this.node("other", start, {}) : first;
        this.comma(first);
        const items = [first, ...this.items(")")];
        return this.node("list", start, { items }, items);
    }

    texts(first) {
        const all = [first];
        while (this.next.kind === "text") all.push(this.tokens[this.at++]);
        if (all.some(({ prefix }) => /[bft]/i.test(prefix))) return this.node("other", first.start, {});
        return this.node("text", first.start, { value: all.map((token) => letters_of(token)).join("") });
    }
}
