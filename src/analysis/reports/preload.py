"""What the process that forks kernels imports, reads and draws beforehand, once for all of them."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections import Counter
from collections.abc import Sequence
from string import ascii_letters, digits, punctuation

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    # Loaded by each kernel at its start otherwise.
    "ipykernel.debugger",
    "IPython.core.debugger",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "matplotlib.backends.backend_svg",
    "encodings.utf_8_sig",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
    "scipy.stats",
)
"""What kernels import. Never ``matplotlib_inline.backend_inline``: its figures would vanish."""
LETTERS = 250
"""Letters whose outlines are cut beforehand, the most used; each takes half a millisecond."""


def preload(kinds: Sequence[str]) -> None:
    """Import what kernels and these kinds of report import; what cannot be had is no failure."""
    from analysis.digest import software
    from analysis.methods import panel_names
    from analysis.page.charts.style import rehearse
    from analysis.page.numbers import number
    from analysis.page.wording import LANGUAGES
    from analysis.reports import kind

    # statsmodels imports polars where it finds it, and polars starts threads, which forbid forking.
    sys.modules.setdefault("polars", None)  # type: ignore[arg-type]
    for name in (*PRELOAD, *(name for one in kinds for name in kind.find(one).modules())):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if sys.modules["polars"] is None:
        del sys.modules["polars"]
    # Loads every method, and reads what the numbers of a report are worked out with.
    panel_names()
    for one in kinds:
        software(*kind.find(one).modules())
    rehearse(common_letters())
    for language in LANGUAGES:
        # Reads the locale, which takes as long as a figure.
        number(0.5, language, 1)


def common_letters() -> str:
    """Letters that figures are likely to draw."""
    from analysis.page.wording import LANGUAGES, catalogue

    said = Counter("".join(text for one in LANGUAGES for text in catalogue(one).values()))
    most = {letter for letter, _ in said.most_common(LETTERS)}
    return "".join(sorted(most | {*ascii_letters, *digits, *punctuation}))
