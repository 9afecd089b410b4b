"""What every kind of chart is: frozen data that draws itself at two widths and gives its table."""

from __future__ import annotations

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.marks import marks_of
from analysis.page.plates import Figure, TableData
from analysis.result import Internal


class Chart:
    """Base of all kinds of chart. ``widest`` is the width of its first drawing."""

    widest: str = "wide"

    def draw(self, axes: Axes, width: str) -> None:
        """Draw at the width, ``wide`` (or ``column``) or ``narrow``."""
        raise NotImplementedError

    def table(self) -> TableData:
        """The numbers drawn, as texts and as values."""
        raise NotImplementedError

    def height(self, width: str) -> float:  # noqa: ARG002
        """Its height as a share of the house height."""
        return 1.0

    def figure(
        self,
        *,
        language: str,
        simulated: bool,
        internal: Internal = "",
        table: TableData | None = None,
        **words: str,
    ) -> Figure:
        """The Plate: both drawings with their words and their numbers.

        Parameters
        ----------
        table: where the reader gets more, or other, columns than those drawn.
        words: key, title, caption and alt text of the Plate.
        """

        return Figure(
            language=language,
            simulated=simulated,
            internal=internal,
            images=style.render(
                self.draw, language, marks_of(simulated, internal), self.height, self.widest
            ),
            table=self.table() if table is None else table,
            **words,
        )
