// The tokens of a text, as Python's own reader finds them, and what is wrong with its letters.

const EXAMPLE = "write a call such as linear(0.0, 1.0, 10)";
const MOST_LETTERS = 10_000;
const MOST_DEPTH = 50;
const TOO_DEEP = `nested deeper than ${MOST_DEPTH}; build such a schedule in code.`;

const DIGITS = /\d(?:_?\d)*/.source;
const QUOTED = [
    /"""(?:\\.|(?!""").)*"""/,
    /'''(?:\\.|(?!''').)*'''/,
    /"(?!"")(?:\\.|[^"\\\r\n])*"/,
    /'(?!'')(?:\\.|[^'\\\r\n])*'/,
];
const KINDS = {
    blank: /[ \t\f\r\n]+|#[^\r\n]*|\\(?:\r\n|\r|\n)/.source,
    text: `(?<prefix>[A-Za-z]{0,2})(?:${QUOTED.map((part) => part.source).join("|")})`,
    number:
        "0[xX](?:_?[\\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|" +
        `(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?[jJ]?`,
    name: /[\p{ID_Start}_]\p{ID_Continue}*/u.source,
    sign: /\.\.\.|(?:\*\*|\/\/|<<|>>|[-+*\/%@&|^])=|\*\*|\/\/|<<|>>|[<>=!]=|:=|->|[-+*\/%@~<>=()[\]{},.:&|^]/.source,
};
const TOKENS = new RegExp(Object.entries(KINDS).map(([kind, source]) => `(?<${kind}>${source})`).join("|"), "suy");
const LETTERS = /\p{ID_Continue}+/uy;
const KEYWORDS = new Set(
    (
        "and as assert async await break class continue def del elif else except finally for from global if import " +
        "in is lambda nonlocal not or pass raise return try while with yield"
    ).split(" "),
);
const CLOSING = { "(": ")", "[": "]", "{": "}" };
// Refuse texts that are too long or too deep to be looked at.
function check_size(text) {
    if (text.length > MOST_LETTERS) {
        throw new Refused(
            `an expression of ${text.length} characters is longer than ${MOST_LETTERS}; build it in code.`,
            0,
            text.length,
        );
    }
    let [depth, signs] = [0, 0];
    for (let at = 0; at < text.length; at += 1) {
        const letter = text[at];
        depth += "([{".includes(letter) - ")]}".includes(letter);
        signs = "+-~".includes(letter) ? signs + 1 : /\s/.test(letter) ? signs : 0;
        if (signs > 2) throw new Refused("a number has one sign at most; write -1.", at, at + 1);
        if (depth > MOST_DEPTH) throw new Refused(TOO_DEEP, at, at + 1);
    }
}

function wrong_syntax(demand, start, end) {
    return new Refused(`${demand}; ${EXAMPLE}.`, start, end);
}

// The tokens of a text, and the error of the letters after them, if there is one.
function tokens_of(text) {
    const [found, open] = [[], []];
    let at = 0;
    const ended = (error = null) => {
        found.push({ kind: "end", text: "", start: text.trimEnd().length, end: text.length });
        return { tokens: found, error, unclosed: open.at(-1) ?? null };
    };
    while (at < text.length) {
        TOKENS.lastIndex = at;
        const groups = TOKENS.exec(text)?.groups;
        if (!groups) return ended(wrong_letter(text, at));
        const kind = Object.keys(KINDS).find((name) => groups[name] !== undefined);
        const token = { kind, text: groups[kind], start: at, end: at + groups[kind].length, prefix: groups.prefix };
        const error = { number: wrong_number, sign: wrong_bracket }[kind]?.(token, kind === "sign" ? open : text);
        if (error) return ended(error);
        at = token.end;
        if (kind === "blank" && /[\r\n]/.test(token.text) && !open.length && found.length && text.slice(at).trim()) {
            found.push({ kind: "line", text: "\n", start: token.start, end: at });
        }
        if (kind !== "blank") found.push(token);
    }
    return ended();
}

function wrong_letter(text, at) {
    const letter = String.fromCodePoint(text.codePointAt(at));
    const end = at + letter.length;
    const quotes = /^[A-Za-z]{0,2}("""|'''|"|')/.exec(text.slice(at, at + 5));
    if (quotes) {
        const many = quotes[1].length === 3 ? "triple-quoted " : "";
        return wrong_syntax(`unterminated ${many}string literal (detected at line 1)`, at, text.length);
    }
    if (letter === "\\") {
        const after = Math.min(end, text.trimEnd().length - 1);
        return wrong_syntax("unexpected character after line continuation character", after, after + 1);
    }
    if (letter === "\0") return wrong_syntax("source code string cannot contain null bytes", 0, text.length);
    const code = `U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    if (/\p{C}|\p{Z}/u.test(letter)) return wrong_syntax(`invalid non-printable character ${code}`, at, end);
    if (letter > "\x7f") return wrong_syntax(`invalid character '${letter}' (${code})`, at, end);
    return wrong_syntax("invalid syntax", at, end);
}

function wrong_number({ text, start, end }, all) {
    if (/^0[\d_]*[1-9]$/.test(text)) {
        const octal = "use an 0o prefix for octal integers";
        return wrong_syntax(`leading zeros in decimal integer literals are not permitted; ${octal}`, start, end);
    }
    LETTERS.lastIndex = end;
    const after = LETTERS.exec(all)?.[0];
    if (!after || /^(and|else|for|if|in|is|not|or)\b/.test(after)) return null;
    if (text === "0" && /^[xX]/.test(after)) return wrong_syntax("invalid hexadecimal literal", end, end + 1);
    const last = after.startsWith("_") && /\d$/.test(text) ? end : end - 1;
    return wrong_syntax("invalid decimal literal", last, last + 1);
}

function wrong_bracket(token, open) {
    if (Object.hasOwn(CLOSING, token.text)) open.push(token);
    if (!Object.values(CLOSING).includes(token.text)) return null;
    const last = open.pop();
    if (!last) return wrong_syntax(`unmatched '${token.text}'`, token.start, token.end);
    if (CLOSING[last.text] === token.text) return null;
    const demand = `closing parenthesis '${token.text}' does not match opening parenthesis '${last.text}'`;
    return wrong_syntax(demand, token.start, token.end);
}

// The number that a literal stands for; of a long integer the digits, too.
function number_in({ text }) {
    const plain = text.replace(/_/g, "");
    if (/j$/i.test(plain)) return { type: "other" };
    if (!/^\d+$/.test(plain) && !/^0[xob]/i.test(plain)) return { value: Number(plain), is_whole: false };
    if (/^\d{4301,}$/.test(plain)) throw new Refused("a number has too many digits; float64 holds 17.", 0, text.length);
    const whole = BigInt(plain);
    const value = Number(whole);
    return Number.isSafeInteger(value) ? { value, is_whole: true } : { value, is_whole: true, digits: String(whole) };
}

// The letters that a literal stands for.
function letters_of({ text, prefix }) {
    const quoted = text.slice(prefix.length);
    const width = /^("""|''')/.test(quoted) ? 3 : 1;
    const inner = quoted.slice(width, -width);
    if (/r/i.test(prefix)) return inner;
    const named = { n: "\n", r: "\r", t: "\t", "\n": "", a: "\x07", b: "\b", f: "\f", v: "\v", 0: "\0" };
    return inner.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[\s\S])/gi, (all, code) => {
        if (code.length > 1) return String.fromCodePoint(Math.min(parseInt(code.slice(1), 16), 0x10ffff));
        return Object.hasOwn(named, code) ? named[code] : /['"\\]/.test(code) ? code : all;
    });
}
