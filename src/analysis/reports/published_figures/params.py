"""Parameters of ``notebooks/published_figures.ipynb``."""

from __future__ import annotations

from analysis.params import FiguresQuestion


class PublishedFiguresParams(FiguresQuestion):
    """What do printed figures allow to compare?"""
