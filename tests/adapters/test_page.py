"""The page of all adapters: one example for each, short, complete by itself, and wrong as soon as a rate is."""

import re
from pathlib import Path

import pytest

import lrsched.adapters

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / "adapters.md").read_text(), re.MULTILINE | re.DOTALL)

MODULES = {path.stem for path in Path(lrsched.adapters.__file__).parent.glob("*.py")} - {"__init__"}
"""`keras_callbacks` is a part of `keras`, and `jax` is imported for what it does."""

ADAPTERS = sorted(name for name in MODULES - {"jax"} if name.partition("_")[0] not in MODULES - {name})


def example_of(name):
    (block,) = [block for block in BLOCKS if f"from lrsched.adapters.{name} import " in block]
    return block


def test_every_adapter_has_one_example():
    assert ADAPTERS == ["keras", "optax", "torch"]
    assert len({example_of(name) for name in ADAPTERS}) == len(BLOCKS) == len(ADAPTERS)


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_example_is_short_and_complete(name):
    code = example_of(name)
    assert len([line for line in code.splitlines() if line.strip()]) <= 15
    exec(code, {})


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_example_fails_where_a_rate_is_another(name):
    code = example_of(name)
    assert code.count("schedule(k)") == 1
    with pytest.raises(AssertionError):
        exec(code.replace("schedule(k)", "schedule(k + 1)"), {})
