"""Warm kernels: forked, clean, killed when asked, and ordinary where there is no fork."""

from __future__ import annotations

import logging
import os
import pickle
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from analysis.batch import kernels, warm
from analysis.batch.execute import Settings, execute
from analysis.batch.parent import Parent, named_kinds
from analysis.batch.plan import Run
from analysis.data.dataset import datasets_kept, read_dataset
from analysis.page.charts import words
from analysis.reports import kind
from analysis.reports.intervention_effect.params import InterventionEffectParams

pytestmark = pytest.mark.notebooks


def run_cells(*sources: str, folder: Path, **settings) -> list[str]:
    """What each cell printed, run by nbclient in one warm kernel."""
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = nbclient.NotebookClient(
        node,
        kernel_name="python3",
        kernel_manager_class=kernels.ReportKernelManager,
        resources={"metadata": {"path": str(folder)}},
        shutdown_kernel="immediate",
        **settings,
    )
    client.execute()
    return ["".join(o.get("text", "") for o in cell.outputs).strip() for cell in node.cells]


LOOK = """import os, random, sys
import numpy as np
from matplotlib import pyplot as plt
print([os.getcwd(), random.random(), float(np.random.random()), len(plt.get_fignums()),
       "colorsys_of_a_run" in sys.modules, hasattr(np, "left_behind"),
       os.environ.get("LEFT"), os.getsid(0) == os.getpid(), os.environ["OMP_NUM_THREADS"]])"""
LEAVE = """import types
sys.modules["colorsys_of_a_run"] = types.ModuleType("colorsys_of_a_run")
np.left_behind = True
os.environ["LEFT"] = "yes"
plt.figure()
os.chdir("/")"""


def test_two_runs_see_nothing_of_each_other(tmp_path):
    """Modules, attributes, environment, folder, figures; and each draws its own numbers."""
    seen = [eval(run_cells(LOOK, LEAVE, folder=tmp_path)[0]) for _ in range(2)]  # noqa: S307
    for folder, _, _, *rest in seen:
        assert folder == str(tmp_path)
        assert rest == [0, False, False, None, True, "1"]
    assert seen[0][1] != seen[1][1]
    assert seen[0][2] != seen[1][2]


def test_the_parent_has_one_thread_and_kernels_are_its_children(tmp_path):
    """Threads do not survive a fork; the kernel has imported everything before its first cell."""
    ((pids, loaded),) = [
        eval(text)  # noqa: S307
        for text in run_cells(
            "import os, sys\n"
            "print(((os.getppid(), os.getpid()), 'analysis.methods.did' in sys.modules))",
            folder=tmp_path,
        )
    ]
    assert pids[0] == warm.ready_parent().process.pid
    assert len(list(Path(f"/proc/{pids[0]}/task").iterdir())) == 1
    assert loaded


def test_kernels_find_what_was_read_before_them_and_read_what_changed(tmp_path, root):
    """Datasets are handed over whole; the parent keeps its one thread, other files are read."""
    folder = tmp_path / "zones"
    shutil.copytree(root / "data/enterprise_zones", folder)
    with datasets_kept() as kept:
        ours = read_dataset(folder)
    source = (
        "from analysis.data import dataset\n"
        "before = list(dataset.KEPT.get().datasets.values())\n"
        f"found = dataset.read_dataset({str(folder)!r})\n"
        "print([any(found is one for one in before), len(found.tables['outcomes'])])"
    )
    assert kept.datasets
    warm.ready_parent().hand_over(kept.lasting())
    rows = len(ours.tables["outcomes"])
    assert run_cells(source, folder=tmp_path) == [f"[True, {rows}]"]
    assert len(list(Path(f"/proc/{warm.ready_parent().process.pid}/task").iterdir())) == 1
    outcomes = folder / "outcomes.csv"
    lines = outcomes.read_text(encoding="utf-8").splitlines(keepends=True)
    outcomes.write_text("".join(lines[:-1]), encoding="utf-8")
    assert run_cells(source, folder=tmp_path) == [f"[False, {rows - 1}]"]


DRAW = """import hashlib
from analysis.page.charts import style, words
def draw(axes, width):
    axes.plot([0, 1], [0, 1])
    axes.set_xlabel("Zwiesel 镇 of no dataset")
told = sum("Zwiesel" in str(key) for kept in words.KEPT for key in kept)
drawn = style.render(draw, "en", ())
print(told, hashlib.sha256(str(drawn).encode()).hexdigest())"""


def test_words_that_one_kernel_has_laid_out_are_known_to_the_next(tmp_path):
    """And drawn as where they are laid out anew."""
    first, second = (run_cells(DRAW, "1", folder=tmp_path)[0].split() for _ in range(2))
    # Its layout, and its glyphs.
    assert (first[0], second[0]) == ("0", "2")
    assert first[1] == second[1]


def test_words_laid_out_under_other_settings_are_not_told(tmp_path):
    """A notebook's own way to cut letters is no other's."""
    other = DRAW.replace("Zwiesel", "Kirchdorf")
    settings = "import matplotlib\nmatplotlib.rcParams['text.hinting'] = 'none'\n"
    first, second = (run_cells(s + other, "1", folder=tmp_path)[0] for s in (settings, ""))
    assert first.split()[0] == second.split()[0] == "0"


def test_what_a_kernel_tells_is_kept_or_left():
    """A message that cannot be read harms nobody; what was worked out since is all there is."""
    listener = socket.socket(socket.AF_UNIX)
    parent = Parent(listener, 0)
    before = words.sizes()
    for message in (b"", b"no pickle", pickle.dumps(3)):
        parent.words_out.send(message)
        parent.learn(parent.words_in)
    assert words.sizes() == before
    parent.words_out.send(pickle.dumps([{}, {}, {"of-no-font": "<path/>"}]))
    parent.learn(parent.words_in)
    assert words.worked_out_since(before) == [{}, {}, {"of-no-font": "<path/>"}]
    del words.GLYPHS["of-no-font"]
    for opened in (listener, parent.words_in, parent.words_out, parent.selector):
        opened.close()
    os.close(parent.wake_reader)
    os.close(parent.wake_writer)


def test_without_room_for_the_data_nothing_is_handed_over():
    """A full disk, here a limit on the size of files: kernels read for themselves."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    parent = warm.WarmParent()
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
        parent.hand_over(bytes(1000))
        assert parent.length == 0
        parent.stop()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        parent.stop()
    assert parent.handed_over.closed
    assert not Path(parent.folder.name).exists()


def test_a_parent_with_threads_does_not_fork(tmp_path, caplog):
    """Threads do not survive a fork; the kernel is an ordinary one, and the log says why."""

    class Starter:
        def __reduce__(self):
            start = "__import__('threading').Thread(target=__import__('time').sleep, args=(60,), "
            return eval, (f"{start}daemon=True).start() or {{}}",)

    warm.stop_parent()
    try:
        warm.ready_parent().hand_over(Starter())
        with caplog.at_level(logging.WARNING):
            printed = run_cells("print(1)", folder=tmp_path)
    finally:
        warm.stop_parent()
    assert printed == ["1"]
    assert "the warm parent has 2 threads" in caplog.text


def gone(pid: int) -> bool:
    """Whether a process has ended, within five seconds."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


def test_the_memory_of_a_report_is_returned(tmp_path):
    """The kernel, and what it started, is gone after the report."""
    source = (
        "import os, subprocess, sys\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print([os.getpid(), other.pid])"
    )
    for pid in eval(run_cells(source, folder=tmp_path)[0]):  # noqa: S307
        assert gone(pid)


def test_a_cell_that_takes_too_long_is_interrupted(tmp_path):
    """The library's own timeout interrupts a forked kernel, which then goes on."""
    printed = run_cells(
        "import time\ntry:\n    time.sleep(30)\nexcept KeyboardInterrupt:\n    print('stopped')",
        "print('went on')",
        folder=tmp_path,
        timeout=1,
        interrupt_on_timeout=True,
    )
    assert printed == ["stopped", "went on"]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder whose notebook is one cell."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_source(project: Path, source: str, **settings):
    """The status of a run whose notebook is one cell."""
    cells = [
        nbformat.v4.new_code_cell("language = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    node = nbformat.v4.new_notebook(cells=cells)
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(node, project / "notebooks" / "x.ipynb")
    run = Run("x/y", "en", {"language": "en"}, InterventionEffectParams())
    return execute(run, Settings(**settings)).status


END = (
    "from analysis.page.plates import End\n"
    "End(key='end', language=language, simulated=True, verdict='', facts={})"
)


def test_a_report_over_its_time_limit_is_killed_and_not_tried_again(project):
    """It says how long it may take."""
    status = run_source(project, "import time; time.sleep(60)", limit=2)
    assert (status.error, status.attempts) == ("took longer than 2 s", 1)


def test_a_dead_kernel_is_tried_again_and_a_failed_check_is_not(project):
    """The first kernel kills itself, the second finds its trace; an assertion fails at once."""
    die = "import os\nif not os.path.exists('t'):\n    open('t', 'w'); os.kill(os.getpid(), 9)\n"
    die += END
    status = run_source(project, die)
    assert (status.done, status.attempts, status.kernel) == (True, 2, "warm")
    status = run_source(project, "import os; os.kill(os.getpid(), 9)", retries=1)
    assert (status.error, status.attempts) == ("the kernel died", 2)
    assert run_source(project, "assert False").attempts == 1


def test_without_fork_a_kernel_starts_as_usual_and_says_so(project, monkeypatch, caplog):
    """The report is the same, the log and the status tell."""
    monkeypatch.delattr(os, "fork")
    with caplog.at_level(logging.WARNING):
        status = run_source(project, END)
    assert (status.done, status.kernel) == (True, "ordinary")
    assert "this system has no fork" in caplog.text


def test_a_kernel_of_another_environment_is_not_forked():
    """Its packages would be ours."""
    with pytest.raises(warm.ForkUnavailableError, match="another environment"):
        kernels.kernel_arguments(["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "x"])
    own = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "x"]
    assert kernels.kernel_arguments(own) == ["-f", "x"]


def test_a_client_that_leaves_before_its_kernel_ended_does_not_harm_the_parent(tmp_path):
    """It closed the connection; the parent buries the kernel and forks the next."""
    parent = warm.ready_parent()
    argv = ["-f", str(tmp_path / "none.json")]
    for _ in range(5):
        parent.fork(argv, str(tmp_path), dict(os.environ)).connection.close()
    time.sleep(0.5)
    last = parent.fork(argv, str(tmp_path), dict(os.environ))
    assert parent.process.poll() is None
    last.send_signal(signal.SIGKILL)
    last.wait()


def test_when_the_client_is_killed_its_kernels_go_with_it(tmp_path):
    """No orphan is left after kill -9."""
    script = (
        "from analysis.batch import warm\nimport os, time\n"
        "kernel = warm.ready_parent().fork(['-f', 'c.json'], os.getcwd(), dict(os.environ))\n"
        "print(warm.ready_parent().process.pid, kernel.pid, flush=True)\ntime.sleep(60)"
    )
    client = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    pids = [int(word) for word in client.stdout.readline().split()]
    client.kill()
    client.wait()
    client.stdout.close()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def test_the_provisioner_is_registered_for_plain_papermill(root, tmp_path):
    """By its entry point, chosen by an environment variable."""
    factory = KernelProvisionerFactory.instance()
    assert kernels.NAME in factory.get_provisioner_entries()
    cell = nbformat.v4.new_code_cell("import sys; assert 'analysis.methods.did' in sys.modules")
    node = nbformat.v4.new_notebook(cells=[cell])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(node, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"]
    env = os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": kernels.NAME}
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, timeout=300)


def test_settings_name_a_folder_and_a_day(tmp_path, monkeypatch):
    """They can be sent to another machine."""
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert isinstance(settings, Settings)
    assert settings.root == str(tmp_path)
    assert len(settings.edition) == 10


@pytest.mark.parametrize(
    ("failures", "attempts", "pauses"),
    [
        ([OSError("disk")], 2, [1.0]),
        ([OSError("disk"), OSError("disk")], 3, [1.0, 2.0]),
        ([OSError("disk")] * 9, 3, [1.0, 2.0]),
        ([ValueError("not worth it"), OSError("disk")], 1, []),
    ],
)
def test_broken_input_or_output_is_tried_again_after_longer_and_longer_pauses(
    failures, attempts, pauses, monkeypatch
):
    """At most twice more; a failure of any other kind is final."""
    left, slept = list(failures), []

    def run_notebook(run, settings, output):
        if left:
            raise left.pop(0)
        output.write_text("{}", encoding="utf-8")
        return {"facts": {}}, "warm"

    monkeypatch.setattr("analysis.batch.execute.run_notebook", run_notebook)
    monkeypatch.setattr("analysis.batch.execute.time.sleep", slept.append)
    run = Run("x/y", "en", {"language": "en"}, InterventionEffectParams())
    status = execute(run, Settings()).status
    assert (status.attempts, slept) == (attempts, pauses)
    assert status.done == (len(failures) < attempts)


@pytest.mark.parametrize(
    ("targets", "kinds"),
    [
        (["region_rates/county_murders"], ["region_rates"]),
        (["monthly", "random_inspection/draft_lottery"], ["monthly_monitor", "random_inspection"]),
        (["params/suites/monthly.yml"], ["monthly_monitor"]),
        (["no_such_suite"], list(kind.names())),
    ],
)
def test_the_parent_imports_for_the_kinds_that_are_named(in_root, targets, kinds):
    """By a report, by a suite, by its file; for all kinds where nothing is known of it."""
    assert named_kinds(targets) == kinds
