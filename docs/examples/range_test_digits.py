"""Find a rate for handwritten digits with a range test, then train at it: a small network in PyTorch, with SGD.

Run it with `python docs/examples/range_test_digits.py`; it takes ten seconds of one core. `--write` puts the table and
the picture into the page, for which it needs jax, optax and matplotlib as well. It needs torch, tqdm and scikit-learn,
whose digits come with it.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

import lrsched
from lrsched.tools.range_test import RangeTestResult, range_test, run_range_test

UPDATES = 600
BATCH = 128
RULES = ("steepest", "back_off", "minimum_over_10", "valley", "slide")
PAGE = Path(__file__).parents[1] / "range_test.md"


class Result(NamedTuple):
    """The curve of the range test, and by rule the part of the test digits that is recognised after training."""

    curve: RangeTestResult
    accuracy: dict[str, float]


class Training:
    """A network that has not learned anything yet, and how it is trained for one update."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.rng = np.random.default_rng(0)
        self.images, self.labels, self.test_images, self.test_labels = self.load()
        self.network = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
        self.optimizer = torch.optim.SGD(self.network.parameters())

    def load(self) -> tuple[torch.Tensor, ...]:
        """Images and labels: 1 500 to train on, 297 to test on."""
        digits = load_digits()
        order = self.rng.permutation(len(digits.target))
        images = torch.from_numpy(digits.data[order].astype(np.float32) / 16)
        labels = torch.from_numpy(digits.target[order])
        return images[:1500], labels[:1500], images[1500:], labels[1500:]

    def update(self, rate: float) -> float:
        """Train for one update at a rate, and return the loss."""
        batch = torch.from_numpy(self.rng.integers(len(self.labels), size=BATCH))
        self.optimizer.param_groups[0]["lr"] = rate
        loss = nn.functional.cross_entropy(self.network(self.images[batch]), self.labels[batch])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def accuracy(self) -> float:
        """The part of the test digits that is recognised."""
        return (self.network(self.test_images).argmax(dim=1) == self.test_labels).float().mean().item()


def train(peak: float) -> float:
    """The accuracy after a training with this peak, from scratch."""
    training = Training()
    schedule = lrsched.warmup_linear(peak, UPDATES // 10, UPDATES)
    for step in range(UPDATES):
        training.update(schedule(step))
    return training.accuracy()


def render(result: Result) -> str:
    """What was found, and the table of the rules, as Markdown."""
    found = result.curve.suggest()
    rows = [f"| `{rule}` | {getattr(found, rule):.3g} | {result.accuracy[rule]:.3f} |" for rule in RULES]
    text = (
        f"The loss begins to fall at {found.falls:.2g}. Half of the progress is lost after {found.largest:.2g}, "
        f"at update {found.lost_at} of {len(result.curve.losses)}. "
        f"After {UPDATES} updates at each rate:"
    )
    return "\n".join([text, "", "| rule | rate | test accuracy |", "| --- | --: | --: |", *rows])


def write(result: Result) -> None:
    """Put the table and the picture into the page."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    import text

    with mpl.rc_context(text.page_style() | {"legend.frameon": False}):
        axes = plt.subplots(figsize=(7.0, 3.2), layout="constrained")[1]
        result.curve.plot(ax=axes).figure.savefig(
            PAGE.parent / "images" / "range_test.svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    PAGE.write_text(text.splice(PAGE.read_text(), "range_test_digits.py", render(result)))


def main(progress: bool = True) -> Result:
    """Test the rates, train at each that is suggested, and print."""
    torch.set_num_threads(1)  # more are slower for so small a network
    curve = run_range_test(Training().update, range_test(1e-4, 100.0, 120), progress=progress)
    found = curve.suggest()
    result = Result(curve, {rule: train(getattr(found, rule)) for rule in RULES})
    print(render(result))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table and the picture into the page")
    asked, result = parser.parse_args(), main()
    if asked.write:
        write(result)
