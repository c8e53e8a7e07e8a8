// Taking it along: the clipboard, pictures, the link.
(() => {
    const page = lrsched.page;
    const { el } = page;

    let silence = 0;
    /** Say something in the line below, for a while. */
    page.say = (text) => {
        page.byId("say").textContent = text;
        clearTimeout(silence);
        silence = setTimeout(() => (page.byId("say").textContent = ""), 6000);
    };

    /** Copy a text; where the browser does not allow that, show it to be copied by hand. */
    page.copy = async (text, name) => {
        try {
            await navigator.clipboard.writeText(text);
            page.say(`Copied: ${name}.`);
        } catch {
            const area = page.byId("code-text");
            page.byId("code-title").textContent = name;
            area.value = text;
            page.byId("code").showModal();
            area.select();
            if (document.execCommand("copy")) {
                page.byId("code").close();
                page.say(`Copied: ${name}.`);
            }
        }
    };

    const picture = async (format) => {
        const box = page.byId("chart").getBoundingClientRect();
        const { data, layout } = page.figure(Math.floor(box.width), Math.floor(box.height));
        const { width, height } = layout;
        const url = await Plotly.toImage({ data, layout }, { format, width, height, scale: format === "png" ? 2 : 1 });
        el("a", { href: url, download: `schedule.${format}` }).click();
        page.say(`Saved: schedule.${format}.`);
    };

    const button = (name, click) => el("button", { type: "button", "data-form": name, click }, name);

    page.fillCopies = () => {
        const copies = page.FORMS.map((kind) =>
            button(kind, () => {
                const { good } = page.active();
                if (good) page.copy(page.form(kind, good), kind);
            }),
        );
        page.byId("copies").append(
            ...copies,
            button("SVG", () => picture("svg")),
            button("PNG", () => picture("png")),
        );
        page.byId("link").addEventListener("click", () => {
            const address = location.href.replace(/#.*/s, "") + page.fragment(page.texts());
            page.copy(address, "link");
        });
    };

    // The address, and the notebook around the page.

    const isInside = window.parent !== window;
    let told = "";
    const tell = (texts) => {
        if (page.state.readings.some(({ error }) => error)) return;
        told = JSON.stringify(texts);
        window.parent.postMessage({ lrsched: texts }, "*");
    };

    /** Put the expressions into the address, or give them to the notebook. */
    page.shared = page.later(200, (texts) => {
        if (isInside) tell(texts);
        else if (texts.join("").length < page.LONGEST) history.replaceState(null, "", page.fragment(texts));
    });

    page.listen = () => {
        if (isInside) {
            addEventListener("message", ({ source, data }) => {
                if (source !== window.parent || !Array.isArray(data?.lrsched)) return;
                if (JSON.stringify(data.lrsched) === told) return;
                page.show(data.lrsched.map(String));
                page.record();
            });
            return;
        }
        addEventListener("hashchange", () => {
            const texts = page.ofFragment(location.hash);
            if (texts.length && page.fragment(texts) !== page.fragment(page.texts())) {
                page.show(texts);
                page.record();
            }
        });
    };
})();
