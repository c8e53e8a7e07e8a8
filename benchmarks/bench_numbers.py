"""A Python number in, a Python float out: what a training loop does once for every update."""

from collections.abc import Iterator

import lrsched

from . import bench_joins, peers
from .bench_timing import Pair
from .peers import CURVE, TOTAL, WARMUP

__all__ = ["peer_pairs", "pairs"]

STEP = 50_000

# In float64 the curve by hand is within a few ulp of the peak; JAX computes it in float32, of an angle up to pi.
FLOAT64, FLOAT32 = 1e-14, 1e-6


def pairs() -> Iterator[Pair]:
    """Beside closures, and a long join beside a short one, both in the middle of their last piece."""
    ours = lrsched.warmup_cosine(*CURVE)
    what = f"`warmup_cosine(...)({STEP:_})` / "
    yield Pair(what + "`math` by hand", ours, peers.by_hand(*CURVE), STEP, FLOAT64, 1.8)
    constants = peers.by_hand_with_constants(*CURVE)
    yield Pair(what + "the same, constants beforehand", ours, constants, STEP, FLOAT64)
    what = "`join` of 1000 pieces, a Python int / `join` of 2"
    yield Pair(what, bench_joins.ours(1_000), bench_joins.ours(2), 99_950, FLOAT64, 1.6, their_steps=150)


def peer_pairs() -> Iterator[Pair]:
    """Beside the libraries that are installed."""
    ours = lrsched.warmup_cosine(*CURVE)
    what = f"`warmup_cosine(...)({STEP:_})` / "
    yield Pair(what + "fvcore", ours, peers.fvcore(*CURVE), STEP, FLOAT64, their_steps=STEP / TOTAL)
    yield Pair(what + "timm", ours, peers.timm(*CURVE), STEP, FLOAT64)
    factor = peers.transformers_factor(WARMUP, TOTAL)
    yield Pair(what + "the factor of transformers", lrsched.warmup_cosine(1.0, WARMUP, TOTAL), factor, STEP, FLOAT64)
    yield Pair(what + "optax", ours, peers.ready(peers.optax(*CURVE)), STEP, FLOAT32)
    yield Pair(what + "optax, jitted", ours, peers.jitted(peers.optax(*CURVE)), STEP, FLOAT32)
