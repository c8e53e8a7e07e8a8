// Published runs, to lay beside one's own; their texts are written into the page when it is built.
(() => {
    const page = lrsched.page;
    const { el } = page;

    page.fillRecipes = (recipes) => {
        const list = page.byId("recipes-list");
        for (const { name, summary, text: plain } of recipes) {
            const text = page.tidy(plain);
            const add = el(
                "button",
                {
                    type: "button",
                    class: "recipe",
                    click: () => {
                        page.add(text);
                        page.byId("recipes").close();
                    },
                },
                el("b", {}, name),
                el("span", {}, summary),
                el("code", {}, text),
            );
            list.append(el("li", {}, add));
        }
        page.byId("recipes-open").addEventListener("click", () => {
            page.byId("recipes").showModal();
            page.byId("recipes-find").focus();
        });
        page.byId("help-open").addEventListener("click", () => page.byId("help").showModal());
        for (const dialog of document.querySelectorAll("dialog")) {
            dialog.addEventListener("click", (event) => {
                if (event.target === dialog || event.target.closest(".close")) dialog.close();
            });
        }
        page.byId("recipes-find").addEventListener("input", (event) => {
            const wanted = event.target.value.toLowerCase();
            for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
        });
    };
})();
