// Messages of errors: the call, the demand, the value, the remedy; in the words of Python.

// What is wrong with an expression, and where: offsets in its text.
class Refused extends Error {
    constructor(message, start = null, end = null) {
        super(message);
        this.name = "Refused";
        this.start = start;
        this.end = end;
        this.hint = /; ([^;]*)$/.exec(message)?.[1] ?? "";
    }
}

// Whether an error is about the value of a number, which dragging or typing may change.
class RefusedValue extends Refused {}

function sentence(text) {
    return /[.?]$/.test(text) ? text : `${text}.`;
}

// Where a value was given.
function site(call, name) {
    return { call, name };
}

function refuse({ call, name }, value, demand, remedy, kind = RefusedValue) {
    const error = new kind(sentence(`${call}(${name}=${brief(value)}) ${demand}; ${remedy}`));
    error.parameter = name;
    throw error;
}

// A demand on parameters that must go together.
function require(condition, call, text) {
    if (!condition) {
        const error = new RefusedValue(`${call}(${text}`);
        error.parameter = /^\w+/.exec(text)?.[0];
        throw error;
    }
}

// The name of the type that a value has in Python; integers are BigInt here, and floats are numbers.
function type_name(value) {
    if (value === null) return "NoneType";
    if (Array.isArray(value)) return "list";
    if (is_schedule(value)) return "Schedule";
    if (value?.is_partial) return "partial";
    const names = { bigint: "int", number: "float", string: "str", boolean: "bool", function: "function" };
    return names[typeof value] ?? "dict";
}

// The text of a value, cut to a length that fits a message.
function brief(value) {
    if (is_schedule(value)) return value.is_number ? float_text(value.values[0]) : `${value.formula.name}(...)`;
    if (value?.is_partial) return `partial(${value.factory.formula.name}, ...)`;
    if (typeof value === "function") return value.formula.name;
    if (typeof value === "bigint" && value.toString(2).replace("-", "").length >= 200) {
        return `<int of ${value.toString(2).replace("-", "").length} bits>`;
    }
    return typeof value === "string" ? brief_text(value) : brief_part(value, 6);
}

function brief_part(value, level) {
    if (Array.isArray(value)) {
        if (level === 0 && value.length) return "[...]";
        const shown = value.slice(0, 6).map((item) => brief_part(item, level - 1));
        return `[${[...shown, ...(value.length > 6 ? ["..."] : [])].join(", ")}]`;
    }
    if (typeof value === "string") return brief_text(value);
    const text = plain_text(value);
    return text.length > 60 ? `${text.slice(0, 28)}...${text.slice(-29)}` : text;
}

function brief_text(value) {
    const text = text_of(value.slice(0, 60));
    if (text.length <= 60) return text;
    const both = text_of(value.slice(0, 28) + value.slice(-29));
    return `${both.slice(0, 28)}...${both.slice(-29)}`;
}

// A value as Python writes it.
function plain_text(value) {
    if (value === null) return "None";
    if (is_schedule(value)) return show(value);
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "number") return float_text(value);
    if (typeof value === "string") return text_of(value);
    if (typeof value === "function") return show_ramp(value);
    return typeof value === "bigint" ? String(value) : "{...}";
}

// A text in quotes.
function text_of(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escapes = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [quote]: `\\${quote}` };
    const letters = [...text].map((letter) => {
        if (Object.hasOwn(escapes, letter)) return escapes[letter];
        return /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(letter) ? escaped(letter.codePointAt(0)) : letter;
    });
    return quote + letters.join("") + quote;
}

function escaped(code) {
    const digits = code.toString(16);
    if (code < 256) return `\\x${digits.padStart(2, "0")}`;
    return code < 65536 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

// A number in four digits.
function in_four_digits(number) {
    if (!Number.isFinite(number) || number === 0) return float_text(number).replace(/\.0$/, "");
    const [digits, exponent] = number.toExponential(3).split("e");
    const power = Number(exponent);
    if (power < -4 || power >= 4) {
        const sign = power < 0 ? "-" : "+";
        return `${Number(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
    }
    return number.toFixed(3 - power).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

// Remedies for names.

function guess(name, known) {
    const near = nearest(name, known);
    return near ? `did you mean ${text_of(near)}?` : `known are ${known.join(", ")}`;
}

// The known name that is most like another one, if any is; as Python's difflib finds it.
function nearest(name, known) {
    const letters = [...name.slice(0, 100)];
    let [best, found] = [0.6, null];
    for (const text of known) {
        const other = [...text];
        const ratio = (2 * matches(other, letters)) / (letters.length + other.length);
        if (ratio > best || (ratio === best && (found === null || text > found))) [best, found] = [ratio, text];
    }
    return found;
}

// How many letters the longest common parts have, found one after another.
function matches(a, b) {
    let [size, at, from] = [0, 0, 0];
    let before = [];
    a.forEach((letter, i) => {
        const here = [];
        b.forEach((other, j) => {
            if (letter !== other) return;
            here[j] = (before[j - 1] ?? 0) + 1;
            if (here[j] > size) [size, at, from] = [here[j], i - here[j] + 1, j - here[j] + 1];
        });
        before = here;
    });
    if (size === 0) return 0;
    const ends = matches(a.slice(at + size), b.slice(from + size));
    return size + matches(a.slice(0, at), b.slice(0, from)) + ends;
}
