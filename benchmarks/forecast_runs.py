"""The runs that forecasts are measured on: the project's own, and those of language models, which it has no copy of."""

import csv
import sys
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lrsched
from lrsched import Schedule

__all__ = ["Experiment", "Final", "Run", "finals", "language", "own", "ways"]

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"

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


def own() -> Experiment:
    """The small transformer of docs/examples/loss_curves.py."""
    sys.path.insert(0, str(EXAMPLES))
    import loss_curves

    runs = {name: (schedule, *loss_curves.read(name)) for name, (schedule, _) in loss_curves.RUNS.items()}
    longer = tuple(name for name, (_, total) in loss_curves.RUNS.items() if total == max(loss_curves.LENGTHS))
    return Experiment("own", runs, loss_curves.FITTED, longer)


def ways(experiment: Experiment) -> Iterable[Experiment]:
    """An experiment with each three of its short runs as those that are fitted."""
    short = [name for name in experiment.runs if name not in experiment.longer]
    for fitted in combinations(short, 3):
        yield experiment._replace(fitted=fitted)


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


# The runs whose final losses alone are known.


class Final(NamedTuple):
    """A run whose final loss alone is known."""

    schedule: Schedule
    steps: int
    loss: float
    kind: str
    """wsd, cosine or constant."""
    peak: float


def finals(folder: Path) -> dict[str, list[Final]]:
    """The runs by model and data."""
    found: dict[str, list[Final]] = {}
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
            found.setdefault(key, []).append(Final(schedule, total, float(row["final_loss"]), row["kind"], peak))
    return found
