"""A window of a real browser that a test uses as a person does: `python window.py` obeys the lines of its input.

A line is a JSON list, the name of a method of `Window` and its arguments; the answer is a line of JSON. It is a process
of its own, since Qt holds one application. `dark` as an argument prefers dark colours.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
if "dark" in sys.argv:
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu --blink-settings=preferredColorScheme=0"

from browser import Browser, QApplication, QUrl, QWebEngineSettings
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest

NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Window(Browser):
    """A page, a mouse, a keyboard and a clipboard."""

    def __init__(self) -> None:
        super().__init__()
        for name in ("JavascriptCanAccessClipboard", "JavascriptCanPaste"):
            self.page.settings().setAttribute(getattr(QWebEngineSettings.WebAttribute, name), True)

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
        self.pause(400)

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
            self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.LeftButton)
        if drop:
            self._mouse(QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton)
        self.pause(300)

    def touch(self, start: list[float], end: list[float], steps: int = 8) -> None:
        """Take what is at one place to another, with a finger."""
        for part in range(steps + 2):
            at = QPoint(*(round(a + (b - a) * min(part, steps) / steps) for a, b in zip(start, end, strict=True)))
            event = QTest.touchEvent(self._target(), self.finger)
            act = event.press if part == 0 else event.release if part > steps else event.move
            act(0, at, self._target())
            event.commit()
            self.pause(40)
        self.pause(300)

    def move(self, place: list[float]) -> None:
        """Hold the mouse over a place."""
        for dx in (-3, 0):
            self._mouse(QEvent.Type.MouseMove, [place[0] + dx, place[1]], Qt.MouseButton.NoButton)
            self.pause(200)

    def click(self, place: list[float], times: int = 1) -> None:
        """Click, or click twice."""
        self._mouse(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton)
        for repeat in range(times):
            press = QEvent.Type.MouseButtonDblClick if repeat else QEvent.Type.MouseButtonPress
            self._mouse(press, place, Qt.MouseButton.LeftButton)
            self._mouse(QEvent.Type.MouseButtonRelease, place, Qt.MouseButton.NoButton)
        self.pause(300)

    def press(self, name: str, modifier: str = "") -> None:
        """Press a key by its name in Qt, such as Up or Z, with Shift, Control or both."""
        key = getattr(Qt.Key, f"Key_{name}")
        modifiers = NONE
        for word, each in (("Shift", SHIFT), ("Control", CONTROL)):
            modifiers = modifiers | each if word in modifier else modifiers
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self._target(), QKeyEvent(kind, key, modifiers))
        self.pause(150)

    def type(self, text: str) -> None:
        """Type a text."""
        for letter in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(self._target(), QKeyEvent(kind, 0, NONE, letter))
        self.pause(300)

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
        self.pause(30)


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
