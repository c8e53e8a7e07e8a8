"""Handles stand where a number is seen, drags follow the curve, and pieces are edited as people would write them."""

import time

import numpy as np
import pytest

import lrsched as lr

from ..test_fuzz import drawn
from .engine_in_js import ask

RUN = "warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5)"
WSD = "wsd(0.0003, 100, 1000, 100)"

HANDLES = {
    RUN: {
        "peak_value": ("value", 1000, 1.0),
        "warmup_steps": ("step", 1000, 1.0),
        "total_steps": ("step", 20000, 1.0),
        "init_value": ("value", 0, 1.0),
        "end_value": ("value", 20000, 1.0),
    },
    WSD: {
        "peak_value": ("value", 100, 1.0),
        "warmup_steps": ("step", 100, 1.0),
        "total_steps": ("step", 1000, 1.0),
        "decay_steps": ("step", 900, -1.0),
        "init_value": ("value", 0, 1.0),
        "end_value": ("value", 1000, 1.0),
    },
    "0.5 * cosine(1, 0, 100)": {
        "left": ("value", 0, 1.0),
        "right.init_value": ("value", 0, 0.5),
        "right.end_value": ("value", 100, 0.5),
        "right.steps": ("step", 100, 1.0),
    },
    "warmup(inverse_sqrt(1e-3, 500), 100)": {
        "schedule.init_value": ("value", 100, 1.0),
        "schedule.timescale": ("step", 600, 1.0),
        "steps": ("step", 100, 1.0),
        "init_value": ("value", 0, 1.0),
    },
    "piecewise_constant([1, 0.1], [30])": {
        "values.0": ("value", 0, 1.0),
        "values.1": ("value", 30, 1.0),
        "boundaries.0": ("step", 30, 1.0),
    },
    "stretch(linear(1, 0, 10), 100)": {
        "schedule.init_value": ("value", 0, 1.0),
        "schedule.end_value": ("value", 1000, 1.0),
        "schedule.steps": ("step", 1000, 100.0),
        "factor": ("step", 1000, pytest.approx(10, rel=0.1)),
    },
}
"""The expression; of each number its path, its axis, the step where it is seen, and what a unit of it moves."""


@pytest.mark.parametrize("text", HANDLES)
def test_handles_stand_where_a_number_is_seen(text):
    handles = ask("(text) => lrsched.handles(lrsched.read(text))", text)
    found = {".".join(map(str, each["path"])): each for each in handles}
    assert {path: (h["axis"], h["step"], pytest.approx(h["slope"])) for path, h in found.items()} == HANDLES[text]
    schedule = lr.parse(text)
    assert all(handle["height"] == schedule(handle["step"]) for handle in handles)


DRAGGED = """
(text) => {
    const node = lrsched.read(text);
    const handles = lrsched.handles(node);
    const count = lrsched.pieces(node).length;
    const edits = [lrsched.withPiece(node, 0), lrsched.withPiece(node, count), lrsched.movedPiece(node, 0, count - 1)];
    return {
        same: handles.map(({ path, value }) => lrsched.write(lrsched.changed(node, path, value))),
        places: handles.map(({ step, height, slope }) => [step, height, slope]),
        edits: edits.map(lrsched.write),
    };
}
"""

CHANGES = [
    (RUN, ["peak_value"], 1e-3, "warmup_cosine(0.001, 1000, 20000, end_value=3e-05)"),
    (RUN, ["init_value"], 1e-5, "warmup_cosine(0.0003, 1000, 20000, init_value=1e-05, end_value=3e-05)"),
    (RUN, ["end_value"], 0, "warmup_cosine(0.0003, 1000, 20000)"),
    ("cosine(steps=10, init_value=1, end_value=0)", ["steps"], 30, "cosine(1.0, 0.0, 30)"),
    ("piecewise_constant([1, 0.1], [30])", ["values", 1], 0.2, "piecewise_constant([1.0, 0.2], [30])"),
    ("0.5 * cosine(1, 0, 10)", ["left"], 2, "scale(cosine(1.0, 0.0, 10), 2.0)"),
    ("0.5 * cosine(1, 0, 10)", ["right", "steps"], 20, "scale(cosine(1.0, 0.0, 20), 0.5)"),
    ("warmup(cosine(1, 0, 10 * 10), 5)", ["schedule", "steps"], 20, "warmup(cosine(1.0, 0.0, 20), 5)"),
    (
        "warmup(1, 5, ramp=partial(polynomial, power=3))",
        ["ramp", "power"],
        4,
        "warmup(1.0, 5, ramp=partial(polynomial, power=4.0))",
    ),
]


@pytest.mark.parametrize(("text", "path", "value", "want"), CHANGES)
def test_a_changed_number_is_written(text, path, value, want):
    change = "(text, path, value) => lrsched.write(lrsched.changed(lrsched.read(text), path, value))"
    assert ask(change, text, path, value) == want
    assert repr(lr.parse(want)) == want


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(1_000, 3_000), marks=pytest.mark.sweep)], ids=str)
def test_random_expressions_can_be_dragged_and_edited(seeds):
    """A handle has a place on the curve, and its own value changes nothing; what edits write, `parse` reads."""
    for seed in seeds:
        text = repr(drawn(seed))
        found = ask(DRAGGED, text)
        assert all(same == text for same in found["same"]), text
        assert all(None not in place and place[2] != 0 for place in found["places"]), text
        for edited in found["edits"]:
            assert repr(lr.parse(edited)) == edited


def test_a_change_leaves_the_expression_as_it_was():
    assert ask(
        """(text) => {
            const node = lrsched.read(text);
            lrsched.changed(node, ["peak_value"], 1);
            return lrsched.write(node);
        }""",
        RUN,
    ) == repr(lr.parse(RUN))


@pytest.mark.parametrize(
    ("path", "present", "wanted", "nearest"),
    [(["warmup_steps"], 1000, 50_000, 20_000), (["total_steps"], 20_000, 10, 1_000), (["peak_value"], 3e-4, -1, -1)],
)
def test_a_drag_stops_at_the_last_value_that_is_taken(path, present, wanted, nearest):
    ask_nearest = "(text, ...given) => lrsched.nearest(lrsched.read(text), ...given)"
    assert ask(ask_nearest, RUN, path, present, wanted) == nearest


@pytest.mark.parametrize(
    ("value", "resolution", "near"),
    [
        (2.9873e-4, 2e-6, 3e-4),
        (1003.4, 5, 1000),
        (1234, 30, 1230),
        (-0.00001, 0.001, 0),
        (0.1 + 0.2, 1e-12, 0.3),
        (-47.3, 1, -47),
        (123456.789, 0, 123456.789),
    ],
)
def test_rounded_has_the_fewest_digits(value, resolution, near):
    assert ask("lrsched.rounded", value, resolution) == near


# What is drawn.

LONG = {
    "wsd(3e-4, 1000, 1_000_000, 100_000)": 1_000_000,
    "restart(wsd(1.0, 10, 100, 20), 100)": 1_000_000,
    "sgdr(1.0, 0.0, 10, period_mult=1.2)": 1_000_000,
    "0.5 * cyclic(0.0, 1.0, 7) + linear(1, 0, 1_000_000)": 1_000_000,
    "join([linear(0, 1, 3), constant(0.5), linear(1.0, 0.0, 1000)], [3, 999_000])": 1_000_000,
}


def sampled(text, first, last, pixels):
    found = ask(
        """(text, first, last, pixels) => {
            const { steps, values, low, high } = lrsched.sample(lrsched.make(lrsched.read(text)), first, last, pixels);
            return [steps, values, low, high].map((list) => [...list]);
        }""",
        text,
        first,
        last,
        pixels,
    )
    return [np.array(each, float) for each in found]


@pytest.mark.parametrize("text", LONG)
def test_the_least_and_greatest_value_of_each_pixel_are_those_of_all_steps(text):
    """To what a monotone piece changes between two samples; both sides of every boundary are there."""
    last, pixels, schedule = LONG[text], 800, lr.parse(text)
    steps, values, low, high = sampled(text, 0, last, pixels)
    assert len(steps) <= 9 * pixels
    assert np.all(np.diff(steps) > 0)
    assert np.all(steps == np.floor(steps))
    np.testing.assert_allclose(values, [schedule(int(step)) for step in steps], rtol=1e-13)
    inside = [step for step in schedule.boundaries if step <= last]
    assert {*inside, *(step - 1 for step in inside)} <= {*steps.tolist()}
    every = schedule(np.arange(last + 1))
    pixel = np.minimum(np.arange(last + 1) * pixels // last, pixels - 1)
    edges = np.searchsorted(pixel, np.arange(pixels))
    near = 0.01 * (every.max() - every.min())
    np.testing.assert_allclose(low, np.minimum.reduceat(every, edges), atol=near)
    np.testing.assert_allclose(high, np.maximum.reduceat(every, edges), atol=near)


def test_a_short_curve_is_seen_at_every_step():
    steps, values, _, _ = sampled("linear(1.0, 0.0, 10)", 0, 12, 800)
    assert steps.tolist() == [*range(13)]
    assert values.tolist() == [lr.linear(1.0, 0.0, 10)(step) for step in range(13)]


@pytest.mark.parametrize("text", LONG)
def test_a_million_steps_are_sampled_at_once(text):
    """Read, made and sampled in much less than 50 ms, of which this is the best of five."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        ask("(text) => lrsched.sample(lrsched.make(lrsched.read(text)), 0, 1e6, 1000).steps.length", text)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.05


# Pieces.

PIECES = ["linear(0.0, 0.0003, 100)", "constant(0.0003)", "linear(0.0003, 0.0, 100)"]

EDITS = {
    "withPiece(node, 1, 'cosine')": (
        f"join([{PIECES[0]}, cosine(0.0003, 0.0003, 100), {PIECES[1]}, {PIECES[2]}], [100, 200, 1000])"
    ),
    "withPiece(node, 3)": f"join([{', '.join(PIECES)}, linear(0.0, 0.0, 100)], [100, 900, 1000])",
    "withoutPiece(node, 1)": f"join([{PIECES[0]}, {PIECES[2]}], [100])",
    "withoutPiece(node, 2)": f"join([{PIECES[0]}, {PIECES[1]}], [100])",
    "movedPiece(node, 2, 0)": f"join([{PIECES[2]}, {PIECES[0]}, {PIECES[1]}], [100, 200])",
    "movedPiece(node, 1, 2)": f"join([{PIECES[0]}, {PIECES[2]}, {PIECES[1]}], [100, 200])",
}


def test_a_run_has_pieces():
    found = ask("(text) => lrsched.pieces(lrsched.read(text))", WSD)
    assert [(piece["begin"], piece["end"], piece["text"]) for piece in found] == [
        (0, 100, PIECES[0]),
        (100, 900, PIECES[1]),
        (900, 1000, PIECES[2]),
    ]


@pytest.mark.parametrize("edit", EDITS)
def test_pieces_are_edited(edit):
    made = ask(f"(text) => {{ const node = lrsched.read(text); return lrsched.write(lrsched.{edit}); }}", WSD)
    assert made == EDITS[edit]
    assert repr(lr.parse(made)) == made


def test_the_last_piece_stays():
    with pytest.raises(Exception, match="a run has one piece or more"):
        ask("lrsched.withoutPiece(lrsched.read('linear(0, 1, 9)'), 0)")


@pytest.mark.parametrize(
    "text", ["wsd(3e-4, 100, 1_000, 100)", "sgdr(1, 0, 10)", "noam(512, 4_000) * 2", "constant(1)"]
)
def test_the_table_of_pieces_is_that_of_describe(text):
    found = ask("(text) => lrsched.make(lrsched.read(text)).pieces", text)
    want = [line.split() for line in lr.parse(text).describe().splitlines()[2:]]
    assert [str(piece["begin"]) for piece in found] == [row[0] for row in want]
    assert [piece["text"] for piece in found] == [" ".join(row[4:]) for row in want]
