"""The average of PyTorch checkpoints, one in memory at a time."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from ..checks import Site, brief, guess, number, sentence

__all__ = ["Source", "merge", "save_weights"]

Source: TypeAlias = "Mapping[str, Any] | str | os.PathLike[str]"
"""A state dict, or a file that holds one."""


def merge(
    checkpoints: Iterable[Source],
    weights: Sequence[float],
    *,
    key: str | None = None,
    progress: bool | Callable[[int], object] = False,
) -> dict[str, Any]:
    """The weighted average of the checkpoints of a model, such as with the weights of `lrsched.merge_weights`.

    Each checkpoint is read, added and forgotten before the next. Floating-point tensors are summed in float32, or in
    float64 if they are of that, and given back in their own dtype; other tensors and values are those of the last
    checkpoint, such as the number of batches that a BatchNorm has seen. The result is on the CPU.

    Args:
        checkpoints: state dicts, or files of `torch.save` or safetensors (by their suffix), in the order of their
            steps.
        weights: the weight of each; they are taken as they are, whatever their sum.
        key: the entry of each checkpoint that holds the state dict, such as "model" or "state_dict".
        progress: whether to show a progress bar, for which tqdm is needed; or a function that is told how many
            checkpoints are added.

    Raises ValueError for another number of weights than of checkpoints, for weights that are not finite, for a file
    that cannot be read, and for checkpoints that don't have the same tensors of the same shapes; it says which. Raises
    TypeError for what holds no tensors, and for what is no list.

    >>> merge([{"w": torch.tensor([1.0, 2.0])}, {"w": torch.tensor([3.0, 6.0])}], [0.25, 0.75])
    {'w': tensor([2.5000, 5.0000])}
    """
    sources, weights = _listed("checkpoints", checkpoints), _listed("weights", weights)
    weights = [float(number(Site("merge", "weights").item(index), weight)) for index, weight in enumerate(weights)]
    if len(sources) != len(weights) or not sources:
        raise ValueError(
            f"merge: {len(sources)} checkpoints and {len(weights)} weights must be as many, and 1 or more; "
            "lrsched.merge_weights(schedule, steps) gives a weight for each step."
        )
    sums: dict[str, Tensor] = {}
    state: dict[str, Any] = {}
    shapes: dict[str, Any] = {}
    told = _progress(progress, len(sources))
    for index, (source, weight) in enumerate(zip(sources, weights, strict=True)):
        state = {}  # the one before is forgotten first
        place = _place(f"merge: checkpoint {index}", source)
        state = _weights(source, key, place)
        shapes = _check_shapes(place, state, shapes)
        for name, value in state.items():
            if _is_summed(value):
                wide = value.detach().to("cpu", torch.promote_types(value.dtype, torch.float32))
                sums[name] = wide * weight if name not in sums else sums[name].add_(wide, alpha=weight)
        told(index + 1)
    return {name: sums[name].to(value.dtype) if name in sums else _own(value) for name, value in state.items()}


def _listed(name: str, values: Any) -> list[Any]:
    if isinstance(values, (str, os.PathLike, Mapping)) or not hasattr(values, "__iter__"):
        Site("merge", name).refuse(values, f"must be a list, not {type(values).__name__}", "write [...]", TypeError)
    return list(values)


def _place(call: str, source: Source) -> str:
    """A call, with the file that it reads."""
    return f"{call} ({os.fspath(source)})" if isinstance(source, (str, os.PathLike)) else call


def _weights(source: Source, key: str | None, place: str) -> dict[str, Any]:
    """The state dict of a model, from a file or as it is; its tensors are not copied where that can be helped."""
    whole: Any = source if isinstance(source, Mapping) else _read(source, place)
    if key is not None:
        if not isinstance(whole, Mapping) or key not in whole:
            keys = list(map(str, whole)) if isinstance(whole, Mapping) else []
            raise ValueError(sentence(f"{place} has no entry {key!r}; {guess(key, keys)}"))
        whole = whole[key]
    if not isinstance(whole, Mapping):
        raise TypeError(f"{place} must be a state dict, not {type(whole).__name__}; model.state_dict() is one.")
    inner = [str(name) for name, value in whole.items() if isinstance(value, Mapping) and _has_tensors(value)]
    if inner:
        raise TypeError(f"{place} has tensors inside of {', '.join(map(repr, inner[:5]))}; give key={inner[0]!r}.")
    if not any(isinstance(value, Tensor) for value in whole.values()):
        raise TypeError(f"{place} has no tensors, only {brief(list(whole))}; give the state dict of a model.")
    return dict(whole)


def _read(source: Any, place: str) -> Any:
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(f"{place} must be a state dict or a file, not {type(source).__name__}; give a path.")
    path = Path(source)
    files = _safetensors(place) if path.suffix == ".safetensors" else None
    try:
        if files is not None:
            return files.load_file(path)
        try:
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # of a format that cannot be mapped
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # of any kind, where a file holds anything
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(sentence(f"{place} cannot be read ({first[:200]}); give files of torch.save")) from None


def save_weights(state: Mapping[str, Any], file: "str | os.PathLike[str]") -> None:
    """Save a state dict by `torch.save`, or as safetensors if the name of the file ends so."""
    path = Path(file)
    if path.suffix == ".safetensors":
        others = [name for name, value in state.items() if not isinstance(value, Tensor)]
        if others:
            raise ValueError(f"save_weights({path}) can save tensors alone, and {others[0]!r} is none; save it as .pt.")
        tensors = {name: value.contiguous() for name, value in state.items()}
        _safetensors("save_weights").save_file(tensors, path, {"format": "pt"})
    else:
        torch.save(dict(state), path)


def _safetensors(place: str) -> Any:
    try:
        from safetensors import torch as files  # needs the optional package safetensors
    except ImportError:
        raise ImportError(f"{place} needs safetensors; pip install safetensors.") from None
    return files


def _has_tensors(value: Mapping[Any, Any]) -> bool:
    return any(
        isinstance(item, Tensor) or (isinstance(item, Mapping) and _has_tensors(item)) for item in value.values()
    )


def _is_summed(value: Any) -> bool:
    return isinstance(value, Tensor) and (value.is_floating_point() or value.is_complex())


def _check_shapes(place: str, state: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes of the tensors, and whether they are averaged: as in the checkpoint before."""
    shapes = {
        name: (tuple(value.shape), _is_summed(value)) for name, value in state.items() if isinstance(value, Tensor)
    }
    for name in sorted({*shapes, *before}) if before else ():
        if name not in shapes or name not in before:
            which = "lacks" if name not in shapes else "has"
            raise ValueError(f"{place} {which} {name!r}, unlike the one before; merge checkpoints of one model.")
        (shape, summed), (shape_before, summed_before) = shapes[name], before[name]
        if shape != shape_before:
            raise ValueError(
                f"{place} has {name!r} of shape {shape}, and the one before of {shape_before}; "
                "merge checkpoints of one model."
            )
        if summed != summed_before:
            raise ValueError(
                f"{place} has {name!r} of {state[name].dtype}, unlike the one before; merge checkpoints of one model."
            )
    return shapes


def _own(value: Any) -> Any:
    """A value that does not depend on the file that it was read from."""
    return value.detach().to("cpu", copy=True) if isinstance(value, Tensor) else value


def _progress(progress: bool | Callable[[int], object], total: int) -> Callable[[int], object]:
    if callable(progress):
        return progress
    if not progress:
        return lambda done: None
    try:
        from tqdm.auto import tqdm  # needs the optional package tqdm
    except ImportError:
        raise ImportError("merge(progress=True) needs tqdm; pip install tqdm, or give progress=False.") from None
    bar: Any = tqdm(total=total, desc="merge", unit="checkpoint")

    def told(done: int) -> None:
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return told
