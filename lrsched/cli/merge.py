"""`lrsched merge`: checkpoints of a run at a constant rate, averaged so that the rate seems to have decayed."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..tools.merging import merge_weights
from .expressions import Expression, read_expression
from .lets import lets
from .output import aligned, examples, progress
from .refused import Refused, refusing

__all__ = ["merge"]


@click.command(
    epilog=examples(
        'lrsched merge "cooldown(constant(3e-4), 8000, 2000)" step-8000.pt step-9000.pt step-10000.pt',
        'lrsched merge "wsd(3e-4, 500, 10000, 2000)" a/model.safetensors b/model.safetensors --steps 8000,10000',
    )
)
@click.argument("expression", metavar="EXPR", type=Expression())
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@lets
@click.option("-o", "--output", metavar="FILE", help="Where to write the average; without it, only print the weights.")
@click.option("--steps", metavar="N,N,...", help="The steps of the checkpoints, if the names don't have them.")
@click.option("--key", metavar="NAME", help='The entry of each file that holds the model, such as "state_dict".')
def merge(
    expression: str,
    files: tuple[str, ...],
    names: Mapping[str, float],
    output: str | None,
    steps: str | None,
    key: str | None,
) -> None:
    """Average checkpoints as if the rate had decayed.

    The run had a constant rate; EXPR is the schedule to emulate, in steps of the run. FILE is read as safetensors or by
    torch.load, depending on its suffix. The step of a checkpoint is the last number in the name of the file or its
    folder. Files are sorted by step, and read one at a time.
    """
    schedule = read_expression(expression, names)
    sorted_files = sorted(zip(_steps(files, steps), files, strict=True))
    with refusing():
        weights = merge_weights(schedule, [step for step, _ in sorted_files])
    rows = [(str(step), f"{weight:.6g}") for (step, _), weight in zip(sorted_files, weights, strict=True)]
    for line, file in zip(
        aligned(["step", "weight"], rows), ["file", *(file for _, file in sorted_files)], strict=True
    ):
        click.echo(f"{line}  {file}")
    if output is not None:
        _write(output, [file for _, file in sorted_files], weights, key)


def _steps(files: tuple[str, ...], given: str | None) -> list[int]:
    if given is None:
        return [_step_of(file) for file in files]
    texts = given.split(",")
    if not all(text.strip().isdecimal() for text in texts):
        raise Refused(f"--steps {given} must be whole numbers with commas between them, such as 8000,9000")
    if len(texts) != len(files):
        raise Refused(f"--steps {given} must give a step for each file: {len(files)}, not {len(texts)}")
    return [int(text) for text in texts]


def _step_of(file: str) -> int:
    path = Path(file).absolute()
    for name in (path.name.removesuffix(path.suffix), path.parent.name):
        numbers = re.findall(r"\d+", name)
        if numbers:
            return int(numbers[-1])
    raise Refused(f"{file} has no step in its name; give --steps")


def _write(output: str, files: list[str], weights: tuple[float, ...], key: str | None) -> None:
    for file in files:
        with refusing():
            Path(file).open("rb").close()  # before much is read
    with refusing(), progress(len(files), many=1) as done:
        adapter: Any = import_module("lrsched.adapters.torch_merge")  # needs the optional package torch
        merged = adapter.merge(files, weights, key=key, progress=done)
        adapter.save_weights(merged, output)
