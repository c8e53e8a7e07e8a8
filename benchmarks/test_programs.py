"""The counts of equations and instructions, which do not depend on the machine, and that long joins agree."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from . import bench_imports, bench_joins, bench_programs

MODULE = """HloModule jit_f, entry_computation_layout={(s32[])->f32[]}

%fused (p: s32[]) -> f32[] {
  %p = s32[] parameter(0)
  ROOT %c.1 = f32[] convert(%p), metadata={op_name="a = b"}
}

ENTRY main {
  step.1 = s32[] parameter(0)
  ROOT fusion = f32[] fusion(step.1), calls=%fused
}
"""


def test_instructions_are_counted():
    assert bench_programs.count(MODULE) == 4


def test_nested_equations_are_counted():
    inner = jax.jit(lambda t: (t + 1) * 2)
    assert bench_programs.equations(lambda t: inner(t) - 3, jnp.int32(1)) == (2, 4)


@pytest.mark.parametrize("step", [jnp.int32(5), jnp.arange(200)], ids=["number", "array"])
def test_a_join_of_any_number_of_pieces_is_traced_to_few_equations(benchmark, step):
    schedule = bench_joins.ours(1_000)
    assert max(benchmark(bench_programs.equations, schedule, step)) < bench_programs.MOST_EQUATIONS


def test_the_compiled_program_is_about_as_long_as_that_of_optax():
    optimized = next(iter(bench_programs.rows()))
    assert optimized.ok == "yes", optimized


def test_a_join_of_1000_pieces_agrees_with_numbers(benchmark):
    schedule, steps = bench_joins.ours(1_000), np.arange(0, 110_000, 37)
    values = benchmark(jax.jit(schedule), jnp.asarray(steps))
    numbers = [schedule(step) for step in steps.tolist()]
    # float32 interpolates between two ends; each operation rounds once.
    np.testing.assert_allclose(values, numbers, rtol=1e-6)


def test_compiling_is_measured():
    assert bench_joins.compile_seconds(bench_joins.ours(2), jnp.int32(5)) > 0


def test_an_import_is_measured(benchmark, tmp_path):
    assert benchmark(bench_imports.seconds, "lrsched", str(tmp_path)) > 0
