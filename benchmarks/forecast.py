"""How good the forecasts are: `python -m benchmarks.forecast` prints it, and `--write` puts it into docs/forecast.md.

Laws are fitted to three loss curves and predict others: those of the project's own experiment in docs/examples/curves,
and those of two language models. The runs of others are not part of the project; they are read from `../shared/curves`
or the folder that `--curves` names, and left out where there is none.
"""

import argparse
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lrsched.forecast import Law, fit, fit_finals

from .bench_page import between, table
from .forecast_choice import of_choice
from .forecast_ranks import of_ranks, of_ratios
from .forecast_runs import Experiment, Final, Run, finals, language, own, ways

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "forecast.md"
PICTURE = ROOT / "docs" / "images" / "forecast.svg"
ELSEWHERE = ROOT.parent / "shared" / "curves"

LAWS = (None, "multi_power", "momentum", "power_momentum", "functional_scaling")
LEVEL = 0.9
KINDS = ("wsd", "cosine", "constant")

PUBLISHED = {"25M": (0.0039, 0.0038), "100M": (0.0038, 0.0044)}
"""Mean absolute errors of Luo et al. on these curves: in their paper, and with the parameters in their repository."""

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


def of_finals(runs: list[Final]) -> np.ndarray:
    """The errors of a law that is fitted to three final losses."""
    kinds = {kind: sorted((run for run in runs if run.kind == kind), key=lambda run: run.steps) for kind in KINDS}
    three = [kinds["wsd"][0], kinds["cosine"][-1], kinds["constant"][0]]
    law = fit_finals([run[:3] for run in three])
    return np.array([law.final(run.schedule, run.steps) - run.loss for run in runs if run not in three])


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


def of_laws(experiments: list[Experiment], laws: Sequence[str | None]) -> tuple[str, dict[str, dict[str, Score]]]:
    """A table of the mean errors of each law, and the scores of the default."""
    head = ["law", *(f"{e.name}, {part}" for e in experiments for part in ("other shapes", "longer", "all"))]
    rows, defaults = [head], {}
    for law in laws:
        row = ["mean of all (default)" if law is None else f"`{law}`"]
        for experiment in experiments:
            found = scores(experiment, law)
            shapes = [name for name in found if name not in experiment.longer]
            row += [mean(found, names) for names in (shapes, experiment.longer, found)]
            if law is None:
                defaults[experiment.name] = found
        rows.append(row)
    return table(rows), defaults


def least(experiment: Experiment) -> float:
    """The mean absolute error where the curves that are predicted are fitted, too."""
    law = fit(experiment.runs.values())
    return float(np.mean([score(law, experiment.runs[name]).error for name in experiment.others]))


def of_bars(experiments: list[Experiment], found: dict[str, dict[str, Score]]) -> str:
    """A table of the errors beside the published ones; the bar is the lower of these."""
    rows = [["model", "mean absolute error", "paper", "authors' repository", "bar", "result", "fitted to all nine"]]
    for experiment in experiments:
        if experiment.name == "own":
            continue
        error = float(np.mean([each.error for each in found[experiment.name].values()]))
        cells = ["unknown", "unknown", "none", ""]
        if experiment.name in PUBLISHED:
            bar = min(PUBLISHED[experiment.name])
            published = [f"{each:.4f}" for each in PUBLISHED[experiment.name]]
            cells = [*published, f"{bar:.4f}", f"{'missed' if error > bar else 'met'} by {abs(error - bar):.5f}"]
        rows.append([experiment.name, f"{error:.5f}", *cells, f"{least(experiment):.4f}"])
    return table(rows)


def of_coverage(experiments: list[Experiment], found: dict[str, dict[str, Score]], all_ways: bool) -> str:
    """A table of how many last losses are inside their intervals."""
    rows = [["fitted and predicted", "other shapes", "mean width", "longer", "mean width"]]
    given = [(experiment, found[experiment.name]) for experiment in experiments]
    cases = [(experiment.name, [(experiment, each)]) for experiment, each in given]
    cases.append(("all of these", given))
    if all_ways:
        every = [(experiment, scores(experiment, None)) for experiment in ways(experiments[0])]
        cases.append((f"{experiments[0].name}, all ways to fit three of five", every))
    for label, pairs in cases:
        row = [label]
        for is_longer in (False, True):
            part = [s for e, each in pairs for name, s in each.items() if (name in e.longer) == is_longer]
            width = np.mean([each.high - each.low for each in part])
            row += [f"{sum(each.inside for each in part)} of {len(part)}", f"{width:.3f}"]
        rows.append(row)
    return table(rows)


def without(folder: Path) -> list[str]:
    """What to say where the curves of others are not there."""
    is_there = (folder / "multi_power_law").is_dir()
    return [] if is_there else [f"The curves of others are not in {folder}: they are left out."]


def render(folder: Path, laws: Sequence[str | None] = LAWS, all_ways: bool = True) -> str:
    """The tables of the errors as Markdown."""
    parts = without(folder)
    experiments = [own(), *language(folder)]
    of_each, defaults = of_laws(experiments, laws)
    if len(experiments) > 1:
        parts += ["**Beside the published errors.**", of_bars(experiments, defaults)]
    parts += ["**Mean absolute errors.**", of_each]
    parts += [f"**Last losses inside their {LEVEL:.0%} interval.**", of_coverage(experiments, defaults, all_ways)]
    for experiment in experiments:
        parts += [f"**{experiment.name}**, the default:", of_ends(experiment, defaults[experiment.name])]
    if (folder / "cooldowns").is_dir():
        groups = finals(folder)
        parts += ["**Rank correlation of the bound and the final loss.**", of_ranks(groups)]
        parts += ["**The same, by the ratio.**", of_ratios(groups)]
        rows = [["model, data", "predicted", "mean absolute error", "greatest"]]
        for name, runs in groups.items():
            errors = of_finals(runs)
            greatest = errors[np.abs(errors).argmax()]
            rows.append([name, f"{len(errors)}", f"{np.abs(errors).mean():.4f}", f"{greatest:+.4f}"])
        parts += ["**Final losses forecast by `fit_finals`.**", table(rows)]
    return "\n\n".join(parts)


def draw(path: Path) -> None:
    """The forecasts of the project's own runs, and what came."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    experiment = own()
    import text  # beside the script of the experiment

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


def marks(options: str) -> tuple[str, str]:
    """The lines around a part of the page."""
    begin, end = (f"<!-- python -m benchmarks.forecast {options}: {word} -->" for word in ("begin", "end"))
    return begin, end


def main() -> None:
    """Print the tables, and write them and the picture where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables and the picture into the page")
    parser.add_argument("--choice", action="store_true", help="compare laws and settings by cross-validation instead")
    parser.add_argument("--curves", type=Path, default=ELSEWHERE, help="the folder with the curves of others")
    asked = parser.parse_args()
    warnings.simplefilter("error")
    if asked.choice:
        tables = "\n\n".join([*without(asked.curves), of_choice([own(), *language(asked.curves)])])
    else:
        tables = render(asked.curves)
    print(tables)
    if asked.write:
        PAGE.write_text(between(PAGE.read_text(), marks("--choice --write" if asked.choice else "--write"), tables))
        if not asked.choice:
            draw(PICTURE)


if __name__ == "__main__":
    main()
