"""Identifiers of persons become keyed hashes when they are read; nothing downstream sees them.

The key is a salt of the project: a file ``.salt`` in its root, made on first use unless counts
were protected with another that is gone, readable by its owner only, ignored by git and outside
every folder that is published; or the file that ``ANALYSIS_SALT`` names. The same salt gives the
same hashes, so that a person stays one person across files, runs and languages; without the salt
nobody can try out names or numbers. No result depends on the hashes but through who is the same, so
the salt is no part of the key of a run.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading.distinct import Cells
from analysis.data.traces import MEMORY, protected_before
from analysis.errors import ParamsError, Problem
from analysis.project import project_around

VARIABLE = "ANALYSIS_SALT"
NAME = ".salt"
SHORTEST = 32
"""Characters of a salt: 128 bits in hexadecimal digits."""
FEWEST_CHARACTERS = 10
"""Different ones of a salt; of 32 random hexadecimal digits one in ten thousand has fewer."""
FEWEST_BYTES = 30
"""Of a salt that is compressed: what repeats itself or runs on can be tried out; 32 random
hexadecimal digits leave 35."""
DIGITS = 20
"""Two among 35 million persons share a hash with a chance of about 6 in a million."""


ANOTHER = (
    "Withdraw pages whose counts were drawn from it, remove it, and have one made: analysis salt"
)


def hashed(column: Cells, salt: bytes) -> Cells:
    """The column with every identifier replaced by ``P`` and twenty digits; nothing stays so."""
    marks = pseudonyms(column.words.to_pylist(), salt)
    return Cells(column.codes, pc.if_else(pc.equal(column.words, ""), "", marks), column.refused)


def pseudonyms(identifiers: Sequence[str], salt: bytes) -> pa.Array:
    """Keyed BLAKE2b hashes of identifiers, in a shape that no other identifier has."""
    keyed = hashlib.blake2b(key=salt, digest_size=16)
    marks = []
    for identifier in identifiers:
        mark = keyed.copy()
        mark.update(identifier.encode("utf-8"))
        marks.append(mark.digest())
    halves = np.frombuffer(b"".join(marks), dtype=">u8").reshape(-1, 2) % 10 ** (DIGITS // 2)
    texts = [
        pc.utf8_lpad(pa.array(half.astype(np.uint64)).cast(pa.string()), DIGITS // 2, "0")
        for half in halves.T
    ]
    return pc.binary_join_element_wise("P", *texts, "")


def project_salt(folder: Path) -> bytes:
    """The salt of the project that the dataset in ``folder`` is read in; made on first use.

    Raises
    ------
    ParamsError: the file is missing where it was named, or from where counts were protected with
        it; it is too short, or open to others.
    """
    file, make = _salt_file(folder), not os.environ.get(VARIABLE)
    if make:
        refuse_lost_salt(folder)
    return _salt_in(file, make=make)


def kept_salt(folder: Path) -> bytes | None:
    """The same salt; ``None`` where none was made yet.

    Raises
    ------
    ParamsError: as :func:`project_salt`.
    """
    file = _salt_file(folder)
    return _salt_in(file) if file.exists() or os.environ.get(VARIABLE) else None


def refuse_lost_salt(folder: Path) -> None:
    """Refuse to do without the salt from which the project's counts were drawn.

    Raises
    ------
    ParamsError: it is gone, and the project keeps or shows counts that were drawn from it.
    """
    file = _salt_file(folder)
    if file.exists() or not protected_before(file.parent):
        return
    what = (
        "is lost, and counts that were drawn from it are kept or shown: a new one would draw all "
        "of them anew, and beside pages and tables of before give them away"
    )
    remedy = (
        f"Put the old one back, or name it in {VARIABLE}; else withdraw what was published, remove "
        f"the site and {MEMORY}, and begin anew: nothing can be compared with it any more"
    )
    raise ParamsError([Problem(f"salt {file.name}", what, remedy)])


def _salt_file(folder: Path) -> Path:
    if named := os.environ.get(VARIABLE, ""):
        return Path(named).expanduser()
    here = Path.cwd()
    return (project_around(here) or project_around(folder.resolve()) or here) / NAME


def _salt_in(file: Path, *, make: bool = False) -> bytes:
    try:
        if make and not file.exists():
            _make(file)
        return _read(file)
    except OSError as error:
        remedy = f"Name a file that can be read in the environment variable {VARIABLE}"
        what = f"cannot be used ({type(error).__name__})"
        raise ParamsError([Problem(f"salt {file.name}", what, remedy)]) from None


def can_be_guessed(salt: bytes) -> bool:
    """Whether a salt has few characters, or repeats itself or runs on as no random one does."""
    return len(set(salt)) < FEWEST_CHARACTERS or len(zlib.compress(salt, 9)) < FEWEST_BYTES


def _make(file: Path) -> None:
    """A new salt, whole under its name or not there; of two made at once the first stays."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writer:
            writer.write(secrets.token_hex(32) + "\n")
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()


def _read(file: Path) -> bytes:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        remedy = "Withdraw it from others: chmod 600"
        raise ParamsError([Problem(f"salt {file.name}", "can be read by others", remedy)])
    text = file.read_bytes().strip()
    if len(text) < SHORTEST:
        raise ParamsError([Problem(f"salt {file.name}", "is too short", ANOTHER)])
    if can_be_guessed(text):
        what = "can be guessed: by its fingerprint, which stands on every page, it can be tried out"
        raise ParamsError([Problem(f"salt {file.name}", what, ANOTHER)])
    # BLAKE2b takes keys of up to 64 bytes; longer salts are folded, none is cut.
    return text if len(text) <= 64 else hashlib.blake2b(text).digest()
