"""Identifiers that no page may show, as hashes and shapes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.disclosure.gate import IDENTITIES

SEALS_KEPT = 20_000
"""Identifiers of one kind beyond this are recognised by their shape alone."""
SEAL_LENGTH = 16
SHAPES_KEPT = 50


@dataclass(frozen=True)
class Identifiers:
    """What no page may show: hashes of identifiers, and the shapes of those too many to hash."""

    seals: Mapping[str, Sequence[str]]
    shapes: Mapping[str, Sequence[str]]


def identifiers(tables: Mapping[str, pd.DataFrame]) -> Identifiers:
    """Hashes and shapes of every identifier of a person or an enterprise in the tables."""
    seals, shapes = {}, {}
    for name in sorted(IDENTITIES):
        columns = [frame[name].dropna().astype(str) for frame in tables.values() if name in frame]
        if not columns:
            continue
        values = pd.unique(pd.concat(columns))
        if len(values) <= SEALS_KEPT:
            seals[name] = sorted(seal(value) for value in values)
        else:
            shapes[name] = shapes_of(values)
    return Identifiers(seals, shapes)


def seal(identifier: str) -> str:
    """The hash by which an identifier is recognised on a page, in capitals or not."""
    return hashlib.sha256(identifier.casefold().encode("utf-8")).hexdigest()[:SEAL_LENGTH]


def shapes_of(values: Iterable[str]) -> list[str]:
    """The fewest patterns that fit every identifier: by letters, else by their length."""
    texts = pd.Series(values, dtype="string[pyarrow]")
    patterns: set[str] = set()
    for text in _without_digits(texts):
        patterns.add(shape(text))
        if len(patterns) > SHAPES_KEPT:
            return sorted(rf"\w{{{length}}}" for length in texts.str.len().unique())
    return sorted(patterns)


def _without_digits(texts: pd.Series) -> Iterator[str]:
    """The texts with 0 for every digit, each once: a million numbers have few shapes.

    Digits are replaced in Arrow's own buffer, where no other character holds their bytes.
    """
    whole = pa.table({"text": texts})["text"].cast(pa.large_string()).combine_chunks()
    _, offsets, data = whole.buffers()
    letters = np.frombuffer(data or b"", np.uint8).copy()
    letters[(letters >= ord("0")) & (letters <= ord("9"))] = ord("0")
    buffers = [None, offsets, pa.py_buffer(letters)]
    masked = pa.Array.from_buffers(whole.type, len(whole), buffers, offset=whole.offset)
    return (text.as_py() for text in masked.unique())


def shape(identifier: str) -> str:
    """The identifier as a pattern: its letters as they are, each digit as any digit."""
    return re.sub(r"\d", r"\\d", re.escape(identifier))
