"""Train a small network on handwritten digits with PyTorch; the schedule sets the rate through `TorchScheduler`.

Run it with `python docs/examples/digits_torch.py`. It needs torch and scikit-learn, whose digits come with it.
"""

from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

import lrsched
from lrsched.adapters.torch import TorchScheduler

UPDATES = 400
BATCH = 128
SCHEDULE = lrsched.warmup_cosine(peak_value=3e-3, warmup_steps=40, total_steps=UPDATES, init_value=1e-4, end_value=1e-5)


class Result(NamedTuple):
    """What the training gave: the part of the test digits that is recognised, and the rate of every update."""

    accuracy: float
    rates: np.ndarray


def load(rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
    """Images and labels: 1 500 to train on, 297 to test on."""
    digits = load_digits()
    order = rng.permutation(len(digits.target))
    images = torch.from_numpy(digits.data[order].astype(np.float32) / 16)
    labels = torch.from_numpy(digits.target[order])
    return images[:1500], labels[:1500], images[1500:], labels[1500:]


def main() -> Result:
    """Train, test and print."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    images, labels, test_images, test_labels = load(rng)
    network = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-4)
    scheduler = TorchScheduler(optimizer, SCHEDULE)
    rates = np.empty(UPDATES, np.float32)
    for step in range(UPDATES):
        batch = torch.from_numpy(rng.integers(len(labels), size=BATCH))
        rates[step] = optimizer.param_groups[0]["lr"]
        loss = nn.functional.cross_entropy(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        accuracy = (network(test_images).argmax(dim=1) == test_labels).float().mean().item()

    print(f"{SCHEDULE!r}")
    for name, step in (("first", 0), ("peak", SCHEDULE.boundaries[0]), ("last", UPDATES - 1)):
        print(f"rate of the {name} update ({step}): {rates[step]:.4g}")
    print(f"test accuracy: {accuracy:.3f}")
    return Result(accuracy, rates)


if __name__ == "__main__":
    main()
