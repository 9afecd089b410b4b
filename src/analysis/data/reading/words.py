"""An owner's words as the contract's: listed, rewritten by a pattern, or looked up in a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.data.reading import distinct
from analysis.data.reading.fields import PLACE

FIGURES = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMBERS = "[0-9]+|[{0}]?十[{0}]?|[{0}]+".format("".join(FIGURES))


def rewritten(words: pa.Array, patterns: Mapping[str, str]) -> pa.Array:
    """Words that a pattern fits, as its other side writes them; the first that fits is taken."""
    found = [(_expression(theirs), ours) for theirs, ours in patterns.items()]

    def written(word: str) -> str:
        for expression, ours in found:
            if fits := expression.fullmatch(word):
                return PLACE.sub(lambda place: _filled(place, fits), ours)
        return word

    return pa.array([written(word) for word in words.to_pylist()], pa.string())


def _expression(pattern: str) -> re.Pattern[str]:
    held = {"n": f"(?P<n>{NUMBERS})", "word": "(?P<word>.+)"}
    parts = PLACE.split(pattern)
    # Of each place the split leaves its name and its form.
    places = [held[name] for name in parts[1::3]]
    texts = [re.escape(text) for text in parts[::3]]
    return re.compile("".join(x for pair in zip(texts, [*places, ""], strict=True) for x in pair))


def _filled(place: re.Match[str], fits: re.Match[str]) -> str:
    text = fits[place[1]]
    return format(_number(text), (place[2] or ":")[1:]) if place[1] == "n" else text


def _number(text: str) -> int:
    """A number in digits or in Chinese figures below a hundred."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(FIGURES[c]) for c in text))
    return 10 * (FIGURES[tens] if tens else 1) + (FIGURES[ones] if ones else 0)


def looked_up(words: pa.Array, frame: pd.DataFrame, column: str) -> tuple[dict[str, str], set[str]]:
    """The key of each name in a table, and the names that several keys share.

    A region is found by its own name, and by that behind the names of the regions above it.
    """
    pairs = pd.DataFrame({"name": frame[column], "key": frame.iloc[:, 0]}).dropna()
    if "parent_code" in frame:
        above = pd.DataFrame(_with_those_above(frame, column), columns=["name", "key"])
        pairs = pd.concat([pairs, above], ignore_index=True)
    pairs["name"] = distinct.plain(pa.array(pairs["name"], pa.string())).to_pylist()
    pairs = pairs[pairs["name"].isin(words.to_pylist())].drop_duplicates()
    shared = pairs["name"].duplicated(keep=False)
    known = dict(zip(pairs["name"][~shared], pairs["key"][~shared], strict=True))
    return known, set(pairs["name"][shared])


def _with_those_above(frame: pd.DataFrame, column: str) -> Iterator[tuple[str, str]]:
    """Names of regions behind those of one or two regions above, joined with ``-`` or nothing."""
    key = frame.columns[0]
    rows = {r[0]: r[1:] for r in frame[[key, column, "parent_code"]].itertuples(index=False)}
    for code, (name, parent) in rows.items():
        over = rows.get(parent, ("", ""))
        top = rows.get(over[1], ("", ""))
        for path in ((over[0],), (top[0],), (top[0], over[0])):
            if all(path):
                yield "".join([*path, name]), code
                yield "-".join([*path, name]), code


def end_in_a_name(words: pa.Array, strange: np.ndarray, frame: pd.DataFrame, column: str) -> bool:
    """Whether most words that were not found are a name of the table behind another word."""
    names = tuple(frame[column].dropna().astype(str))
    texts = words.filter(pa.array(strange)).to_pylist()
    return bool(texts) and sum(text.endswith(names) for text in texts) > len(texts) / 2


def listed(words: Mapping[str, str]) -> dict[str, str]:
    """The owner's words as they are compared, and ours."""
    keys = distinct.plain(pa.array(list(words), pa.string())).to_pylist()
    return dict(zip(keys, words.values(), strict=True))
