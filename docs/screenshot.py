"""The picture of the designer: `python docs/screenshot.py` opens its page in a browser and writes `designer.png`."""

import os
import tempfile
from pathlib import Path

from browser import Browser, QUrl

from lrsched.designer import page

TARGET = Path(__file__).parent / "images" / "designer.png"
TEXTS = ["wsd(3e-4, 1000, 20_000, 5000, decay=one_minus_sqrt)", "warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5)"]
BOUND = """
(select => {
  select.value = "bound";
  select.dispatchEvent(new Event("change"));
})(document.getElementById("below"))
"""


def main() -> None:
    """Write the picture."""
    browser = Browser()
    browser.view.resize(1280, 800)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page(TEXTS), encoding="utf-8")
        browser.wait(lambda _: browser.view.load(QUrl(file.as_uri())), browser.view.loadFinished)
        browser.settle(1280)
        browser.run(BOUND)
        browser.pause(1500)
        browser.view.grab().save(str(TARGET))
    os._exit(0)  # Chromium's own processes are slow to end


if __name__ == "__main__":
    main()
