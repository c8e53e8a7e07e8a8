"""The designer in a notebook: the page in a frame, and the schedules that it holds."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]  (optional, without stubs)
import traitlets  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]  (comes with anywidget)

from ..core.schedule import Schedule
from ..text.parse import parse
from .html import page

__all__ = ["Designer"]


class Designer(anywidget.AnyWidget):
    """The page of the designer, and its expressions, which change as it is used."""

    _esm = (Path(__file__).parent / "static" / "widget.js").read_text(encoding="utf-8")
    page: Any = traitlets.Unicode().tag(sync=True)
    expressions: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height: Any = traitlets.Int().tag(sync=True)

    def __init__(self, given: Iterable[Schedule], height: int) -> None:
        texts = [repr(each) for each in given]
        super().__init__(page=page(texts), expressions=texts, height=height)

    @property
    def schedules(self) -> list[Schedule]:
        """The schedules as they are now."""
        return [parse(text) for text in self.expressions]

    @property
    def schedule(self) -> Schedule:
        """The first schedule as it is now."""
        return self.schedules[0]

    @schedule.setter
    def schedule(self, schedule: Schedule) -> None:
        self.expressions = [repr(schedule), *self.expressions[1:]]
