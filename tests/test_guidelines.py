"""The pieces of the measured guidelines work, on runs of a few updates; the page shows what the scripts print.

The scripts themselves take minutes and are not run here: see the end of docs/choosing.md.
"""

import __future__

import inspect
from itertools import pairwise
from xml.etree import ElementTree

import jax
import numpy as np
import pytest

import lrsched

from .examples import DOCS, between_markers, cells, imported

SCRIPTS = ("text", "which_decay", "published", "curriculum")


@pytest.fixture(scope="module")
def scripts():
    with imported(SCRIPTS) as modules:
        yield modules


@pytest.fixture(scope="module")
def text(scripts):
    return scripts["text"]


@pytest.fixture(scope="module")
def decay(scripts):
    return scripts["which_decay"]


# The text, and the network that learns it.


def test_docstrings_of_a_module(text):
    source = '"""One."""\nclass A:\n    """Two.\n\n    More.\n    """\n    def f(): ...\n    async def g(): "Three."\n'
    assert text.docstrings(source) == ["One.", "Two.\n\nMore.", "Three."]


def test_letters_have_numbers(text):
    assert text.encode("a\n ~é").tolist() == [66, 0, 1, 95, ord("?") - 31]


def test_the_text_is_of_python_itself(text):
    train, held_out = text.letters()
    assert len(train) == (len(train) + len(held_out)) * 9 // 10
    assert len(train) > 500_000
    for numbers in (train, held_out):
        assert numbers.min() == 0
        assert numbers.max() < text.LETTERS
    first = text.encode(inspect.getdoc(__future__))
    assert (train[: len(first)] == first).all(), "the modules come in the order of their names"


def test_excerpts_are_of_the_text(text):
    numbers = np.arange(100)
    (first, last) = text.excerpts(numbers, np.array([0, 100 - text.CONTEXT - 1]))
    assert first.tolist() == list(range(text.CONTEXT + 1))
    assert last[-1] == 99
    drawn = text.batches(numbers, 0, 50, 20)
    assert drawn.shape == (50, 20, text.CONTEXT + 1)
    assert (drawn[..., 0].min(), drawn[..., -1].max()) == (0, 99)
    assert (drawn == text.batches(numbers, 0, 50, 20)).all()
    assert (drawn != text.batches(numbers, 1, 50, 20)).any()


@pytest.fixture(scope="module")
def predict(text):
    """`text.predict`, compiled."""
    return jax.jit(text.predict, static_argnames="norm")


@pytest.mark.parametrize("norm", ["after", "before"])
def test_the_network_does_not_look_ahead(text, predict, norm):
    network = text.new_network(0)
    read = text.batches(text.letters()[0], 0, 1, 1)[0, :, :-1]
    other = read.copy()
    other[0, 20:] = (other[0, 20:] + 1) % text.LETTERS
    before, after = (np.asarray(predict(network, letters, norm)) for letters in (read, other))
    assert before.shape == (1, text.CONTEXT, text.LETTERS)
    np.testing.assert_array_equal(before[0, :20], after[0, :20])
    assert (before[0, 20:] != after[0, 20:]).any(axis=-1).all()


def test_the_normalization_stands_where_it_is_said_to(text, predict):
    """The last thing before the scores is of mean 0 and size 1: after a part, or once more at the end."""
    network = text.new_network(0) | {"head": np.eye(text.WIDTH, dtype=np.float32)}
    read = text.held_out(4)[:, :-1]
    found = [np.asarray(predict(network, read, norm)) for norm in ("after", "before")]
    for scores in found:
        np.testing.assert_allclose(scores.mean(axis=-1), 0, atol=1e-5)
        np.testing.assert_allclose((scores**2).mean(axis=-1), 1, rtol=1e-4)  # 1e-5 is added to the variance
    assert np.abs(found[0] - found[1]).max() > 0.1


# Which decay.


@pytest.fixture(scope="module")
def small(scripts, tmp_path_factory):
    """`which_decay.py --write` on digits alone: 40 updates, two tries of three peaks, the last of which explodes."""
    text, decay = scripts["text"], scripts["which_decay"]
    folder = tmp_path_factory.mktemp("docs")
    page = folder / "choosing.md"
    marker = "<!-- python docs/examples/which_decay.py --write: {} -->"
    page.write_text(f"head\n{marker.format('begin')}\nOUTDATED\n{marker.format('end')}\ntail\n")
    task = decay.TASKS["digits"]._replace(peaks=(0.05, 0.1, 1e30), tries=2, updates=40, warmup=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "PAGE", page)
        patch.setattr(text, "IMAGES", folder)
        patch.setattr(decay, "TASKS", {"digits": task})
        found = decay.main(write=True)
    return task, found["digits"], page


def test_every_schedule_trains_at_its_rates(decay, small):
    task, results, _ = small
    assert list(results) == list(decay.SHAPES)
    for shape, result in results.items():
        assert result.rates.shape == (task.seeds, task.updates)
        expected = task.schedule(shape, result.peak)(np.arange(task.updates)).astype(np.float32)
        # In float32: 5 ulp as docs/exactness.md promises, and a rounding each of the peak and of what is expected.
        np.testing.assert_allclose(result.rates, np.broadcast_to(expected, result.rates.shape), rtol=6 * 2**-23)


def test_every_schedule_learns(small):
    task, results, _ = small
    slow = {"step", "exponential", "polynomial", "inverse_sqrt"}  # the rate falls early
    for shape, result in results.items():
        assert result.losses.shape == (6,)
        assert result.tried.argmin() == task.peaks.index(result.peak)
        assert result.tried.tolist()[2:] == [np.inf]
        assert (result.losses < (1.5 if shape in slow else 1.0)).all()  # it begins at ln 10 = 2.3 or more
        assert len(set(result.losses.tolist())) == 6, "every seed is a training of its own"


def test_the_page_is_written(decay, small):
    _, results, page = small
    written = page.read_text()
    assert written.startswith("head\n<!--")
    assert written.endswith("-->\ntail\n")
    assert "OUTDATED" not in written
    assert written.count("| `cosine` |") == 1
    assert f"{results['cosine'].losses.mean():.4f}" in written
    assert "40 updates, 6 seeds, peaks tried: 0.05, 0.1, 1e+30." in written
    svg = (page.parent / "which_decay.svg").read_text()
    ElementTree.fromstring(svg)
    assert all(f">{shape}<" in svg for shape in decay.SHAPES)


@pytest.mark.parametrize("name", ["digits", "text"])
def test_schedules_have_equal_budgets(decay, name):
    """All reach the same peak, and decay as far as they do in the updates that are given: nothing is cut or rounded."""
    ends = {
        "constant": 0.1,
        "step": 0.001,
        "inverse_sqrt": 0.1 * (decay.TASKS[name].warmup / (decay.TASKS[name].updates - 1)) ** 0.5,
    }
    task = decay.TASKS[name]
    steps = np.arange(task.updates)
    assert (task.updates - task.warmup) % 7 == 0
    for shape in decay.SHAPES:
        schedule = task.schedule(shape, 0.1)
        rates = schedule(steps)
        assert rates.max() == 0.1
        if shape in ends:
            np.testing.assert_allclose(rates[-1], ends[shape], err_msg=shape)
            assert (np.diff(rates[task.warmup :]) <= 0).all()
        else:
            assert 0 < rates[-1] < rates[-2] < 0.003, shape


@pytest.mark.parametrize("name", ["digits", "text"])
def test_a_seed_is_a_network_and_its_batches(decay, name):
    task = decay.TASKS[name]
    starts = [task.start(seed, 3) for seed in (0, 0, 1)]
    (one, again, other) = ([part.tobytes() for part in jax.tree.leaves(start)] for start in starts)
    assert one == again
    assert all(a != b or set(a) <= {0, 128, 63} for a, b in zip(one, other, strict=True)), "gains are 1 in all networks"


def test_the_text_has_three_letters_for_each_weight(decay):
    task = decay.TASKS["text"]
    network, data = task.start(0, task.updates)
    letters = data[..., 1:].size
    assert round(letters / sum(part.size for part in jax.tree.leaves(network))) == 3


def test_peaks_are_as_far_apart_as_the_page_says(decay):
    for task in decay.TASKS.values():
        assert all(1.49 < higher / lower < 2.01 for lower, higher in pairwise(task.peaks))


def test_rows_say_what_can_be_told(decay):
    noise = np.array([0.01, -0.02, 0.015, -0.005, 0.0, 0.012])
    seeds = np.linspace(1.0, 2.0, 6)  # much larger than the differences, but shared by all schedules
    tried = np.array([3.0, 1.5, np.inf])
    task = decay.TASKS["digits"]._replace(peaks=(0.1, 0.2, 0.4))
    results = {
        "cosine": decay.Result(tried, 0.2, seeds, np.empty(0)),
        "linear": decay.Result(tried, 0.2, seeds - 0.1 + noise, np.empty(0)),
        "wsd": decay.Result(tried, 0.2, seeds + 0.1 + noise, np.empty(0)),
        "sgdr": decay.Result(np.array([np.inf, 3.0, 1.5]), 0.4, seeds + noise, np.empty(0)),
    }
    head, cosine, linear, wsd, sgdr = decay.rows(task, results)
    assert len({len(row) for row in (head, cosine, linear, wsd, sgdr)}) == 1
    assert cosine == ["`cosine`", "0.2", "1.5000", "0.3742", "", "", "+1.5000", "+inf"]
    assert [row[5] for row in (linear, wsd, sgdr)] == ["better", "worse", "no"]
    assert linear[4] == "-0.0980 ± 0.0054"
    assert sgdr[1] == "0.4"
    assert sgdr[6:] == ["+1.5000", ""]


# The page.


def test_splice_replaces_what_is_between_the_markers(text):
    begin, end = (f"<!-- python docs/examples/a.py --write: {word} -->" for word in ("begin", "end"))
    page = f"head\n{begin}\nold\n{end}\ntail\n"
    assert text.splice(page, "a.py", "new") == f"head\n{begin}\n\nnew\n\n{end}\ntail\n"
    assert text.splice(text.splice(page, "a.py", "newer"), "a.py", "new") == text.splice(page, "a.py", "new")
    for broken in ("", begin, f"{end}{begin}"):
        with pytest.raises(ValueError, match="must hold the lines"):
            text.splice(broken, "a.py", "new")


@pytest.fixture(scope="module")
def curriculum(scripts):
    """`curriculum.py` with a curriculum of 24 updates, and one layer."""
    example = scripts["curriculum"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripts["text"], "LAYERS", 1)
        patch.setattr(example, "LENGTH", lrsched.round_to(lrsched.linear(8, 16, 12), 8))
        share = lrsched.join([0.0, lrsched.linear(0.0, 1.0, 8)], [16])
        patch.setattr(example, "SHARES", {"docstrings": 1 - share, "code": share})
        patch.setattr(example, "RATE", lrsched.warmup_constant(0.01, 4))
        return example, example.main(updates=24)


def test_the_curriculum_follows_its_schedules(curriculum):
    example, result = curriculum
    assert result.lengths.tolist() == [8] * 6 + [16] * 18
    counts = example.LETTERS_PER_UPDATE // result.lengths
    assert result.code.tolist() == [round(count * max(step - 16, 0) / 8) for step, count in enumerate(counts)]


def test_the_curriculum_learns(curriculum):
    """From what a network without knowledge has, ln(96) or more; the spread of a batch is 0.1."""
    _, result = curriculum
    assert result.losses[0] > 4.5
    assert result.losses[12:16].mean() < 3.8
    assert set(result.held_out) == {"docstrings", "code"}
    assert max(result.held_out.values()) < 4.2


def test_the_shares_of_the_example_are_shares(scripts):
    example, steps = scripts["curriculum"], np.arange(400)
    shares = {name: share(steps) for name, share in example.SHARES.items()}
    np.testing.assert_allclose(sum(shares.values()), 1.0, rtol=1e-15)
    assert (shares["code"].min(), shares["code"].max()) == (0.0, 0.6)
    assert set(example.LENGTH(steps)) == {8, 16, 24, 32}


def test_the_page_shows_the_published_runs(scripts):
    """As they are computed; a recipe that is not there has no known warmup, is cyclical, or is of no rate."""
    published = scripts["published"]
    assert between_markers("published.py").strip() == published.render()
    shown = {run.recipe for run in published.RUNS}
    assert set(lrsched.recipes.list()) - shown == {"minicpm", "clr", "clr_triangular2"} | {
        f"modded_nanogpt_{name}" for name in ("batch_size", "momentum", "window")
    }


def test_the_page_says_what_published_runs_did(scripts):
    published = scripts["published"]
    runs = {run.recipe: (run, published.measure(run)) for run in published.RUNS}
    share = {name: found.warmup / found.updates for name, (_, found) in runs.items() if found.warmup}
    one_to_ten = {name for name, part in share.items() if 0.01 <= part <= 0.1}
    assert one_to_ten == {"bert", "transformer", "vit", "resnet50_1h", "moonlight"}
    assert {name for name, part in share.items() if 0.01 <= part <= 0.05} == one_to_ten - {"resnet50_1h"}
    assert {name for name, part in share.items() if 0.05 <= part <= 0.1} == {"resnet50_1h"}
    language = [name for name, (run, _) in runs.items() if "language model" in run.task]
    assert {name for name in language if name not in share} == {"modded_nanogpt"}, "it has no warmup"
    shares = {name: share[name] for name in language if name in share}
    assert {name for name, part in shares.items() if part <= 0.001} == {"smollm3"}
    assert {name for name, part in shares.items() if part > 0.01} == {"moonlight"}
    assert (round(100 * min(shares.values()), 2), round(100 * max(shares.values()))) == (0.04, 1)
    assert sum(500 <= runs[name][1].warmup <= 4_000 for name in language) > len(language) / 2
    times = {name: found.warmup * (1 - run.beta_2) / 2 for name, (run, found) in runs.items() if run.beta_2}
    assert [round(times[name]) for name in ("bert", "vit", "vit_imagenet", "gpt3", "llama2")] == [5, 5, 5, 3, 50]
    assert max(times.values()) == times["llama2"]


def test_the_page_shows_every_schedule(decay):
    shown = between_markers("which_decay.py")
    tables = cells(shown)
    assert len(tables) == len(decay.TASKS)
    for (name, task), table in zip(decay.TASKS.items(), tables, strict=True):
        assert [row[0].strip("`") for row in table] == list(decay.SHAPES)
        assert {float(row[1]) for row in table} <= set(task.peaks)
        assert f"**{name}**: {task.updates} updates, {task.seeds} seeds" in shown


def compared(table, answer):
    """The shapes that differ significantly from the reference."""
    return {shape for shape, row in table.items() if row[5] == answer}


def test_the_page_says_what_its_tables_show(decay):
    """The sentences are written by hand: where this fails after a new run, they are to be written anew."""
    digits, letters = ({row[0].strip("`"): row for row in table} for table in cells(between_markers("which_decay.py")))
    for table in (digits, letters):
        others = [abs(float(row[4].split()[0])) for row in table.values() if row[4]]
        peaks = [float(cell) for row in table.values() for cell in row[6:] if cell]
        assert np.median(others) < np.mean(peaks) < 3 * max(others)
    slow = {"step", "exponential", "polynomial"}
    digits_losses, letters_losses = (
        {shape: float(row[2]) for shape, row in table.items()} for table in (digits, letters)
    )
    assert max(digits_losses, key=digits_losses.get) == "constant"
    assert compared(digits, "worse") == {"constant", "inverse_sqrt", *slow}
    assert compared(digits, "better") == set()
    assert compared(letters, "worse") == slow
    assert min(letters_losses[shape] for shape in slow) > letters_losses["constant"]
    assert compared(letters, "better") == {"linear", "wsd", "wsd, 1-sqrt"}


def test_the_picture_is_there():
    root = ElementTree.parse(DOCS / "images" / "which_decay.svg").getroot()
    assert root.tag.endswith("svg")
    assert "(images/which_decay.svg)" in (DOCS / "choosing.md").read_text()
