"""In which encoding a file is written: named, or told from its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from analysis.errors import ContractError, Problem

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 1 << 16
CHUNK = 1 << 24
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u2027]")
ENOUGH = 12
"""Bytes above ASCII from which valid UTF-8 is no accident."""
MANY_NULS = 0.25
REMEDY = "Name it in dataset.yml, for example encoding: gb18030, or save the file in UTF-8"


@dataclass(frozen=True)
class Decoded:
    """A file's text in UTF-8 without a mark, its encoding, and whether that was named."""

    text: bytes
    encoding: str
    how: str


def decoded(data: bytes, named: str, file: str) -> Decoded:
    """The text of a file whose encoding is named, or is told from its bytes.

    Raises
    ------
    ContractError: the bytes are not in the encoding named, or in none that can be told.
    """
    mark = next((name for start, name in MARKS if data.startswith(start)), "")
    if named:
        return _named(data, codecs.lookup(named).name, mark, file)
    sure = mark or _wide(data[:SAMPLE])
    if sure:
        return Decoded(_required(data, sure, file), sure, "detected")
    text, _ = transcoded(data, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8", "detected")
    if _reads_as_chinese(data[:SAMPLE]):
        text, _ = transcoded(data, "gb18030")
        if text is not None:
            return Decoded(text, "gb18030", "detected")
    if _mostly_utf8(data):
        _required(data, "utf-8", file)
    raise ContractError([Problem(file, "cannot be read: its encoding cannot be told", REMEDY)])


def _named(data: bytes, name: str, mark: str, file: str) -> Decoded:
    """The text in the encoding named, where nothing in the bytes speaks against it."""
    family = name.replace("-", "").replace("_", "")[:5]
    if mark and mark.replace("-", "")[:5] != family:
        what = f"is named as {name}, but begins with the mark of {mark.removesuffix('-sig')}"
        raise ContractError([Problem(file, what, "Correct encoding in dataset.yml")])
    if name.startswith("gb") and _is_utf8(data):
        what = f"is named as {name}, but is UTF-8"
        raise ContractError([Problem(file, what, "Correct encoding in dataset.yml")])
    return Decoded(_required(data, mark or name, file), mark or name, "named")


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is nought."""
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) / half > MANY_NULS and sample[::2].count(0) / half < 0.05:
        return "utf-16-le"
    if sample[::2].count(0) / half > MANY_NULS and sample[1::2].count(0) / half < 0.05:
        return "utf-16-be"
    return ""


def _is_utf8(data: bytes) -> bool:
    above = len(data[:CHUNK].translate(None, bytes(range(128))))
    return above >= ENOUGH and transcoded(data, "utf-8")[0] is not None


def _mostly_utf8(data: bytes) -> bool:
    """Whether a few broken bytes stand in what is otherwise UTF-8."""
    text = data[:CHUNK].decode("utf-8", errors="replace")
    return text.count("\ufffd") <= max(8, sum(c > "\x7f" for c in text) // 5)


def _reads_as_chinese(data: bytes) -> bool:
    text = data.decode("gb18030", errors="ignore")
    above = [c for c in text if c > "\x7f"]
    return sum(CHINESE.match(c) is not None for c in above) >= 0.8 * len(above)


def _required(data: bytes, name: str, file: str) -> bytes:
    text, row = transcoded(data, name)
    if text is None:
        what = f"cannot be read: bytes that are not {name.removesuffix('-sig')}"
        raise ContractError([Problem(f"{file}, row {row}", what, REMEDY)])
    return text


def transcoded(data: bytes, name: str) -> tuple[bytes | None, int]:
    """The text in UTF-8; else nothing, and the row of the first bytes not in the encoding."""
    if name == "utf-8" and data.isascii():
        return data, 0
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    parts, row = [], 1
    for start in range(0, max(len(data), 1), CHUNK):
        chunk = data[start : start + CHUNK]
        try:
            part = decoder.decode(chunk, final=start + CHUNK >= len(data)).encode("utf-8")
        except UnicodeDecodeError as error:
            return None, row + error.object[: error.start].count(b"\n")
        except UnicodeError:
            return None, row
        row += part.count(b"\n")
        if name != "utf-8":
            parts.append(part)
    return (data if name == "utf-8" else b"".join(parts)), 0
