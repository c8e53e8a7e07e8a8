"""The measurements of docs/why_warmup.md work, on runs of a few updates; the page says what its tables show.

The scripts themselves take minutes and are not run here: see the end of the page.
"""

import re
from xml.etree import ElementTree

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrsched

from .examples import DOCS, between_markers, cells, imported

PAGE = "why_warmup.md"
SCRIPTS = ("text", "why_warmup", "warmup_curvature", "warmup_spread")


@pytest.fixture(scope="module")
def scripts():
    with imported(SCRIPTS) as modules:
        yield modules


@pytest.fixture(scope="module")
def text(scripts):
    return scripts["text"]


@pytest.fixture(scope="module")
def warmup(scripts):
    return scripts["why_warmup"]


@pytest.fixture(scope="module")
def curvature(scripts):
    return scripts["warmup_curvature"]


@pytest.fixture(scope="module")
def spread(scripts):
    return scripts["warmup_spread"]


# The loss, with a warmup and without.


@pytest.fixture(scope="module")
def short(scripts):
    """The trainings of `why_warmup.py` with one peak, two seeds and one layer, for 44 updates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripts["why_warmup"], "PEAKS", (0.01,))
        patch.setattr(scripts["why_warmup"], "SEEDS", 2)
        patch.setattr(scripts["text"], "LAYERS", 1)
        return scripts["why_warmup"].measure("after", updates=44)


def test_one_half_has_a_warmup(warmup, short):
    assert short.trace.rates.shape == (1, 2, 2, 44)
    peak = np.float32(0.01)
    assert (short.trace.rates[0, 0] == peak).all()
    assert (short.trace.rates[0, 1, :, 0] == 0).all()
    assert (np.diff(short.trace.rates[0, 1, :, : warmup.WARMUP + 1]) > 0).all()
    assert (short.trace.rates[0, 1, :, warmup.WARMUP :] == peak).all()


def test_the_halves_differ_in_nothing_else(short):
    """The same weights and the same excerpts: the first loss and the first gradient are the same."""
    for curve in (short.trace.losses, short.trace.norms):
        np.testing.assert_array_equal(curve[0, 0, :, 0], curve[0, 1, :, 0])
        assert curve[0, 0, 0, 0] != curve[0, 0, 1, 0]


def test_the_loss_falls(short):
    first, last = short.trace.losses[..., 0], short.trace.losses[..., -4:].mean(axis=-1)
    assert (last < first - 1).all()
    assert (short.losses < first - 1).all()
    assert (short.trace.norms > 0).all()


def test_the_table_and_the_picture_of_the_warmup(warmup, short, monkeypatch, tmp_path):
    monkeypatch.setattr(warmup, "PEAKS", (0.01,))
    monkeypatch.setattr(warmup, "SEEDS", 2)
    monkeypatch.setattr(warmup, "UPDATES", 44)
    head, (name, peak, without, *_, last) = warmup.rows({"after": short})
    assert head[-1] == "gradient, warmup ends"
    assert last == warmup.spread(short.trace.norms[0, 1, :, 36:40].mean(axis=-1), 2)
    assert (name, peak) == ("after", "0.01")
    assert without == warmup.spread(short.losses[0, 0])
    warmup.draw(short, "after", tmp_path / "one.svg")
    svg = (tmp_path / "one.svg").read_text()
    ElementTree.fromstring(svg)
    assert all(f">{words}<" in svg for words in ("loss", "gradient norm", "without", "with warmup", "peak 0.01"))


def test_spread_is_over_the_seeds(warmup):
    assert warmup.spread(np.array([1.0, 2.0, 3.0])) == "2.000 ± 1.000"


def test_means_of_a_few_updates(warmup):
    assert warmup.smooth(np.arange(8.0).reshape(1, 8)).tolist() == [[1.5, 5.5]]
    assert warmup.UPDATES % 4 == 0


# Noise and curvature.


def test_extreme_eigenvalues_of_a_known_matrix(curvature):
    rng = np.random.default_rng(0)
    basis, _ = np.linalg.qr(rng.normal(size=(200, 200)))
    values = np.append(rng.uniform(-1, 1, 198), [-3.0, 5.0])
    matrix = jnp.asarray((basis * values) @ basis.T, jnp.float32)
    start = jnp.asarray(rng.normal(size=200), jnp.float32)
    found = jax.jit(lambda start: curvature.largest_and_smallest(lambda v: matrix @ v, start))(start)
    np.testing.assert_allclose(found, (5.0, -3.0), rtol=1e-5)  # float32, 24 iterations


def test_the_hessian_is_scaled_from_both_sides(curvature, monkeypatch):
    """Of the loss 3x² + 2xy - y² the Hessian is [[6, 2], [2, -2]]."""
    monkeypatch.setattr(
        curvature, "loss", lambda network, _: 3 * network[0] ** 2 + 2 * network.prod() - network[1] ** 2
    )
    monkeypatch.setattr(curvature, "VECTORS", 2)
    scale = jnp.array([1.0, 4.0])
    hessian = np.array([[6.0, 4.0], [4.0, -8.0]])
    found = jax.jit(curvature.eigenvalues.__wrapped__)(jnp.array([0.3, -0.2]), None, scale)
    np.testing.assert_allclose(found, np.linalg.eigvalsh(hessian)[::-1], rtol=1e-5)


def test_the_signal_to_noise_ratio_of_known_gradients(curvature):
    """A true gradient of norm 3, and batches with a variance of 4 in all."""
    rng = np.random.default_rng(0)
    found = 3 / 10 + np.sqrt(4 / 100) * rng.normal(size=(4_000, 100))
    assert curvature.signal_to_noise(found) == pytest.approx(9 / 4, rel=0.02)  # the spread is 0.5 %


def test_adam_scales_as_it_updates(curvature, monkeypatch):
    """The update is -rate * scale * m with the plain average m of the gradients, as the limit of 38 requires."""
    monkeypatch.setattr(curvature, "loss", lambda weights, batch: (batch * weights**2).sum())
    weights, optimizer = jnp.array([1.0, -2.0, 3.0]), optax.adam(0.01)
    state = optimizer.init(weights)
    scale_of, update = jax.jit(curvature.adam_scale.__wrapped__), jax.jit(optimizer.update)
    for batch in jnp.array([[1.0, 2.0, 0.0], [3.0, 1.0, 0.0], [2.0, 2.0, 0.0]]):
        scale = scale_of(weights, state, batch)
        change, state = update(2 * batch * weights, state)
        np.testing.assert_allclose(change, -0.01 * scale * state[0].mu, rtol=1e-4)  # 1 - 0.999 in float32
        assert scale[2] == 0, "no gradient yet"
        weights = weights + change


def with_its_preconditioner_held(rate):
    """Adam is then gradient descent along an average of the gradients that begins at 0."""
    return optax.chain(optax.ema(0.9, debias=False), optax.scale(-rate))


@pytest.mark.parametrize(("name", "make"), [("SGD", optax.sgd), ("Adam", with_its_preconditioner_held)])
def test_the_stability_limits(curvature, name, make):
    """On x²/2, training converges just below the limit and diverges just above it."""
    sizes = []
    for part in (0.97, 1.03):
        optimizer, x = make(part * curvature.METHODS[name].limit), jnp.float32(1.0)
        state = optimizer.init(x)
        for _ in range(100):
            change, state = optimizer.update(x, state)
            x = x + change
        sizes.append(abs(float(x)))
    assert sizes[0] < 0.2
    assert sizes[1] > 5


@pytest.fixture(scope="module")
def looked(scripts, tmp_path_factory):
    """`warmup_curvature.py --write` with one seed, the first updates, smaller samples, and one layer."""
    text, curvature = scripts["text"], scripts["warmup_curvature"]
    folder = tmp_path_factory.mktemp("docs")
    page = folder / PAGE
    page.write_text(
        "\n".join(f"<!-- python docs/examples/warmup_curvature.py --write: {w} -->" for w in ("begin", "end"))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "WARMUP_PAGE", page)
        patch.setattr(text, "IMAGES", folder)
        patch.setattr(text, "LAYERS", 1)
        for name, value in {"SEEDS": 1, "AT": (0, 2, 4), "SAMPLE": 8, "VECTORS": 12}.items():
            patch.setattr(curvature, name, value)
        return curvature.main(write=True), page


def test_what_holds_early_in_training(curvature, looked):
    """Only what holds for all seeds of the page with a wide margin."""
    found, _ = looked
    of = {key: dict(zip(curvature.MEASURES, np.moveaxis(values, 2, 0), strict=True)) for key, values in found.items()}
    for measures in of.values():
        assert (measures["signal / noise"][:, 0] > 2).all(), "the first gradients are not noisy"
        assert (measures["smallest eigenvalue"][:, 0] < -1).all(), "no condition number"
    for word in ("no", "yes"):
        adam = of["Adam", word]
        largest = adam["largest eigenvalue"]
        assert (largest[:, 2] > largest[:, 0] / 4).all(), "no sharp fall"
        preconditioned = adam["largest, preconditioned"]
        assert (preconditioned[:, 2] < preconditioned[:, 0] / 10).all()
    for name in curvature.METHODS:
        assert (of[name, "no"]["rate / stability limit"][:, 0] > 1).all()
        assert (of[name, "yes"]["rate / stability limit"] < 1).all()
    losses = {word: of["SGD", word]["validation loss"][0] for word in ("no", "yes")}
    assert losses["yes"][2] < losses["yes"][0] < losses["no"][2], "it rises where the rate is too high"


def test_both_begin_at_the_same_weights(looked):
    found, _ = looked
    for name in ("Adam", "SGD"):
        np.testing.assert_array_equal(found[name, "no"][:, 0, :5], found[name, "yes"][:, 0, :5])
        assert (found[name, "yes"][:, 0, 5] == 0).all(), "the rate of the first update is 0"


def test_the_table_and_the_picture_of_the_curvature(looked):
    _, page = looked
    (table,) = cells(page.read_text())
    assert len(table) == 22
    assert all(len(row) == 6 for row in table)
    svg = (page.parent / "warmup_curvature.svg").read_text()
    ElementTree.fromstring(svg)
    assert all(f">{words}<" in svg for words in ("signal / noise", "preconditioned", "without", "with warmup"))


def test_cells_are_readable(curvature):
    assert curvature.cell(np.array([1.234, 9_400_384.0, 45_612.0])) == "45,600 (1.23 to 9,400,000)"
    assert curvature.cell(np.array([-0.105, 0.0004125, 999.9])) == "0.000412 (-0.105 to 1,000)"
    assert curvature.cell(np.array([1.0, np.nan])) == "1 of 2 finite"


# Adam's second moment.


@pytest.fixture(scope="module")
def spreads(scripts):
    """The spreads of 200 updates for a beta_2 of 0.95; the long run is the last 100 of them."""
    script = scripts["warmup_spread"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script, "LONG_RUN", 100)
        patch.setattr(script, "POOL", 128)
        patch.setattr(scripts["text"], "LAYERS", 1)
        return {
            (name, 0.95): [script.spread(make(seed), 0.95, seed, 200) for seed in range(2)]
            for name, make in script.SOURCES.items()
        }


def test_the_formula_of_radam_holds(spread, spreads):
    """On the page the spread of 1/sqrt(v) is between 0.8 and 1 times the formula's."""
    steps = np.array([10, 30, 100])
    for seeds in spreads.values():
        for one in seeds:
            ratio = one.factor[steps] / spread.expected(0.95, steps)
            assert (ratio > 0.7).all()
            assert (ratio < 1.1).all()


def test_the_formula_is_one_over_the_factor(spread):
    found = spread.expected(0.999, [0, 3, 10, 1_000, 10**6])
    assert np.isinf(found[:2]).all()
    np.testing.assert_allclose(found[2:] * lrsched.radam_warmup(0.999)(np.array([10, 1_000, 10**6])), 1.0, rtol=1e-12)


def test_the_first_update_of_adam_stands_out(spreads):
    """It is ±1 for all weights; in the long run m is an average, with a spread of sqrt((1 - 0.9)/(1 + 0.9)) = 0.23."""
    for seeds in spreads.values():
        for one in seeds:
            assert 3.5 < one.adam[0] < 5.5
            assert 0.8 < one.adam[30] < 1.25
            assert one.sgd[0] < 0.55


def test_the_table_and_the_picture_of_the_spread(spread, spreads, monkeypatch, tmp_path):
    monkeypatch.setattr(spread, "BETAS_2", (0.95,))
    monkeypatch.setattr(spread, "AT", (0, 10, 100))
    head, formula, *rest = spread.rows(spreads)
    assert head == ["spread / long run", "gradients", "β₂", "0", "10", "100"]
    assert formula == ["1/√v, RAdam's formula", "normal", "0.95", "infinite", "2.64", "1.02"]
    assert [row[0] for row in rest] == ["1/√v"] * 2 + ["update of Adam"] * 2 + ["update of SGD"] * 2
    assert all(len(row) == len(head) for row in rest)
    monkeypatch.setattr(spread, "UPDATES", 200)
    spread.draw(spreads, tmp_path / "one.svg")
    svg = (tmp_path / "one.svg").read_text()
    ElementTree.fromstring(svg)
    assert all(f">{words}<" in svg for words in ("RAdam's formula", "β₂ = 0.95", "update"))


# The page.


def test_the_page_shows_every_peak(warmup):
    shown = between_markers("why_warmup.py", PAGE)
    (table,) = cells(shown)
    assert [(row[0], float(row[1])) for row in table] == [
        (norm, peak) for norm in warmup.NORMS for peak in warmup.PEAKS
    ]
    assert f"{warmup.UPDATES} updates, {warmup.SEEDS} seeds" in shown


@pytest.mark.parametrize("name", ["why_warmup", "warmup_curvature", "warmup_spread"])
def test_the_pictures_are_there(name):
    root = ElementTree.parse(DOCS / "images" / f"{name}.svg").getroot()
    assert root.tag.endswith("svg")
    assert f"(images/{name}.svg)" in (DOCS / PAGE).read_text()


def test_the_page_says_what_its_tables_show():
    """The sentences are written by hand: where this fails after a new run, they are to be written anew."""
    (table,) = cells(between_markers("why_warmup.py", PAGE))
    losses = {(row[0], row[1]): [float(cell.split()[0]) for cell in row[2:4]] for row in table}
    knows = float(re.search(r"has a loss of (\d+\.\d+)", between_markers("why_warmup.py", PAGE))[1])
    without, warm = losses["after", "0.03"]
    assert abs(without - knows) < 0.1
    assert warm < knows - 0.3
    assert all(abs(a - b) < 0.1 for case, (a, b) in losses.items() if case != ("after", "0.03"))
    assert all(losses[norm, "0.003"][0] < losses[norm, "0.003"][1] for norm in ("after", "before"))
    for row in table:
        begins, ends = (float(cell.split()[0]) for cell in row[6:8])
        assert 1.3 < begins < 2.0
        assert 0.35 < ends < 0.55


def number(cell):
    return float(cell.split()[0].replace(",", ""))


def limits(cell):
    low, high = re.search(r"\((\S+) to (\S+)\)", cell).groups()
    return float(low.replace(",", "")), float(high.replace(",", ""))


@pytest.fixture(scope="module")
def curves(curvature):
    """Of the page's table: (measure, optimizer, warmup) and update to cell."""
    (table,) = cells(between_markers("warmup_curvature.py", PAGE))
    return {tuple(row[:3]): dict(zip(curvature.AT, row[3:], strict=True)) for row in table}


def test_the_page_says_what_its_curvature_shows(curves):
    """As above: the numbers of the list below the table."""
    assert all(
        number(cell) == pytest.approx(8, abs=0.5)
        for key, of in curves.items()
        if key[0] == "signal / noise"
        for cell in [of[0]]
    )
    noise = {word: curves["signal / noise", "Adam", word] for word in ("no", "yes")}
    assert number(noise["no"][40]) < 1 < number(noise["yes"][40])
    assert limits(noise["no"][40])[1] > limits(noise["yes"][40])[0], "the ranges overlap"
    assert limits(noise["yes"][400])[1] < 1
    for word in ("no", "yes"):
        largest = curves["largest eigenvalue", "Adam", word]
        assert all(4 < number(largest[step]) < 8 for step in (0, 1, 3, 10))
        assert 2 <= number(largest[40]) < 4
    fell = {
        word: number(of[0]) / number(of[10])
        for (name, _, word), of in curves.items()
        if name.endswith("preconditioned")
    }
    assert (round(fell["no"], -1), round(fell["yes"], -1)) == (280, 70)
    assert round((1 - 0.9**11) / (1 - 0.9)) == 7
    limit = {key[1:]: of for key, of in curves.items() if key[0].startswith("rate")}
    assert [number(limit["Adam", "no"][step]) for step in (0, 1)] == [36.0, 1.73]
    assert all(limits(limit["Adam", "yes"][step])[1] < 1 for step in (0, 1, 3, 10, 40))
    assert all(number(limit["Adam", word][400]) > 1 for word in ("no", "yes"))
    assert round(number(limit["SGD", "no"][0])) == 5
    assert number(limit["SGD", "yes"][40]) == 3.5
    assert number(limit["SGD", "yes"][400]) < 1.2
    assert curves["validation loss", "SGD", "no"][400] == "1 of 5 finite"
    assert limits(curves["validation loss", "SGD", "yes"][400])[1] < 3
    for (name, _, _), of in curves.items():
        if name == "smallest eigenvalue":
            assert -9 <= limits(of[0])[0] < limits(of[0])[1] < -4
    for optimizer in ("Adam", "SGD"):
        rises = [number(curves["smallest eigenvalue", optimizer, "yes"][step]) for step in (1, 3, 10, 40)]
        assert rises == sorted(rises)


def test_the_page_says_what_its_spreads_show(spread):
    (table,) = cells(between_markers("warmup_spread.py", PAGE))
    found = {tuple(row[:3]): dict(zip(spread.AT, row[3:], strict=True)) for row in table}
    formula = {beta_2: found["1/√v, RAdam's formula", "normal", beta_2] for beta_2 in ("0.999", "0.95")}
    for source in spread.SOURCES:
        for beta_2, expected in formula.items():
            factor, adam = found["1/√v", source, beta_2], found["update of Adam", source, beta_2]
            assert all(0.8 < number(factor[step]) / float(expected[step]) < 1.02 for step in spread.AT[1:])
            assert all(abs(number(adam[step]) - 1) < 0.1 for step in spread.AT[2:])
            assert 4.3 < number(adam[0]) < 4.8
        assert abs(number(found["1/√v", source, "0.95"][100]) - 1) < 0.02
        assert number(found["1/√v", source, "0.999"][3000]) == 1.04
        assert round(number(found["1/√v", source, "0.999"][30])) == 8
        assert number(found["update of SGD", source, ""][0]) < 0.5
