"""How good the forecasts are: `python -m benchmarks.forecast` prints it, and `--write` puts it into docs/forecast.md.

Laws are fitted to three loss curves and predict others: those of the project's own experiment in docs/examples/curves,
and those of two language models. The runs of others are not part of the project; they are read from `../shared/curves`
or the folder that `--curves` names, and left out where there is none.
"""

import argparse
import csv
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lrsched
from benchmarks.bench_page import between, table
from lrsched import Schedule
from lrsched.forecast import Law, bound, calibrate, fit, fit_finals

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
PAGE = ROOT / "docs" / "forecast.md"
PICTURE = ROOT / "docs" / "images" / "forecast.svg"
ELSEWHERE = ROOT.parent / "shared" / "curves"

LAWS = (None, "multi_power", "momentum", "power_momentum", "functional_scaling")
LEVEL = 0.9

Run = tuple[Schedule, np.ndarray, np.ndarray]


class Experiment(NamedTuple):
    """Curves by name, those that laws are fitted to, and those that run longer than all of them."""

    name: str
    runs: dict[str, Run]
    fitted: tuple[str, ...]
    longer: tuple[str, ...]

    @property
    def others(self) -> list[str]:
        return [name for name in self.runs if name not in self.fitted]


# The runs.


def own() -> Experiment:
    """The small transformer of docs/examples/loss_curves.py."""
    sys.path.insert(0, str(EXAMPLES))
    import loss_curves

    runs = {name: (schedule, *loss_curves.read(name)) for name, (schedule, _) in loss_curves.RUNS.items()}
    longer = tuple(name for name, (_, total) in loss_curves.RUNS.items() if total == max(loss_curves.LENGTHS))
    return Experiment("own", runs, loss_curves.FITTED, longer)


PEAK, WARMUP = 3e-4, 2_160


def fallen(hundred_thousandths: int) -> Schedule:
    """The rate falls at step 8 000, and stays."""
    rates = [PEAK, hundred_thousandths * 1e-5]
    return lrsched.warmup(lrsched.piecewise_constant(rates, [8_000 - WARMUP]), WARMUP)


def cooled(decay: Callable[..., Schedule]) -> Schedule:
    """The rate decays to a tenth from step 20 000 to 24 000."""
    return lrsched.warmup(lrsched.join([PEAK, decay(PEAK, PEAK / 10, 4_000)], [20_000 - WARMUP]), WARMUP)


LANGUAGE: dict[str, Schedule] = {
    "cosine_24000": lrsched.warmup_cosine(PEAK, WARMUP, 24_000, end_value=PEAK / 10),
    "constant_24000": lrsched.warmup_constant(PEAK, WARMUP),
    "wsdcon_9": fallen(9),
    "wsdcon_3": fallen(3),
    "wsdcon_18": fallen(18),
    "wsd_20000_24000": cooled(lrsched.exponential),
    "wsdld_20000_24000": cooled(lrsched.linear),
    "cosine_72000": lrsched.warmup_cosine(PEAK, WARMUP, 72_000, end_value=PEAK / 10),
    "constant_72000": lrsched.warmup_constant(PEAK, WARMUP),
}


def language(folder: Path) -> list[Experiment]:
    """The language models whose curves are in a folder."""
    found: list[Experiment] = []
    for size in sorted((folder / "multi_power_law").glob("csv_*"), key=lambda path: int(path.name[4:])):
        runs: dict[str, Run] = {}
        for name, schedule in LANGUAGE.items():
            steps, rates, losses = np.loadtxt(size / f"{name}.csv", delimiter=",", skiprows=1, unpack=True)
            np.testing.assert_allclose(schedule(steps.astype(int)), rates, rtol=1e-3)
            runs[name] = (schedule, steps.astype(int), losses)
        longer = ("cosine_72000", "constant_72000")
        found.append(Experiment(f"{size.name[4:]}M", runs, ("cosine_24000", "constant_24000", "wsdcon_9"), longer))
    return found


# The errors of forecasts.


class Score(NamedTuple):
    """A run that was not fitted: the mean absolute error, and its end."""

    error: float
    last: float
    forecast: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        return self.low <= self.last <= self.high


def score(law: Law, run: Run) -> Score:
    """The error of a law over a curve, and the interval at its last point."""
    schedule, steps, losses = run
    low, high = law.interval(schedule, int(steps[-1]), level=LEVEL)
    error = float(np.abs(law.loss(schedule, steps) - losses).mean())
    return Score(error, float(losses[-1]), law.final(schedule, int(steps[-1])), low, high)


def scores(experiment: Experiment, law: str | None) -> dict[str, Score]:
    """The scores of all runs that were not fitted."""
    found = fit([experiment.runs[name] for name in experiment.fitted], law=law)
    return {name: score(found, experiment.runs[name]) for name in experiment.others}


def mean(found: dict[str, Score], names: Iterable[str]) -> str:
    """The mean error over some runs."""
    return f"{np.mean([found[name].error for name in names]):.4f}"


# The runs whose final losses alone are known.


def finals(folder: Path) -> dict[str, list[tuple[Schedule, int, float, str]]]:
    """By model and data, the schedule of each run, its updates, its final loss and its kind."""
    found: dict[str, list[tuple[Schedule, int, float, str]]] = {}
    with (folder / "cooldowns" / "finals.csv").open() as file:
        for row in csv.DictReader(file):
            start, peak, end = (float(row[name]) for name in ("init_value", "peak", "end_value"))
            warmup, total, decay = (int(row[f"{name}_steps"]) for name in ("warmup", "total", "cooldown"))
            after: dict[str, tuple[list[Any], list[int]]] = {
                "constant": ([peak], [warmup]),
                "cosine": ([lrsched.cosine(peak, end, total - warmup)], [warmup]),
                "wsd": ([peak, lrsched.linear(peak, end, decay)], [warmup, total - decay]),
            }
            parts, places = after[row["kind"]]
            schedule = lrsched.join([lrsched.linear(start, peak, warmup), *parts], places)
            key = f"{row['model']}, {row['data']}"
            found.setdefault(key, []).append((schedule, total, float(row["final_loss"]), row["kind"]))
    return found


def of_finals(runs: list[tuple[Schedule, int, float, str]]) -> tuple[float, np.ndarray]:
    """The rank correlation of bound and loss, and the errors of a law that is fitted to three finals."""
    from scipy.stats import spearmanr

    kinds = {kind: sorted((run for run in runs if run[3] == kind), key=lambda run: run[1]) for _, _, _, kind in runs}
    ratio = float(np.median([calibrate(schedule, steps) for schedule, steps, _, _ in kinds["wsd"]]))
    bounds = [bound(schedule, steps, ratio) for schedule, steps, _, _ in runs]
    three = [kinds["wsd"][0], kinds["cosine"][-1], kinds["constant"][0]]
    law = fit_finals([run[:3] for run in three])
    errors = [
        law.final(schedule, steps) - loss
        for schedule, steps, loss, kind in runs
        if (schedule, steps, loss, kind) not in three
    ]
    return float(spearmanr(bounds, [run[2] for run in runs])[0]), np.array(errors)


# The page.


def of_ends(experiment: Experiment, found: dict[str, Score]) -> str:
    """A table of the last losses."""
    head = ["run", "last loss", "forecast", "difference", f"{LEVEL:.0%} interval", "inside", "error of the curve"]
    rows = [
        [
            f"`{name}`",
            f"{each.last:.4f}",
            f"{each.forecast:.4f}",
            f"{each.forecast - each.last:+.4f}",
            f"{each.low:.4f} to {each.high:.4f}",
            "yes" if each.inside else "no",
            f"{each.error:.4f}",
        ]
        for name, each in found.items()
    ]
    return table([head, *rows])


def of_laws(experiments: list[Experiment]) -> tuple[str, dict[str, dict[str, Score]]]:
    """A table of the mean errors of each law, and the scores of the default."""
    head = ["law", *(f"{e.name}, {part}" for e in experiments for part in ("other shapes", "longer", "all"))]
    rows, defaults = [head], {}
    for law in LAWS:
        row = ["mean of all (default)" if law is None else f"`{law}`"]
        for experiment in experiments:
            found = scores(experiment, law)
            shapes = [name for name in found if name not in experiment.longer]
            row += [mean(found, names) for names in (shapes, experiment.longer, found)]
            if law is None:
                defaults[experiment.name] = found
        rows.append(row)
    return table(rows), defaults


def coverage(experiments: list[Experiment], found: dict[str, dict[str, Score]]) -> str:
    """How many last losses are inside their intervals."""
    shapes = [s.inside for e in experiments for name, s in found[e.name].items() if name not in e.longer]
    longer = [s.inside for e in experiments for name, s in found[e.name].items() if name in e.longer]
    return (
        f"Inside their {LEVEL:.0%} interval: {sum(shapes)} of {len(shapes)} last losses of other shapes, "
        f"{sum(longer)} of {len(longer)} of longer runs."
    )


def render(folder: Path) -> str:
    """All tables as Markdown."""
    parts: list[str] = []
    experiments = [own()]
    if (folder / "multi_power_law").is_dir():
        experiments += language(folder)
    else:
        parts.append(f"The curves of others are not in {folder}: they are left out.")
    laws, defaults = of_laws(experiments)
    parts += ["**Mean absolute errors.**", laws, coverage(experiments, defaults)]
    for experiment in experiments:
        parts += [f"**{experiment.name}**, the default:", of_ends(experiment, defaults[experiment.name])]
    if (folder / "cooldowns").is_dir():
        rows = [["model, data", "runs", "rank correlation of the bound", "errors of `fit_finals`", "greatest"]]
        for name, runs in finals(folder).items():
            rank, errors = of_finals(runs)
            rows.append(
                [
                    name,
                    f"{len(runs)}",
                    f"{rank:.2f}",
                    f"{np.abs(errors).mean():.4f}",
                    f"{errors[np.abs(errors).argmax()]:+.4f}",
                ]
            )
        parts += ["**Final losses of runs whose peaks differ.**", table(rows)]
    return "\n\n".join(parts)


def draw(path: Path) -> None:
    """The forecasts of the project's own runs, and what came."""
    import matplotlib as mpl
    import text
    from matplotlib.figure import Figure

    experiment = own()
    law = fit([experiment.runs[name] for name in experiment.fitted])
    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 3.4))
        panels = figure.subplots(1, 2, sharey=True)
        for axes, longer in zip(panels, (False, True), strict=True):
            for index, name in enumerate(n for n in experiment.others if (n in experiment.longer) == longer):
                schedule, steps, losses = (
                    part if callable(part) else part[8 :: 3 if longer else 1] for part in experiment.runs[name]
                )
                color = f"C{index}"
                low, high = law.interval(schedule, steps, level=LEVEL)
                axes.plot(steps, losses, ".", color=color, markersize=2)
                axes.plot(steps, law.loss(schedule, steps), color=color, linewidth=1.4, label=name)
                axes.fill_between(steps, low, high, color=color, alpha=0.12, linewidth=0)
            axes.set(xlabel="step", title="three times as long" if longer else "other shapes", ylim=(1.6, 2.5))
            axes.legend(frameon=False)
        panels[0].set(ylabel="loss")
        figure.subplots_adjust(left=0.07, right=0.98, bottom=0.14, top=0.92, wspace=0.06)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


MARKS = ("<!-- python -m benchmarks.forecast --write: begin -->", "<!-- python -m benchmarks.forecast --write: end -->")


def main() -> None:
    """Print the tables, and write them and the picture where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables and the picture into the page")
    parser.add_argument("--curves", type=Path, default=ELSEWHERE, help="the folder with the curves of others")
    asked = parser.parse_args()
    warnings.simplefilter("error")
    tables = render(asked.curves)
    print(tables)
    if asked.write:
        PAGE.write_text(between(PAGE.read_text(), MARKS, tables))
        draw(PICTURE)


if __name__ == "__main__":
    main()
