"""Set up ``.venv`` from a lock: ``python scripts/set_up.py [--tests] [--this-python]``.

Any Python 3 can read this file, so that one that is too old ends in a sentence. Two at once take
turns. Packages are installed by their hashes.
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    found = "{} is {}.{}".format(sys.executable, *sys.version_info[:2])
    sys.exit(
        f"Python 3.11 or newer is needed, and {found}; name one: make reports PYTHON=python3.12"
    )

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
LOCKS = {"requirements.lock": VENV / ".ready", "requirements-test.lock": VENV / ".ready-tests"}
"""What is installed from each lock is known from the stamp beside it."""
WORLDS = {"gaming": Path("data/simulated/province"), "null": Path("data/simulated/null")}
"""The worlds of the fictional province that reports of the default suite are made from."""


def main() -> None:
    """Make what is missing; a fraction of a second where nothing is."""
    os.chdir(Path(__file__).resolve().parents[1])
    Path(".cache").mkdir(exist_ok=True)
    with Path(".cache/set-up.lock").open("w") as handle:
        _wait_for(handle)
        if not _usable():
            print("Setting up .venv (once; about a minute)", flush=True)
            _run(sys.executable, "-m", "venv", "--clear", str(VENV))
        lock = "requirements-test.lock" if "--tests" in sys.argv else "requirements.lock"
        if not _ready(lock):
            _install(lock)
        _simulate()


def _wait_for(handle) -> None:
    """Until no other set-up runs here; the system lets go of the lock however one ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    fcntl.flock(handle, fcntl.LOCK_EX)


def _usable() -> bool:
    """Whether ``.venv`` holds a Python that will do: with ``--this-python``, the one that runs."""
    question = "import pip, sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", question], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(map(int, answer.split()))
    return version == sys.version_info[:2] if "--this-python" in sys.argv else version >= OLDEST


def _ready(lock: str) -> bool:
    """Whether everything in the lock, and in that of what runs, is installed."""
    wanted = ["requirements.lock", lock]
    return all(
        LOCKS[name].is_file() and LOCKS[name].read_text() == _digest(name) for name in wanted
    )


def _digest(lock: str) -> str:
    return hashlib.sha256(Path(lock).read_bytes() + Path("pyproject.toml").read_bytes()).hexdigest()


def _install(lock: str) -> None:
    """Exactly what the lock holds, then the package itself; the stamps last."""
    for stamp in LOCKS.values():
        stamp.unlink(missing_ok=True)
    _install_uv(lock)
    uv = str(VENV / "bin" / "uv")
    _run(uv, "pip", "sync", "--quiet", "--require-hashes", lock)
    _run(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    for name in {"requirements.lock", lock}:
        LOCKS[name].write_text(_digest(name))


def _install_uv(lock: str) -> None:
    """uv itself, by pip, as the lock has it."""
    only = Path(".cache/uv.txt")
    only.write_text(re.search(r"^uv==.*?(?=^\S|\Z)", Path(lock).read_text(), re.M | re.S).group())
    quiet = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    _run(str(PYTHON), "-m", "pip", "install", *quiet, "-r", str(only))


def _simulate() -> None:
    """The worlds of the default suite, where one is missing or its source is newer."""
    files = Path("src/analysis/simulated").rglob("*.*")
    source = max(file.stat().st_mtime for file in files if file.suffix in {".py", ".yml"})
    for world, folder in WORLDS.items():
        made = folder / "dataset.yml"
        if not made.is_file() or made.stat().st_mtime < source:
            _run(str(VENV / "bin" / "analysis"), "simulate", "--world", world, str(folder))


def _run(*command: str) -> None:
    """A step of the set-up, for ``.venv``; if it fails, its own words are the last."""
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV.resolve())}
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
