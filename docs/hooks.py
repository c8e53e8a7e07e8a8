"""What the build calls: pages, or parts of them, that are made from the code or from files above this folder."""

import re
from pathlib import Path
from typing import Any

from formulas import in_tables
from gallery import cards

import lrsched

ROOT = Path(__file__).parents[1]
CARDS = "<!-- the cards -->"
"""Where the cards go in the page of the gallery."""

ABOVE = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
"""Pages that are files above this folder, where links lead from the folder above, or to the repository."""

REPOSITORY = re.compile(
    r"https://(?:github\.com/lrsched/lrsched/(?:blob|tree)|raw\.githubusercontent\.com/lrsched/lrsched)/main/"
)


DESIGNER = "designer/page.html"
"""Where the designer is on the site."""

SITE = "https://lrsched.github.io/lrsched/"
"""Where the site is."""

NOTEBOOK = "<!-- the notebook -->"
"""Where a page shows a schedule as a notebook does."""


def on_files(files: Any, *, config: Any) -> Any:
    """The files of the site, and the designer."""
    from mkdocs.structure.files import File  # which the tests of the gallery do without

    files.append(File.generated(config, DESIGNER, content=lrsched.designer.page(["wsd(3e-4, 1000, 20_000, 4000)"])))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:
    """A page as it is rendered."""
    name = page.file.src_uri
    if name == "gallery.md":
        return markdown.replace(CARDS, cards())
    if name in ABOVE:
        return here((ROOT / ABOVE[name]).read_text())
    if name == "designer.md":
        return markdown.replace(SITE + DESIGNER, DESIGNER)
    return markdown.replace(NOTEBOOK, lrsched.warmup_cosine(3e-4, 1_000, 10_000)._repr_html_() or "")


def here(text: str) -> str:
    """A file from above this folder, with its links to pages as they are from here."""
    text = REPOSITORY.sub("", text).replace("](docs/", "](")
    for page, name in ABOVE.items():
        text = text.replace(f"]({name})", f"]({page})")
    return text.replace("](LICENSE)", "](https://github.com/lrsched/lrsched/blob/main/LICENSE)")


def on_page_content(html: str, **_: object) -> str:
    """A page with its formulas."""
    return in_tables(html)
