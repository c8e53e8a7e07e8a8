"""The designer in a real browser, used as a person does: mouse, keyboard, clipboard and address."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

import lrsched
from lrsched.designer import page

WINDOW = Path(__file__).with_name("window.py")
FIRST = "warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5)"

pytestmark = pytest.mark.slow


class Window:
    """A browser of its own process, whose methods are those of `window.py`."""

    def __init__(self, file, *args):
        self.url = file.as_uri()
        self.folder = file.parent  # of downloads
        command = [sys.executable, WINDOW, *args]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        self.process = subprocess.Popen(command, env={**os.environ, "DOWNLOADS": str(self.folder)}, **pipes)
        assert self._answer() == "ready"

    def _answer(self):
        return json.loads(self.process.stdout.readline())

    def do(self, name, *args):
        self.process.stdin.write(json.dumps([name, *args]) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def open(self, *texts, width=1280, height=800):
        """Open the page with the expressions in its address."""
        fragment = "#" + "&".join(quote(text, safe="(),") for text in texts) if texts else ""
        self.do("show", self.url + fragment, width, height)

    def run(self, script):
        """What a script answers, as JSON."""
        answer = self.do("run", f"JSON.stringify({script})")
        return None if answer in (None, "") else json.loads(answer)

    def told(self, part, wanted):
        """What a part of the panel says, once a text is in it: it is computed beside the page."""
        for _ in range(200):
            said = self.run(f"document.getElementById('{part}').textContent")
            if wanted in said:
                break
            self.do("pause", 50)
        return said

    @property
    def texts(self):
        return self.run("lrsched.page.texts()")

    def place(self, selector):
        """The middle of an element."""
        box = self.run(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        assert box is not None, selector
        return box

    def grip(self, name):
        return self.place(f'.grip[aria-label="{name}"]')

    def focus(self, selector):
        self.do("run", f"document.querySelector({json.dumps(selector)}).focus()")

    def number(self, name):
        return self.run(f"Number(document.querySelector('.grip[aria-label=\"{name}\"]').getAttribute('aria-valuenow'))")

    def write(self, text):
        """Put a text into the first field of expressions, as one input of the keyboard."""
        self.do(
            "run",
            "(input => {"
            f"input.value = {json.dumps(text)}; input.dispatchEvent(new Event('input', {{bubbles: true}}));"
            "})(document.querySelector('.text'))",
        )
        self.do("rest")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("designer") / "page.html"
    path.write_text(page([FIRST]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(file):
    window = Window(file)
    yield window
    window.close()


@pytest.fixture
def blank(opened):
    """A window in which the test opens the page; nothing may be said on the console."""
    yield opened
    assert opened.do("said") == []


@pytest.fixture
def window(blank):
    """A window with the page as it is first seen."""
    blank.open()
    return blank


def drawn(window):
    """The last lines of plotly: the steps and the values of each."""
    return window.run("document.getElementById('chart').data.map(({x, y}) => [[...x], [...y]])")


def arguments(window):
    """The arguments of the first schedule."""
    return lrsched.parse(window.texts[0]).to_config()["args"]


def test_the_page_draws_what_it_was_given(window):
    assert window.texts == [FIRST]
    ((steps, values),) = drawn(window)
    schedule = lrsched.parse(FIRST)
    at = dict(zip(steps, values, strict=True))
    assert {0, 1000, 20_000} <= at.keys()
    assert max(at.values()) == 3e-4
    assert all(at[step] == pytest.approx(schedule(int(step)), rel=1e-14) for step in list(at)[::50])


def test_typing_changes_the_curve(window):
    window.focus(".text")
    window.run("document.querySelector('.text').select()")
    window.do("type", "linear(1, 0, 64)")
    assert window.texts == ["linear(1, 0, 64)"]
    ((steps, values),) = drawn(window)
    assert dict(zip(steps, values, strict=True))[32] == 0.5


def test_a_drag_changes_the_text(window):
    x, y = window.grip("peak value")
    window.do("drag", [x, y], [x + 60, y + 80])
    peak, warmup_steps = (arguments(window)[name] for name in ("peak_value", "warmup_steps"))
    assert 2e-4 < peak < 2.9e-4
    assert 1500 < warmup_steps < 4000
    assert peak == float(f"{peak:.3g}")
    assert warmup_steps % 10 == 0
    assert max(drawn(window)[0][1]) == peak
    assert window.texts[0].endswith(", 20_000, end_value=3e-5)")


def test_the_floor_is_dragged(window):
    x, y = window.grip("end value")
    window.do("drag", [x, y], [x, y - 40])
    assert 4e-5 < arguments(window)["end_value"] < 7e-5


def test_escape_ends_a_drag_where_it_began(window):
    x, y = window.grip("end value")
    window.do("drag", [x, y], [x, y - 40], 8, False)
    assert window.texts != [FIRST]
    window.do("press", "Escape")
    assert window.texts == [FIRST]


def test_what_a_schedule_refuses_stops_the_drag(window):
    x, y = window.grip("warmup steps")
    window.do("drag", [x, y], [x + 2000, y])
    assert arguments(window)["warmup_steps"] <= 20_000


def test_arrow_keys_move_a_handle(window):
    window.focus('.grip[aria-label="peak value"]')
    window.do("press", "Up")
    assert window.number("peak value") == 3.1e-4
    window.do("press", "Down", "Shift")
    assert window.number("peak value") == 3.09e-4
    window.focus('.grip[aria-label="warmup steps"]')
    window.do("press", "Right")
    assert lrsched.parse(window.texts[0]) == lrsched.warmup_cosine(3.09e-4, 1100, 20_000, end_value=3e-5)


def test_a_handle_says_its_name_and_value(window):
    window.focus('.grip[aria-label="peak value"]')
    names = ["role", "aria-label", "aria-valuenow", "aria-valuetext", "aria-orientation"]
    told = window.run(f"{names}.map(name => document.activeElement.getAttribute(name))")
    assert told == ["slider", "peak value", "0.0003", "3e-4", "vertical"]


def test_a_number_is_typed(window):
    window.do("click", window.grip("peak value"), 2)
    window.run("document.querySelector('.typed').select()")
    window.do("type", "1e-3")
    window.do("press", "Return")
    assert window.number("peak value") == 1e-3


def test_undo_and_redo(window):
    window.focus('.grip[aria-label="peak value"]')
    for _ in range(3):
        window.do("press", "Up")
    window.do("press", "Z", "Control")
    assert window.number("peak value") == 3.2e-4
    window.do("press", "Z", "Control")
    window.do("press", "Z", "Control")
    assert window.texts == [FIRST]
    window.do("press", "Z", "Control Shift")
    assert window.number("peak value") == 3.1e-4


def test_a_field_edits_its_place(window):
    window.focus('[data-key="field-0.init_value"]')
    window.do("type", "1e-6")
    window.do("press", "Return")
    assert window.texts == ["warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5, init_value=1e-6)"]
    window.focus('[data-key="field-0.warmup_steps"]')
    window.do("press", "Up")
    assert window.texts == ["warmup_cosine(3e-4, 1100, 20_000, end_value=3e-5, init_value=1e-6)"]


@pytest.mark.parametrize("form", ["expression", "optax", "YAML"])
def test_copying(window, form):
    window.do("click", window.place(f'[data-form="{form}"]'))
    copied = window.do("clipboard")
    assert copied == window.run(f"lrsched.page.form({json.dumps(form)}, lrsched.page.active().good)")
    assert "warmup_cosine" in copied


def test_the_address_holds_the_expressions(window):
    window.focus('.grip[aria-label="peak value"]')
    window.do("press", "Up")
    window.do("pause", 400)
    address = window.run("location.href")
    assert "#warmup_cosine(" in address
    window.do("click", window.place("#link"))
    assert window.do("clipboard") == address
    before = window.texts
    window.do("show", address)
    assert window.texts == before


def test_an_error_is_shown_at_its_place_and_the_curve_stays(window):
    window.write("0.5 * warmup_cosin(3e-4, 1000, 20_000)")
    error = window.run("(({hidden, textContent}) => [hidden, textContent])(document.querySelector('.error'))")
    assert error[0] is False
    assert "did you mean 'warmup_cosine'" in error[1]
    assert window.run("document.querySelector('.text').getAttribute('aria-invalid')") == "true"
    assert window.run("document.querySelector('.error').style.getPropertyValue('--at')") == "6"
    assert max(drawn(window)[0][1]) == 3e-4
    window.write("0.5 * warmup_cosine(3e-4, 1000, 20_000)")
    assert window.run("document.querySelector('.error').hidden")
    assert max(drawn(window)[0][1]) == 1.5e-4


MARKUP = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


@pytest.mark.parametrize("text", [MARKUP, "constructor(1)", "__proto__", "constant(constructor)", "(" * 9_000, "é%zz"])
def test_a_bad_address_is_an_error_in_words(blank, text):
    blank.open(text)
    assert blank.texts == [text]
    assert blank.run("document.querySelector('.error .message').textContent.length") > 10
    assert blank.run("[document.title, document.querySelectorAll('img').length]") == ["lrsched designer", 0]


@pytest.mark.parametrize("text", ["1+" * 500_000 + "1", "shift(" * 10_000 + "constant(1)" + ", 1)" * 10_000])
def test_a_long_text_does_not_freeze_the_page(window, text):
    window.do("run", f"window.long = {json.dumps(text)}")
    window.run("(lrsched.page.rewrite(long), lrsched.page.drawNow(), 1)")
    assert window.run("document.querySelector('.error').hidden") is False
    window.run("(lrsched.page.rewrite('constant(1)'), lrsched.page.drawNow(), 1)")
    assert window.run("document.querySelector('.error').hidden") is True


def test_several_schedules_are_compared(blank):
    blank.open(FIRST, "wsd(2e-4, 1000, 20000, 4000)")
    assert len(drawn(blank)) == 2
    blank.do("click", blank.place("#difference input"))
    ((steps, values),) = drawn(blank)
    difference = lrsched.wsd(2e-4, 1000, 20_000, 4000) - lrsched.parse(FIRST)
    at = dict(zip(steps, values, strict=True))
    assert at[1000] == pytest.approx(difference(1000))
    blank.do("click", blank.place("#difference input"))
    blank.do("click", blank.place(".expression:nth-child(2) .dot"))
    assert blank.run("document.querySelectorAll('.grip').length") >= 3
    assert "decay_steps" in blank.run("document.getElementById('fields').textContent")


def test_units_and_logarithmic_axes(window):
    set_unit = "(s => {s.value = 'epochs'; s.dispatchEvent(new Event('change'))})(document.querySelector('#unit'))"
    window.do("run", set_unit)
    window.do("pause", 200)
    assert max(step for step in drawn(window)[0][0] if step <= 20) == 20
    window.do("click", window.place('[data-option="logValue"]'))
    assert window.run("document.getElementById('chart').layout.yaxis.type") == "log"
    x, y = window.grip("peak value")
    window.do("drag", [x, y], [x, y + 30])
    assert arguments(window)["peak_value"] < 2.9e-4


def test_hovering_reads_every_curve(blank):
    blank.open(FIRST, "constant(1e-4)")
    blank.do("move", blank.place("#chart"))
    told = blank.run("document.querySelector('.hoverlayer').textContent")
    assert "1e-4  constant" in told.replace("\u00a0", " ")
    assert "warmup_cosine" in told


def test_a_recipe_is_laid_beside(window):
    window.do("click", window.place("#recipes-open"))
    window.do("click", window.place("#recipes-list li:nth-child(2) button"))
    assert window.texts[0] == FIRST
    assert lrsched.parse(window.texts[1]) == lrsched.recipes.find(lrsched.recipes.list()[1])()


@pytest.mark.parametrize(("form", "start"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_picture_is_saved(window, form, start):
    file = window.folder / f"schedule.{form.lower()}"
    window.do("click", window.place(f'[data-form="{form}"]'))
    for _ in range(50):
        if file.exists() and file.read_bytes():
            break
        window.do("pause", 200)
    assert file.read_bytes().startswith(start)


def test_pieces_are_added_moved_and_removed(blank):
    blank.open("join([linear(0, 1e-3, 100), cosine(1e-3, 0, 400)], [100])")
    pieces = "[...document.querySelectorAll('.tab')].map(tab => tab.textContent)"
    assert blank.run(pieces) == ["linear", "cosine"]
    blank.do("click", blank.place('[data-key="add-piece"]'))
    blank.do("click", blank.place("#ramps-list button"))
    added = blank.run(pieces)
    assert len(added) == 3
    assert (added[0], added[2]) == ("linear", "cosine")
    assert lrsched.parse(blank.texts[0]).length > 500
    blank.do("click", blank.place('[aria-label="remove piece 2"]'))
    assert blank.run(pieces) == ["linear", "cosine"]
    start, end = blank.place(".tab:nth-child(1)"), blank.place(".tab:nth-child(2)")
    blank.do("drag", start, [end[0] + 200, end[1]])
    assert blank.run(pieces) == ["cosine", "linear"]
    assert lrsched.parse(blank.texts[0]).boundaries[0] == 400


def test_a_whole_run_is_composed(blank):
    blank.open("wsd(3e-4, 100, 1000, 200)")
    blank.do("click", blank.place(".tab:nth-child(3)"))
    blank.do("click", blank.place('[aria-label="remove piece 3"]'))
    schedule = lrsched.parse(blank.texts[0])
    assert schedule(100) == schedule(800) == 3e-4


def test_a_cooldown_begins_where_the_curve_is_clicked(window):
    x, y = window.place("#chart")
    window.do("move", [x, y])
    window.do("click", [x, y])
    window.do("click", window.place("#point-list button"))
    text = window.texts[0]
    assert text.startswith(f"cooldown({FIRST}, ")
    assert lrsched.parse(text).length < 20_000


def test_a_law_is_loaded(window):
    law = json.loads((Path(__file__).parent / "law.json").read_text())
    window.do("run", f"lrsched.page.useLaw({json.dumps(law)}, 'law.json')")
    final = lrsched.forecast.Law.from_config(law).final(lrsched.parse(FIRST), 20_000)
    wanted = f"final loss{final:.5g}"[:14]
    assert wanted in window.told("forecast", wanted)
    assert len(drawn(window)) == 4


def test_what_is_no_law_is_refused_in_words(window):
    window.do("run", "window.refused = lrsched.page.tried(() => lrsched.page.useLaw('[1]', 'x')).refusal")
    assert "law" in window.run("refused")


def test_the_bound_is_drawn_below(window):
    window.do(
        "run", "(s => {s.value = 'bound'; s.dispatchEvent(new Event('change'))})(document.querySelector('#below'))"
    )
    assert "best peak3e-4" in window.told("forecast", "best peak")
    assert len(drawn(window)) == 2
    schedule = lrsched.parse(FIRST)
    ratio = lrsched.forecast.calibrate(schedule, 20_000)
    _, values = drawn(window)[1]
    assert values[-1] == pytest.approx(lrsched.forecast.bound(schedule, 20_000, ratio), rel=1e-6)


def test_the_panel_tells_findings_and_costs(window):
    assert "zero start" in window.told("check", "zero start")
    assert "5\u202f120\u202f000" in window.told("costs", "tokens")


def test_the_page_does_not_wait_for_the_panel(window):
    """What takes long for many updates is computed in a worker, and only the last question is answered."""
    window.run("lrsched.check = lrsched.bound = null")
    for end in ("0", "1e-5", "2"):
        window.run(f"lrsched.page.rewrite('warmup_linear(1, 0, 1_000_000, end_value={end})')")
    window.run("lrsched.page.rewrite('clamp_min(linear(1, 0, 1_000_000), 0) - 0.5')")
    assert "negative" in window.told("check", "negative")
    assert window.do("said") == []


def test_recipes_are_the_same_in_other_digits(window):
    texts = window.run("[...document.querySelectorAll('#recipes-list code')].map(code => code.textContent)")
    assert [lrsched.parse(text) for text in texts] == [lrsched.recipes.find(name)() for name in lrsched.recipes.list()]
    assert any("e-" in text for text in texts)


def test_a_telephone(blank):
    blank.open(width=390, height=844)
    assert blank.run("document.documentElement.scrollWidth") == 390
    sizes = blank.run("[...document.querySelectorAll('.grip')].map(e => [e.offsetWidth, e.offsetHeight])")
    assert sizes
    assert all(width >= 44 and height >= 44 for width, height in sizes)


def test_a_finger_beside_a_handle_drags_it(blank):
    blank.open(width=390, height=844)
    x, y = blank.grip("peak value")
    blank.do("touch", [x + 12, y + 10], [x + 52, y + 60])
    assert 2e-4 < arguments(blank)["peak_value"] < 2.9e-4
    assert 2000 < arguments(blank)["warmup_steps"] < 6000


@pytest.mark.parametrize("width", [390, 768, 1280, 2560])
def test_nothing_is_wider_than_the_window(blank, width):
    blank.open(FIRST, "sgdr(1e-3, 0, 4000)", width=width, height=900)
    assert blank.run("document.documentElement.scrollWidth") <= width


def test_a_screen_needs_no_scrolling(window):
    assert window.run("document.documentElement.scrollHeight") <= 800


def test_few_points_are_drawn_of_a_million_steps(blank):
    blank.open("cyclic(1e-4, 1e-3, 777)")
    blank.write("join([cyclic(1e-4, 1e-3, 777), constant(1)], [1_000_000])")
    ((steps, values),) = drawn(blank)
    assert max(steps) >= 1_000_000
    assert len(steps) < 13 * 1280
    assert max(values) == 1


def test_dark(file):
    window = Window(file, "dark")
    try:
        window.open()
        assert window.run("matchMedia('(prefers-color-scheme: dark)').matches")
        ground = window.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert max(ground) < 40
        assert window.do("said") == []
    finally:
        window.close()
