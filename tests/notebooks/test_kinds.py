"""Every kind of report is whole: what is forgotten of a new one is said by name."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import messages
import nbformat
import pytest

from analysis import methods
from analysis.errors import DesignError
from analysis.page.preview import VOWELS
from analysis.page.wording import translations
from analysis.reports.kind import Kind, find
from analysis.reports.report import Report

REPORTS = Path("src/analysis/reports")
PIECES = ("__init__.py", "params.py", "question.py", "sentences.py", "plates.py", "zh.po")
QUESTIONS = ("tables", "unknown_names", "ask")
PLATES = {"Summary", "Figure", "Table", "Notes", "Provenance", "End"}
UNDRAWN = {"weights", "path", "null", "honest_relative", "honest_smooth", "bacon", "pairs"}
"""Series of methods that no page draws yet; to shrink, until pages draw all."""
NOT_BOLD = re.compile(r"[.!?)。！？，；：”）]\*\*\w|\w\*\*[(“（]")
"""Marks that plain markdown takes for stars; the exporter would mend them, JupyterLab does not."""
FOLDERS = sorted(
    folder.name
    for folder in (Path(__file__).parents[2] / REPORTS).iterdir()
    if any(folder.glob("*.py"))
)


def cells_of(file: Path, kind: str) -> list[nbformat.NotebookNode]:
    """The cells of a kind in a notebook."""
    return [c for c in nbformat.read(file, as_version=4).cells if c.cell_type == kind]


def tagged(cell: nbformat.NotebookNode, tag: str) -> bool:
    """Whether a cell has the tag."""
    return tag in cell.metadata.get("tags", [])


def lacking(root: Path, name: str) -> list[str]:
    """Everything that a kind of report lacks in a project, in words."""
    folder, notebook = root / REPORTS / name, root / "notebooks" / f"{name}.ipynb"
    found = [f"{REPORTS / name}/{piece}" for piece in PIECES if not (folder / piece).is_file()]
    if not any((root / "params" / name).glob("*.yml")):
        found.append(f"params/{name}/*.yml")
    if not notebook.is_file():
        found.append(f"notebooks/{name}.ipynb")
    if found:
        return [f"{name} lacks {piece}" for piece in found]
    kind, code = find(name), cells_of(notebook, "code")
    wrong = [*_parameters(kind, code), *_thin(code), *_pairs(cells_of(notebook, "markdown"))]
    wrong += [*_question(folder), *_shown(kind, code), *_sentences(folder)]
    return [f"{name}: {what}" for what in wrong]


def _parameters(kind: Kind, code: list[nbformat.NotebookNode]) -> Iterator[str]:
    """The cell of parameters and the model say the same."""
    cell = next((c.source for c in code if tagged(c, "parameters")), "")
    model = kind.model().model_dump()
    lines = {line.target.id: line for line in ast.parse(cell).body}
    yield from (f"parameter {n} is not in the notebook" for n in sorted(model.keys() - lines))
    yield from (f"parameter {n} is not in params.py" for n in sorted(lines.keys() - model))
    for name in sorted(lines.keys() & model):
        text, value = cell.splitlines()[lines[name].lineno - 1], model[name]
        if ast.literal_eval(lines[name].value) != value:
            yield f"parameter {name} has another default in params.py"
        if lines[name].annotation.id != type(value).__name__:
            yield f"parameter {name} has another type in params.py"
        if len(text.partition("  # ")[2]) <= 10:
            yield f"parameter {name} has no help"


def _question(folder: Path) -> Iterator[str]:
    """What is asked before a kernel starts can be asked."""
    tree = ast.parse((folder / "question.py").read_text(encoding="utf-8"))
    held = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    held |= {a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    yield from (f"question.py has no {name}()" for name in QUESTIONS if name not in held)


def _thin(code: list[nbformat.NotebookNode]) -> Iterator[str]:
    """At most 12 code cells of 8 lines, no definitions or loops, no stored output."""
    if len(code) > 12:
        yield f"has {len(code)} code cells"
    for number, cell in enumerate(code):
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        if cell.outputs or cell.execution_count is not None:
            yield f"code cell {number} holds stored output"
        if kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda}:
            yield f"code cell {number} holds a definition or a loop"
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > 8 and not tagged(cell, "parameters"):
            yield f"code cell {number} has {len(lines)} lines"


def _pairs(words: list[nbformat.NotebookNode]) -> Iterator[str]:
    """English, then Chinese; one title each; the same headings and lists."""
    tags = [cell.metadata["tags"][0] for cell in words]
    if tags != ["lang:en", "lang:zh"] * (len(words) // 2):
        yield "its text does not come in pairs of English and Chinese"
        return
    for first, second in zip(words[::2], words[1::2], strict=True):
        alike = [(c.source.split()[0], c.source.count("\n- ")) for c in (first, second)]
        if alike[0] != alike[1]:
            yield f"differs in Chinese: {first.source[:40]!r}"
        heads = [cell.source.splitlines()[0] for cell in (first, second)]
        if [bool(re.match(f"#.*[{VOWELS}]", head, re.I)) for head in heads] != [True, False]:
            yield f"JupyterLab cannot tell the languages of {heads} apart"
    for cell in words:
        if NOT_BOLD.search(cell.source):
            yield f"is not bold in JupyterLab: {cell.source[:40]!r}"
    if [cell.source.startswith("# ") for cell in words[::2]].count(True) != 1:
        yield "has not one title"


def plates_of(report: type[Report]) -> list[str]:
    """The names of a report's methods that show something without being told more."""
    made = {
        name: inspect.signature(make)
        for name, make in inspect.getmembers(report, inspect.isfunction)
        if not name.startswith("_")
    }
    said = {
        name: str(signature.return_annotation)
        for name, signature in made.items()
        if [one.default for one in signature.parameters.values()].count(inspect.Parameter.empty) < 2
    }
    return [name for name, what in said.items() if PLATES & set(re.findall(r"\w+", what))]


def _shown(kind: Kind, code: list[nbformat.NotebookNode]) -> Iterator[str]:
    """The notebook shows every plate."""
    text = "\n".join(cell.source for cell in code)
    for name in plates_of(kind.report):
        if f"report.{name}(" not in text:
            yield f"report.{name}() is shown by no cell"


def _sentences(folder: Path) -> Iterator[str]:
    """Every sentence of the folder in both languages, none left over."""
    said, known = messages.messages(folder), translations(folder / "zh.po").keys()
    shared = messages.shared()
    yield from (f"has no Chinese for {text!r}" for text in sorted(said - known - shared))
    yield from (f"zh.po holds {text!r}, which it never says" for text in sorted(known - said))


def nodes_in(code: Path) -> list[ast.AST]:
    """The code of a file or folder."""
    files = [code] if code.is_file() else code.glob("*.py")
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    return [node for tree in trees for node in ast.walk(tree)]


def constants(root: Path, code: Path) -> set[str]:
    """Every text in the code of a file or folder, and in what it shows by ``page/shared``."""
    found: set[str] = set()
    for node in nodes_in(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("analysis.page.shared"):
            found |= constants(root, root / "src" / f"{str(node.module).replace('.', '/')}.py")
    return found


def opened(root: Path, name: str) -> set[str]:
    """The methods that a kind of report imports: all for a panel where one can be chosen."""
    chosen = set(methods.panel_names() if "method" in find(name).model.model_fields else ())
    for node in nodes_in(root / REPORTS / name):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis.methods":
            chosen |= {alias.name for alias in node.names}
    return chosen & set(methods.names())


@pytest.mark.parametrize("name", FOLDERS)
def test_a_kind_of_report_is_whole(root, name):
    """Folder, notebook, params; model and cell; both languages; every plate shown."""
    assert lacking(root, name) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_what_judges_an_effect_has_words_for_its_verdicts(name):
    """Feeds, history and "what changed" take them from the folder, by the key of a verdict."""
    kind = find(name)
    if kind.report.site_lines is not Report.site_lines:
        assert "cannot_tell" in kind.verdict_words or len(kind.verdict_words) > 1


def test_every_method_is_opened_by_a_notebook(root):
    """None is reached by tests alone."""
    used = {method for name in FOLDERS for method in opened(root, name)}
    assert set(methods.names()) - used == set()


@pytest.mark.parametrize("name", FOLDERS)
def test_every_series_of_a_result_is_drawn(in_root, name):
    """Under every method that the notebook can be asked for."""
    kind = find(name)
    chosen = methods.panel_names() if "method" in kind.model.model_fields else ("",)
    drawn = constants(in_root, in_root / REPORTS / name)
    for method in chosen:
        given = {"dataset": kind.model().dataset, **({"method": method} if method else {})}
        try:
            result = getattr(kind.report.read(given), "result", None)
        except DesignError:  # zeros have no logarithm: with this method nothing is drawn
            continue
        series = set(result.series) if result else set()
        assert series - drawn - UNDRAWN == set(), method


def rewrite(file: Path, old: str, new: str) -> None:
    """Change one place in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def in_notebook(old: str, new: str) -> Callable[[Path], None]:
    """A change of the notebook."""
    return lambda root: rewrite(root / "notebooks/region_rates.ipynb", old, new)


def without(path: str) -> Callable[[Path], None]:
    """A file or folder forgotten."""

    def forget(root: Path) -> None:
        place = root / path
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    return forget


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        *((without(f"{REPORTS}/region_rates/{piece}"), f"lacks .*{piece}") for piece in PIECES),
        (without("notebooks/region_rates.ipynb"), "lacks notebooks/region_rates.ipynb"),
        (without("params/region_rates"), r"lacks params/region_rates/\*.yml"),
        (in_notebook("level: float = 0.95", "level: float = 0.9"), "level has another default"),
        (in_notebook("seed: int", "seed: str"), "seed has another type"),
        (
            in_notebook(
                "seed: int = 1  # seed of all random numbers; this report draws none",
                "seed: int = 1",
            ),
            "seed has no help",
        ),
        (in_notebook("seed: int", "sead: int"), "seed is not in the notebook"),
        (in_notebook("lang:zh", "lang:en"), "does not come in pairs"),
        (in_notebook("## 数据说明", "数据说明"), "differs in Chinese"),
        (in_notebook("## 数据说明", "## Data 数据说明"), "cannot tell the languages"),
        (in_notebook("**不能说明变化**。", "**不能说明变化。**"), "is not bold in JupyterLab"),
        (
            in_notebook("report.funnel()", "report.rates()"),
            r"report.funnel\(\) is shown by no cell",
        ),
        (in_notebook("display(report.summary(), report.funnel())", "for x in y: pass"), "holds a"),
        (
            lambda root: rewrite(root / REPORTS / "region_rates/question.py", "def ask(", "def x("),
            r"question.py has no ask\(\)",
        ),
        (
            lambda root: rewrite(
                root / REPORTS / "region_rates/zh.po", 'msgid "Fewer:', 'msgid "Less:'
            ),
            "has no Chinese for 'Fewer: {names}.'; .*zh.po holds 'Less: {names}.', which it never",
        ),
    ],
)
def test_what_is_forgotten_is_said_by_name(tmp_path, root, damage, words):
    """One piece at a time of a copy that was whole."""
    for part in (f"{REPORTS}/region_rates", "params/region_rates"):
        shutil.copytree(root / part, tmp_path / part)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(root / "notebooks/region_rates.ipynb", tmp_path / "notebooks")
    assert lacking(tmp_path, "region_rates") == []
    damage(tmp_path)
    assert re.search(words, "; ".join(lacking(tmp_path, "region_rates")))


def test_reports_are_listed_without_what_draws_them(root):
    """Hundreds are planned in a moment: no plates, no matplotlib."""
    code = (
        "import sys; from analysis.batch.plan import list_runs\n"
        "found = list_runs(['default'])\n"
        "assert found.runs and not found.problems and not found.refused\n"
        "print([n for n in sys.modules if 'matplotlib' in n or n.endswith('_rates.plates')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
