"""The run whose plan changes, in a reduced form; and the page shows what the script printed.

The script itself takes minutes and is not run here.
"""

import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import lrsched

from .examples import DOCS, imported

SCRIPTS = ("text", "plan_that_changes")


@pytest.fixture(scope="module")
def plan():
    """The script, which imports its neighbour by name, as when it is run, with the text of a few modules.

    And no more threads than it takes.
    """
    threads = torch.get_num_threads()
    with imported(SCRIPTS) as modules:
        with pytest.MonkeyPatch.context() as patch:
            few = {"argparse", "ast", "doctest", "inspect", "random", "statistics", "typing"}
            patch.setattr(sys, "stdlib_module_names", frozenset(few))
            modules["text"].letters()  # kept by this module, which no other test imports
        yield modules["plan_that_changes"]
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def small(plan, tmp_path_factory):
    """The whole of it with 56 updates and two seeds, written to a page."""
    folder = tmp_path_factory.mktemp("docs")
    page = folder / "changing_a_run.md"
    marker = "<!-- python docs/examples/plan_that_changes.py --write: {} -->"
    page.write_text(f"head\n{marker.format('begin')}\nOUTDATED\n{marker.format('end')}\ntail\n")
    task = plan.Task(40, 20, 100, 40, 16, every=2, merged=(2, 3, 9), batch=4, peaks=(0.012,), tries=1, seeds=2)
    task = task._replace(held_out=64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "PAGE", page)
        patch.setattr(plan.text, "IMAGES", folder)
        return task, plan.main(write=True, task=task), page


def test_each_plan_keeps_the_past_of_the_one_before(plan):
    task = plan.TASK
    planned, extended, cooled = plan.plans(task, 0.01)
    assert planned == lrsched.wsd(0.01, 50, 1_000, 200)
    for new, old, at in ((extended, planned, task.interrupted), (cooled, extended, task.cooled)):
        assert not lrsched.check(new, after=old, at=at).at_least("warning")
    steps = np.arange(task.cooled, task.end + 1)
    assert set(extended(steps)) == {0.01}, "the other run is at the constant rate until it ends"
    assert (cooled(task.end), cooled.length) == (0.0, task.end)


def test_every_update_used_the_rate_of_its_plan(plan, small):
    task, results, _ = small
    expected = plan.plans(task, 0.012).cooled(np.arange(task.end)).tolist()
    assert [result.rates for result in results] == [expected] * task.seeds


def test_the_run_that_was_resumed_twice_is_the_one_without_interruption(plan, small):
    """Bit for bit: the weights, the optimizer and the order of the samples are restored, under another schedule."""
    task, results, _ = small
    texts = torch.from_numpy(plan.text.held_out(task.held_out)).long()
    weights = plan.whole(task, 0.012, seed=1)
    assert plan.loss(weights, texts) == results[1].losses["cooled down"] != results[0].losses["cooled down"]


def test_the_scheduler_says_at_which_step_the_plans_part(small):
    """The plateau ends at step 32 of the first plan; the cooldown begins at step 40."""
    _, results, _ = small
    for result in results:
        first, second = (
            re.search(r"first differs at step (\d+); .* from update (\d+) on", said) for said in result.said
        )
        assert first.groups() == ("33", "20")
        assert second.groups() == ("41", "40")


def test_losses_and_merges(small):
    task, results, _ = small
    for result in results:
        assert all(loss < np.log(96) - 1 for loss in result.losses.values()), "more than no knowledge"
        constant, cooled, merged = result.curves.values()
        assert {len(curve) for curve in result.curves.values()} == {len(task.seen)}
        assert constant[0] == cooled[0] == merged[0] == result.losses["constant, before"]
        assert (constant[-1], cooled[-1]) == (result.losses["constant"], result.losses["cooled down"])
        assert merged[-1] == result.losses["merged, 9 checkpoints"], "every other step is one of nine"
        assert len(set(result.losses.values())) == len(result.losses)
        # All three are within the 16 updates of the cooldown, in which the loss falls by 0.1.
        assert max(result.losses[name] for name in result.losses if "merged" in name) < constant[0]


def test_the_page_is_written(plan, small):
    task, results, page = small
    written = page.read_text()
    assert written.startswith("head\n<!--")
    assert written.endswith("-->\ntail\n")
    assert "OUTDATED" not in written
    rows = plan.rows(task, results)
    assert plan.text.table(rows) in written
    assert [row[0] for row in rows[1:]] == list(results[0].losses)
    svg = (page.parent / "plan_that_changes.svg").read_text()
    ElementTree.fromstring(svg)
    assert all(f">{words}<" in svg for words in ("as planned", "constant", "cooled down", "merged"))


def test_rows_say_what_is_significant(plan):
    noise = np.array([0.01, -0.02, 0.015, -0.005, 0.0, 0.012])
    seeds = np.linspace(1.0, 2.0, 6)  # much larger than the differences, but shared
    losses = {
        "cooled down": seeds,
        "constant": seeds + 0.1 + noise,
        "merged": seeds - 0.1 + noise[::-1],
        "other": seeds + np.roll(noise, 2),
    }
    results = [plan.Result({name: list_[n] for name, list_ in losses.items()}, {}, [], []) for n in range(6)]
    head, cooled, constant, merged, other = plan.rows(plan.TASK, results)
    assert {len(row) for row in (head, cooled, constant, merged, other)} == {8}
    assert cooled == ["cooled down", "1,400", "1.500", "0.374", "", "", "-0.102 ± 0.005", "better"]
    assert [row[5] for row in (constant, merged, other)] == ["worse", "better", "no"]
    assert constant[4:] == ["+0.102 ± 0.005", "worse", "", ""]
    assert merged[7] == "better"


# The page.


def shown():
    page = (DOCS / "changing_a_run.md").read_text()
    begin, end = (f"<!-- python docs/examples/plan_that_changes.py --write: {word} -->" for word in ("begin", "end"))
    assert page.count(begin) == page.count(end) == 1
    return page.partition(begin)[2].partition(end)[0]


def table():
    body = re.search(r"^\| ---.*\n((?:\|.*\n)+)", shown(), re.MULTILINE)[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]
    return {row[0]: row for row in rows}


def test_the_page_shows_every_row(plan):
    task, rows = plan.TASK, table()
    merged = [f"merged, {count} checkpoints" for count in task.merged]
    assert list(rows) == ["as planned", "constant, before", "constant", "cooled down", *merged]
    assert [rows[name][1] for name in rows] == ["1,000", "1,000", *["1,400"] * (len(rows) - 2)]
    assert f"{task.seeds} seeds, the peak " in shown()
    assert "(images/plan_that_changes.svg)" in (DOCS / "changing_a_run.md").read_text()
    assert ElementTree.parse(DOCS / "images" / "plan_that_changes.svg").getroot().tag.endswith("svg")


def test_the_page_says_what_its_table_shows():
    """The sentences are written by hand: where this fails after a new run, they are to be written anew."""
    rows = table()
    loss = {name: float(row[2]) for name, row in rows.items()}
    merged = [name for name in rows if name.startswith("merged")]
    assert {rows[name][5] for name in rows if name != "cooled down"} == {"worse"}
    assert {rows[name][7] for name in [*merged, "cooled down"]} == {"better"}
    assert rows["as planned"][7] == "no"
    assert [loss[name] for name in merged] == sorted((loss[name] for name in merged), reverse=True)
    gained = [(loss["constant"] - loss[name]) / (loss["constant"] - loss["cooled down"]) for name in merged]
    assert [round(part, 1) for part in gained] == [0.4, 0.7, 0.8]
