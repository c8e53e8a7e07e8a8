"""On a GPU: tensors and captured graphs see each new rate, and values are as exact as on a CPU."""

import numpy as np
import pytest
import torch

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler

from ..cases import CASES

pytestmark = pytest.mark.gpu("torch")

DEVICE = "cuda"
RATE = lr.warmup_cosine(0.3, 4, 16, init_value=0.01, end_value=0.001)


def adamw(weights):
    """AdamW whose first part alone moves the weights: with the gradient 1, by the rate."""
    rate = torch.tensor(7.0, device=DEVICE)
    return torch.optim.AdamW([weights], lr=rate, weight_decay=0.0, capturable=True), rate


def moved(weights, update):
    """How far an update moves the weights from 0."""
    with torch.no_grad():
        weights.zero_()
    update()
    return weights.detach().abs().max().item()


# AdamW under the gradient 1 moves by the rate. It computes 1 - 0.999**t in float32, where 6e-8/1e-3 of it is lost.
CLOSE = 1e-4


def test_a_capturable_tensor_is_filled_in_place_without_waiting_for_the_device():
    weights = torch.nn.Parameter(torch.zeros(3, device=DEVICE))
    weights.grad = torch.ones_like(weights)
    optimizer, rate = adamw(weights)
    scheduler = TorchScheduler(optimizer, RATE)
    place = rate.data_ptr()
    for step in range(20):
        assert rate.item() == np.float32(RATE(step))
        assert moved(weights, optimizer.step) == pytest.approx(RATE(step), rel=CLOSE)
        torch.cuda.set_sync_debug_mode("error")
        try:
            scheduler.step()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.data_ptr() == place


def test_a_captured_graph_uses_each_new_rate():
    weights = torch.nn.Parameter(torch.zeros(3, device=DEVICE))
    weights.grad = torch.ones_like(weights)
    optimizer, _ = adamw(weights)
    scheduler = TorchScheduler(optimizer, RATE)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # the first updates make the state, which a graph must find
        for _ in range(3):
            optimizer.step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        optimizer.step()
    used = []
    for _ in range(20):
        used.append(moved(weights, graph.replay))
        scheduler.step()
    assert used == pytest.approx([RATE(k) for k in range(20)], rel=CLOSE)


@pytest.mark.parametrize("schedule", [pytest.param(case.schedule, id=name) for name, case in CASES.items()])
def test_values_are_exact_in_float32(schedule):
    """Against float64: the schedule computes small exact integers, so that some roundings are all that is lost."""
    steps = np.unique(np.concatenate([np.arange(200), np.geomspace(1, 2**31 - 1, 500).astype(np.int64)]))
    steps = steps[schedule(steps) < 1e38]  # float32 ends soon after
    exact = schedule(steps)
    found = schedule(torch.from_numpy(steps).to(DEVICE))
    assert (found.dtype, found.device.type) == (torch.float32, DEVICE)
    on_cpu = schedule(torch.from_numpy(steps)).numpy()
    # As exact as on the CPU, where the bound of each schedule is tested, up to 4 ulp for the GPU's sin, exp and log.
    allowed = np.abs(on_cpu - exact) + 4 * np.spacing(np.abs(exact).astype(np.float32))
    assert (np.abs(found.cpu().numpy() - exact) <= allowed).all()


@pytest.mark.parametrize("end", [0.0, 1e-5, 3e-5])
def test_ends_are_exact(end):
    schedule = lr.warmup_cosine(3e-4, 1_000, 100_000, end_value=end)
    steps = torch.tensor([0, 1_000, 100_000, 2**31 - 1], device=DEVICE)
    assert schedule(steps).tolist() == [np.float32(v) for v in (0.0, 3e-4, end, end)]
    tail = torch.arange(98_000, 100_000, device=DEVICE)
    expected = schedule(np.arange(98_000, 100_000))
    np.testing.assert_allclose(schedule(tail).cpu().numpy(), expected, rtol=1e-6)  # a few ulp of float32
