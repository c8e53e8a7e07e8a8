// The designer in a notebook: the page in a frame of its own, which tells the expressions and is told them.
export default {
    render({ model, el }) {
        const frame = document.createElement("iframe");
        frame.title = "lrsched designer";
        frame.setAttribute("sandbox", "allow-scripts allow-downloads allow-modals");
        frame.allow = "clipboard-write";
        frame.style.cssText = "width: 100%; border: 1px solid #8888; border-radius: 4px";
        frame.style.height = `${model.get("height")}px`;
        frame.srcdoc = model.get("page");

        const hear = ({ source, data }) => {
            if (source !== frame.contentWindow || !Array.isArray(data?.lrsched)) return;
            model.set("expressions", data.lrsched);
            model.save_changes();
        };
        const tell = () => frame.contentWindow?.postMessage({ lrsched: model.get("expressions") }, "*");
        addEventListener("message", hear);
        model.on("change:expressions", tell);
        frame.addEventListener("load", tell);
        el.append(frame);
        return () => {
            removeEventListener("message", hear);
            model.off("change:expressions", tell);
        };
    },
};
