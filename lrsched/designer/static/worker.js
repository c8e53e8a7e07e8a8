// Lets a worker judge the schedules, so that the page never waits: the same script of the page, in another thread.
(() => {
    const page = lrsched.page;
    const SERVE = "onmessage = ({ data }) => postMessage(lrsched.judge(data));";

    let worker = null;
    let asked = null; // what the worker computes now
    let next = null; // what it is asked when it has answered; an older question is dropped

    const started = () => {
        const program = new Blob([page.byId("engine").textContent, "\n", SERVE], { type: "text/javascript" });
        const made = new Worker(URL.createObjectURL(program));
        made.onmessage = ({ data }) => {
            const { answer } = asked;
            asked = null;
            if (next) send();
            else answer(data);
        };
        made.onerror = () => {
            asked = null;
            if (next) send();
        };
        return made;
    };

    const send = () => {
        [asked, next] = [next, null];
        worker ??= started();
        worker.postMessage(asked.question);
    };

    /** Ask for a judgement; only the last question is answered. */
    page.judge = (question, answer) => {
        next = { question, answer };
        if (!asked) send();
    };
})();
