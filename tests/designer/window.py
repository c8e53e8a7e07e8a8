"""A window of a real browser that a test uses as a person does: `python window.py` obeys the lines of its input.

A line is a JSON list, the name of a method of `Window` and its arguments; the answer is a line of JSON. It is a process
of its own, since Qt holds one application. `dark` as an argument prefers dark colours.
"""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
if "dark" in sys.argv:
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu --blink-settings=preferredColorScheme=0"

from browser import Browser, QApplication, QUrl, QWebEngineSettings
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEngineScript

NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)

COUNT = """
(() => {
    const [start, stop, waiting] = [setTimeout, clearTimeout, new Set()];
    window.setTimeout = (run, milliseconds = 0, ...given) => {
        const timer = start((...given) => (waiting.delete(timer), run(...given)), milliseconds, ...given);
        if (milliseconds < 200) waiting.add(timer);
        return timer;
    };
    window.clearTimeout = (timer) => (waiting.delete(timer), stop(timer));
    window.isBusy = () => waiting.size > 0;
    window.heard = { keyup: 0, pointermove: 0, pointerup: 0 };
    for (const kind of Object.keys(heard)) addEventListener(kind, () => (heard[kind] += 1), true);
})();
"""
"""Counts what a page has heard, and knows whether it has put something off for a moment."""


class Window(Browser):
    """A page, a mouse, a keyboard and a clipboard."""

    def __init__(self) -> None:
        super().__init__()
        for name in ("JavascriptCanAccessClipboard", "JavascriptCanPaste"):
            self.page.settings().setAttribute(getattr(QWebEngineSettings.WebAttribute, name), True)

        script = QWebEngineScript()
        script.setSourceCode(COUNT)
        script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
        script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
        self.page.scripts().insert(script)
        self.finger = QTest.createTouchDevice()
        self.page.profile().downloadRequested.connect(self._save)

    def _save(self, download: Any) -> None:
        download.setDownloadDirectory(os.environ["DOWNLOADS"])
        download.accept()

    def show(self, url: str, width: int = 1280, height: int = 800) -> None:
        """Open a page in a window of this size."""
        self.view.resize(width, height)
        self.page.said.clear()
        for address in ("about:blank", url):
            self.wait(lambda _, address=address: self.view.load(QUrl(address)), self.view.loadFinished)
        self.settle(width)
        self.rest()

    def rest(self) -> None:
        """Wait until the page has drawn everything, which it may have put off."""
        self.until("!isBusy()", 30)
        self.frames()

    def send(self, kind: str, events: Any, count: int = 1) -> None:
        """Send events, and wait until the page has heard as many of a kind, and is at rest."""
        before = self.run(f"heard.{kind}")
        events()
        self.until(f"heard.{kind} >= {before} + {count}", 30)
        self.frames()
        self.rest()

    def said(self) -> list[str]:
        """The errors and warnings of the console."""
        return list(self.page.said)

    def shot(self, file: str) -> None:
        """Save what is seen."""
        self.pause(500)
        self.view.grab().save(file)

    def drag(self, start: list[float], end: list[float], steps: int = 8, drop: bool = True) -> None:
        """Take what is at one place to another."""
        self._mouse(QEvent.Type.MouseMove, start, Qt.MouseButton.NoButton)
        self._mouse(QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
        for part in range(1, steps + 1):
            at = [a + (b - a) * part / steps for a, b in zip(start, end, strict=True)]
            move = partial(self._mouse, QEvent.Type.MouseMove, at, Qt.MouseButton.LeftButton)
            if part < steps:
                move()
        self.send("pointermove", move)
        if drop:
            self.send("pointerup", lambda: self._mouse(QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton))

    def touch(self, start: list[float], end: list[float], steps: int = 8) -> None:
        """Take what is at one place to another, with a finger."""

        def touched(part: int) -> None:
            at = QPoint(*(round(a + (b - a) * min(part, steps) / steps) for a, b in zip(start, end, strict=True)))
            event = QTest.touchEvent(self._target(), self.finger)
            act = event.press if part == 0 else event.release if part > steps else event.move
            act(0, at, self._target())
            event.commit()
            self.pause(20)

        for part in range(steps + 1):
            touched(part)
        self.send("pointerup", lambda: touched(steps + 1))

    def move(self, place: list[float]) -> None:
        """Hold the mouse over a place."""
        for dx in (-3, 0):
            at = [place[0] + dx, place[1]]
            self.send("pointermove", lambda at=at: self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton))
            self.pause(60)  # plotly does not look more often

    def click(self, place: list[float], times: int = 1) -> None:
        """Click, or click twice."""

        def clicked() -> None:
            for repeat in range(times):
                press = QEvent.Type.MouseButtonDblClick if repeat else QEvent.Type.MouseButtonPress
                self._mouse(press, place, Qt.MouseButton.LeftButton)
                self._mouse(QEvent.Type.MouseButtonRelease, place, Qt.MouseButton.NoButton)

        self._mouse(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton)
        self.send("pointerup", clicked, times)

    def press(self, name: str, modifier: str = "") -> None:
        """Press a key by its name in Qt, such as Up or Z, with Shift, Control or both."""
        key = getattr(Qt.Key, f"Key_{name}")
        modifiers = NONE
        for word, each in (("Shift", SHIFT), ("Control", CONTROL)):
            modifiers = modifiers | each if word in modifier else modifiers
        self._type([(key, modifiers, "")])

    def type(self, text: str) -> None:
        """Type a text."""
        self._type([(0, NONE, letter) for letter in text])

    def _type(self, keys: list[tuple[Any, Any, str]]) -> None:
        def typed() -> None:
            for key in keys:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(self._target(), QKeyEvent(kind, *key))

        self.send("keyup", typed, len(keys))

    def clipboard(self) -> str:
        """The text of the clipboard."""
        return QApplication.clipboard().text()

    def grip_in_frame(self, name: str) -> list[float] | None:
        """The middle of a handle in the frame of a notebook, once it is drawn."""
        box = f"""(grip => {{
            if (!grip) return null;
            const {{ x, y, width, height }} = grip.getBoundingClientRect();
            return JSON.stringify([x + width / 2, y + height / 2]);
        }})(document.querySelector('.grip[aria-label="{name}"]'))"""
        for frame in self.page.mainFrame().children():
            found = self.wait(lambda arrived, frame=frame: frame.runJavaScript(box, arrived))
            if found and found[0]:
                return json.loads(found[0])
        return None

    def _target(self) -> Any:
        return self.view.focusProxy()

    def _mouse(self, kind: QEvent.Type, place: list[float], held: Qt.MouseButton) -> None:
        at = QPointF(*place)
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, at, QPointF(self._target().mapToGlobal(at)), button, held, NONE)
        event.setTimestamp(int(time.monotonic() * 1000))  # so that clicks are single or double
        QApplication.sendEvent(self._target(), event)
        self.pause(10)


def main() -> None:
    """Obey."""
    window = Window()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        name, *args = json.loads(line)
        print(json.dumps(getattr(window, name)(*args)), flush=True)
    os._exit(0)  # Chromium's own processes are slow to end


if __name__ == "__main__":
    main()
