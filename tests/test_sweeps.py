"""The page on sweeps: the same trials get the same rates from Optuna, from Ray Tune, and on eight devices at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROGRAM = """
import functools, sys
import numpy as np
from tests.test_documents import run_examples

namespace = run_examples("sweeps.md", open("docs/sweeps.md").read())
jax, lrsched, trials = namespace["jax"], namespace["lrsched"], namespace["TRIALS"]
text, total = namespace["EXPRESSION"], namespace["TOTAL"]
schedules = [lrsched.parse(text, total=total, **trial) for trial in trials]
expected = np.array([schedule(np.arange(total)) for schedule in schedules])

study = namespace["study"]
by_optuna = np.array([trial.user_attrs["rates"] for trial in study.trials])
assert [trial.params for trial in study.trials] == trials

assert len(jax.devices()) == 8
losses, by_vmap = namespace["with_vmap"](jax.devices())
assert {shard.device for shard in by_vmap.addressable_shards} == set(jax.devices())
assert all(shard.data.shape == (1, total) for shard in by_vmap.addressable_shards)

import ray
from ray import tune
ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
tune.Tuner = functools.partial(tune.Tuner, tune_config=tune.TuneConfig(reuse_actors=True))  # one worker for all trials
results = {(r.config["peak"], r.config["warmup"]): r.metrics for r in namespace["with_ray"](sys.argv[1])}
assert len(results) == len(trials)
by_ray = np.array([results[trial["peak"], trial["warmup"]]["rates"] for trial in trials])
ray.shutdown()

assert (by_optuna == by_ray).all()
# NumPy in float32 and a compiled program: each within 5 ulp of the rates.
np.testing.assert_allclose(by_optuna, expected, rtol=5 * 2.0**-23)
np.testing.assert_allclose(by_vmap, expected, rtol=5 * 2.0**-23, atol=1e-9)
np.testing.assert_allclose(losses, [results[t["peak"], t["warmup"]]["loss"] for t in trials], rtol=1e-2)
print("the same")
"""


@pytest.mark.slow
def test_the_same_trials_get_the_same_rates(tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    # jsonschema imports it if it is installed, which takes seconds in each of Ray's processes.
    (hidden / "rfc3987_syntax.py").write_text("raise ImportError\n")
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join([str(hidden), str(ROOT)]),
        "RAY_USAGE_STATS_ENABLED": "0",
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    }
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "the same"
