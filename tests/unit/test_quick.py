"""Which tests ``make quick`` takes for a change."""

from __future__ import annotations

import runpy
import subprocess
import sys
import time

import pytest


@pytest.fixture(scope="module")
def nearest(root):
    """The choice of tests."""
    return runpy.run_path(str(root / "scripts/quick.py"))["nearest_tests"]


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ("src/analysis/stored.py", "tests/unit/test_keys.py"),
        ("src/analysis/publish/template/search.js", "tests/publish/test_publish_pages.py"),
        ("src/analysis/batch/lock.py", "tests/unit/test_batch.py"),
        ("tests/exports.py", "tests/unit/test_malformed.py"),
    ],
)
def test_what_imports_the_changed_file_comes_first(nearest, changed, first):
    """Beside the tests of the project's own files, which always run."""
    files = nearest([changed])
    assert "tests/unit/test_project.py" in files
    assert first in files[:8]


def test_nothing_far_from_a_change_is_chosen(nearest):
    """A new schedule touches no module."""
    assert nearest(["examples/schedules/crontab"]) == ["tests/unit/test_project.py"]


@pytest.mark.parametrize(
    "slow", ["def test_slow():\n    time.sleep(900)\n", "time.sleep(900)\n\ndef test_slow(): ...\n"]
)
def test_tests_end_with_their_time(root, tmp_path, slow):
    """In the midst of one, or of a file that is read: it is named, and nothing has failed."""
    file = tmp_path / "test_slow.py"
    file.write_text(f"import time\n\n{slow}")
    source = (
        f"import quick, sys, time; sys.exit(quick.run_tests([{str(file)!r}], time.monotonic()))"
    )
    started = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", source],
        cwd=root / "scripts", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "No time was left for 1 files" in ended.stdout
    assert time.monotonic() - started < 600
