"""A headless browser, Chromium in Qt: opens pages and prints, as JSON, what is wrong with each and how it looks.

`python docs/browser.py URL ... [--shots FOLDER]`; every page is seen light and dark, on a telephone and on a
screen. It is a process of its own, since Qt holds one application, and needs PySide6.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

from PySide6.QtCore import QEventLoop, QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

WIDTHS = (390, 1440)
SCHEMES = {"light": "default", "dark": "slate"}
"""The names that the theme gives them."""

PATIENCE = 60_000
"""So many milliseconds a page may take."""

LOOK = """
(() => {
  const shown = element => element.getClientRects().length > 0;
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((c, i) => a * c + (1 - a) * below[i]);
  const ground = element => {
    const colour = numbers(getComputedStyle(element).backgroundColor);
    const below = () => element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return (colour[3] ?? 1) === 1 ? colour : over(colour, below());
  };
  const contrast = element => {
    const below = ground(element), above = over(numbers(getComputedStyle(element).color), below);
    const [high, low] = [light(above), light(below)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll("article :is(p, li, td, dd, a:not(.headerlink))")].filter(shown);
  const page = document.documentElement;
  return JSON.stringify({
    title: document.title,
    scheme: document.body.dataset.mdColorScheme,
    inner: innerWidth,
    width: page.scrollWidth,
    wide: page.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("article *")]
      .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 80)),
    pictures: document.querySelectorAll("article img, article svg[role=img]").length,
    missing: [...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src),
    faint: texts.filter(e => contrast(e) < 4.5).map(e => e.textContent.slice(0, 40) + " " + contrast(e).toFixed(2)),
    texts: texts.length,
    formulas: document.querySelectorAll("article math").length,
    sideways: [...document.querySelectorAll("article pre code")].filter(shown)
      .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 80)),
  });
})()
"""


class Page(QWebEnginePage):
    """A page that keeps what is written to its console."""

    said: list[str]

    def javaScriptConsoleMessage(self, level, message, line, source):  # noqa: N802 (the name is that of Qt)
        """Keep errors and warnings."""
        if level != QWebEnginePage.JavaScriptConsoleMessageLevel.InfoMessageLevel:
            self.said.append(f"{source}:{line}: {message}")


class Browser:
    """One window, which is resized."""

    def __init__(self) -> None:
        self.app = QApplication(sys.argv[:1])
        self.view = QWebEngineView()
        self.page = Page(self.view)
        self.page.said = []
        self.page.settings().setAttribute(QWebEngineSettings.WebAttribute.ShowScrollBars, False)
        self.view.setPage(self.page)
        self.view.show()

    def wait(self, start, signal=None) -> list:
        """Start something, and wait for the signal, or for the callback that it is given; what came."""
        loop, came = QEventLoop(), []

        def arrived(value=None):
            came.append(value)
            loop.quit()

        if signal is not None:
            signal.connect(arrived)
        QTimer.singleShot(PATIENCE, loop.quit)
        start(arrived)
        if not came:
            loop.exec()
        if signal is not None:
            signal.disconnect(arrived)
        return came

    def pause(self, milliseconds: int) -> None:
        """Let the page settle."""
        self.wait(lambda arrived: QTimer.singleShot(milliseconds, arrived))

    def until(self, condition: str, tries: int = 1_000) -> None:
        """Wait until a script is true, for a quarter of a minute at most."""
        for _ in range(tries):
            if self.run(f"Boolean({condition})"):
                break
            self.pause(15)

    def frames(self) -> None:
        """Let the page be drawn anew."""
        self.run(
            "window.isDrawn = false, requestAnimationFrame(() => requestAnimationFrame(() => (isDrawn = true))), 0"
        )
        self.until("window.isDrawn")

    def settle(self, width: int) -> None:
        """Let the page take a width and be drawn in it; what changes slowly is at its end at once."""
        self.until(f"innerWidth === {width}")
        self.frames()
        self.run("document.getAnimations().forEach(each => each instanceof CSSTransition && each.finish())")

    def look(self) -> dict:
        """What the page is like now."""
        return json.loads(self.run(LOOK))

    def run(self, script: str) -> Any:
        """What a script answers."""
        return self.wait(lambda arrived: self.page.runJavaScript(script, arrived))[0]

    def open(self, url: str) -> bool:
        """Load a page; whether it could be loaded."""
        self.page.said.clear()
        return self.wait(lambda _: self.view.load(QUrl(url)), self.view.loadFinished) == [True]

    def switch(self, scheme: str) -> None:
        """Switch to a colour scheme, as a reader does."""
        name = SCHEMES[scheme]
        self.run(f"document.querySelector('input[data-md-color-scheme={name}]')?.click()")
        self.until(f"[undefined, '{name}'].includes(document.body.dataset.mdColorScheme)")

    def see(self, url: str, shots: Path | None) -> list[dict]:
        """A page in all widths and schemes."""
        found = []
        self.view.resize(WIDTHS[-1], 900)
        loaded = self.open(url)
        for scheme in SCHEMES:
            self.switch(scheme)
            for width in WIDTHS:
                self.view.resize(width, 900)
                self.settle(width)
                found.append({"url": url, "asked": [scheme, width], "loaded": loaded, **self.look()})
                if shots is not None:
                    name = url.rstrip("/").rpartition("/")[2] or "home"
                    self.view.grab().save(str(shots / f"{name}-{width}-{scheme}.png"))
        return [seen | {"console": list(self.page.said)} for seen in found]


def main() -> None:
    """See every page that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--shots", type=Path)
    asked = parser.parse_args()
    browser = Browser()
    print(json.dumps([seen for url in asked.urls for seen in browser.see(url, asked.shots)]))
    sys.stdout.flush()
    os._exit(0)  # Chromium's own processes are slow to end


if __name__ == "__main__":
    main()
