"""An empty canvas in the house style: laid out once in a process and copied for every drawing.

To make a figure with its axes takes matplotlib 7 ms, of which half goes into the ticks; to copy
one 2 ms. A report draws fourteen to thirty of them.
"""

from __future__ import annotations

import io
import pickle
from functools import lru_cache
from itertools import count
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import TransformNode

POINTS = 72
"""Per inch, as in every SVG: what is measured for the layout is what is drawn."""
TICKS = 6
"""So many ticks of each axis are made beforehand; further ones are made when they are needed."""
STOCK: list[Figure] = []
"""Copies made before a process is forked: each that is forked has them all."""


class PlainAxes(Axes):
    """Axes that find how far a rectangle reaches by its corners, a twentieth of the work."""

    def _update_patch_limits(self, patch: Patch) -> None:
        of_data = patch.get_data_transform() == self.transData
        if isinstance(patch, Rectangle) and of_data and patch.get_width() and not patch.get_angle():
            self.update_datalim(patch.get_corners())
        else:
            by_curves: Any = super()
            by_curves._update_patch_limits(patch)


def blank(inches: float, tall: float) -> tuple[Figure, Axes]:
    """A figure of one axes; the settings of matplotlib that hold are those of the first call."""
    figure = STOCK.pop() if STOCK else _copy()
    figure.set_size_inches(inches, tall)
    return figure, figure.axes[0]


def stock_up(number: int) -> None:
    """Make copies beforehand; the settings of matplotlib are as for :func:`blank`."""
    STOCK.extend(_copy() for _ in range(number))


def _copy() -> Figure:
    figure: Figure = pickle.loads(_kept())  # noqa: S301  our own bytes
    return figure


@lru_cache(maxsize=1)
def _kept() -> bytes:
    figure = Figure(dpi=POINTS)
    axes = figure.add_subplot(axes_class=PlainAxes)
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_ticks(TICKS)
    kept = io.BytesIO()
    _Pickler(kept, pickle.HIGHEST_PROTOCOL).dump(figure)
    return kept.getvalue()


class _Pickler(pickle.Pickler):
    """Numbers those who must hear of a change of a transform anew.

    matplotlib knows them by their address in memory. In a copy another may lie at that address,
    take its place, and leave it with what it knew before the change.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._numbers = count(1)

    def reducer_override(self, held: Any) -> Any:
        """Called with all that is pickled; no address is below nought."""
        if isinstance(held, TransformNode):
            node: Any = held
            node._parents = {-next(self._numbers): one for one in node._parents.values()}
        return NotImplemented
