"""A suite on two Dask workers of this machine gives the same site as threads, byte for byte."""

from __future__ import annotations

import subprocess
import sys

import pytest

from suite import site_of, small_project

pytestmark = pytest.mark.notebooks
SCRIPT = """
import subprocess, sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                      dashboard_address=None) as cluster:
        command = [sys.executable, "-m", "analysis", "run", "all", "--publish",
                   "--scheduler", cluster.scheduler_address]
        sys.exit(subprocess.run(command, check=False).returncode)
"""


def test_a_cluster_gives_the_same_site(tmp_path, root):
    """Two worker processes against two threads."""
    pytest.importorskip("distributed")
    here = small_project(tmp_path / "here", root, range(1, 3))
    there = small_project(tmp_path / "there", root, range(1, 3))
    command = [sys.executable, "-m", "analysis", "run", "all", "--publish"]
    subprocess.run(command, cwd=here, check=True, capture_output=True)
    script = tmp_path / "cluster.py"
    script.write_text(SCRIPT)
    ended = subprocess.run(
        [sys.executable, str(script)], cwd=there, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count(": ok in") == 4
    assert site_of(there) == site_of(here)


def test_a_scheduler_that_does_not_answer_is_said(tmp_path, root):
    """With the command that starts one."""
    project = small_project(tmp_path / "p", root, range(1, 2))
    command = [sys.executable, "-m", "analysis", "run", "all", "--scheduler", "tcp://127.0.0.1:9"]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == 10
    assert "does not answer. Start it with: dask scheduler" in ended.stderr
