"""The site is built strictly, its links lead to places that exist, and its pages look right in a real browser.

The browser is Chromium in Qt (`docs/browser.py`), since pip alone installs it.
"""

import json
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parent.parent
BROWSER = ROOT / "docs" / "browser.py"
PAGES = sorted(
    str(page.relative_to(ROOT / "docs")).removesuffix(".md").removesuffix("index") for page in ROOT.glob("docs/**/*.md")
)

BROKEN = """<!doctype html><title>Broken</title><article style="background: #fff">
<p style="color: #aaa">faint</p><img src="none.png"><div style="width: 2000px">wide</div>
<pre><code style="display: block; overflow: auto; width: 99px">no_space_anywhere_in_this_long_line</code></pre>
</article>
<script>console.error("an error"); throw new Error("another")</script>
"""
"""A page with one of each fault."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


# Links.


class Html(HTMLParser):
    """The places of a page, and where its links and pictures lead."""

    def __init__(self, path):
        super().__init__()
        self.places, self.targets = set(), []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.places |= {given[name] for name in ("id", "name") if given.get(name)}
        self.targets += [given[name] for name in ("href", "src") if given.get(name)]


def broken(site):
    """The links inside of a site that lead nowhere: page and target."""
    pages = {path: Html(path) for path in site.rglob("*.html") if path.name != "404.html"}
    missing = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            aim = aim / "index.html" if aim.is_dir() else aim
            place = unquote(parts.fragment)
            if not aim.exists() or (place and aim in pages and place not in pages[aim].places):
                missing.append((str(path.relative_to(site)), target))
    return missing


def test_every_link_leads_somewhere(site):
    assert broken(site) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "index.html").write_text('<p id="here"><a href="#here"><a href="#gone"><a href="x/"><img src="y.svg">')
    assert [target for _, target in broken(tmp_path)] == ["#gone", "x/", "y.svg"]


# A browser.


class Server(ThreadingHTTPServer):
    searches = 0
    """How many pages have asked for the search index."""


class Handler(SimpleHTTPRequestHandler):
    """The files of a folder, but an empty search index after the first, since every page builds it anew."""

    def do_GET(self):
        if self.path.endswith("/search_index.json"):
            self.server.searches += 1
            if self.server.searches > 1:
                return self.answer(json.loads(Path(self.translate_path(self.path)).read_text()) | {"docs": []})
        return super().do_GET()

    def answer(self, content):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_):
        """Nothing is printed."""


def seen(folder, names):
    """What the browser says of pages, each light and dark, narrow and wide."""
    server = Server(("127.0.0.1", 0), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        urls = [
            f"http://127.0.0.1:{server.server_port}/{name}/".replace("//", "/").replace(":/", "://") for name in names
        ]
        command = [sys.executable, BROWSER, *urls]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        return dict(
            zip(names, [list(four) for four in zip(*[iter(json.loads(done.stdout))] * 4, strict=True)], strict=True)
        )
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def views(site):
    return seen(site, PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well(views, name):
    """No error in the console, no picture missing, nothing wider than the window, every text readable.

    On a screen no code is moved sideways; on a telephone it is.
    """
    for view in views[name]:
        scheme, width = view["asked"]
        where = f"{name}, {scheme}, {width} pixels"
        assert view["loaded"], where
        assert (view["scheme"], view["inner"]) == ({"light": "default", "dark": "slate"}[scheme], width), where
        assert view["console"] == [], where
        assert view["missing"] == [], where
        assert view["width"] <= width, (where, view["wide"])
        assert view["texts"] > 0, where
        assert view["faint"] == [], where
        assert width < 1440 or view["sideways"] == [], where


def test_formulas_are_mathematics(views):
    for name, least in (("ramps/", 5), ("reference/ramps/", 6), ("gallery/", 40)):
        assert all(view["formulas"] >= least for view in views[name.rstrip("/")])


def test_the_gallery_has_pictures(views):
    assert all(view["pictures"] > 40 for view in views["gallery"])


def test_faults_are_seen(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "index.html").write_text(BROKEN)
    views = seen(tmp_path, ["broken", "none"])
    for view in views["broken"]:
        assert view["loaded"]
        assert len(view["console"]) >= 2
        assert len(view["missing"]) == 1
        assert view["width"] > view["inner"] or view["inner"] == 1440
        assert [text.split()[0] for text in view["faint"]] == ["faint"]
        assert view["sideways"] == ["no_space_anywhere_in_this_long_line"]
    assert not any(view["loaded"] for view in views["none"])
    assert views["broken"][0]["width"] >= 2000
