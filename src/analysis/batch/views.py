"""The work of the commands ``analysis history`` and ``power``."""

from __future__ import annotations

import dataclasses
import json
import math

from analysis.batch import history
from analysis.batch.keys import Keys
from analysis.batch.plan import plan
from analysis.data.dataset import datasets_kept
from analysis.errors import ParamsError, Problem


def history_lines(report: str, most: int) -> list[str]:
    """The latest runs of the history, one line each."""
    lines = []
    for one in history.latest_runs(report, most):
        number = one.headline.get("relative_percent")
        shown = f"{number[0]} %" if isinstance(number, list) and number else ""
        what = one.error.splitlines()[0] if one.error else f"{one.verdict} {shown}".strip()
        name = f"{one.report} [{one.language}]"
        lines.append(f"{one.id:>5} {one.edition} {name}: {one.status}, {one.seconds:.1f} s, {what}")
    return lines or ["No run yet"]


def history_entry(number: int) -> str:
    """One run of the history as JSON.

    Raises
    ------
    ParamsError: there is none of that number.
    """
    content = dataclasses.asdict(history.run_numbered(number))
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)


def history_changes(number: int) -> str:
    """What changed between a run and the last good one before it, and why.

    Raises
    ------
    ParamsError: there is no run of that number.
    """
    new = history.run_numbered(number)
    old = history.last_good_run(new.report, new.language, new.id)
    name = f"{new.report} [{new.language}]"
    if old is None:
        return f"{name}: no good run before"
    lines = [f"{name}: run {new.id} against run {old.id} of {old.edition}"]
    lines += [
        f"  {key}: {old.headline.get(key)} → {new.headline.get(key)}"
        for key in sorted(new.headline)
        if old.headline.get(key) != new.headline.get(key)
    ]
    if old.verdict != new.verdict:
        lines.append(f"  verdict: {old.verdict} → {new.verdict or new.status}")
    if old.parts is not None and new.parts is not None:
        causes = history.causes(old.parts, new.parts, Keys().prints)
        lines.append(f"  why: {history.causes_in_words(causes)}")
    return "\n".join(lines)


@datasets_kept()
def power_lines(report: str, draws: int, effects: tuple[float, ...]) -> list[str]:
    """How a report's method would fare on its own panel, one line per effect in per cent.

    Raises
    ------
    ParamsError: the report compares nothing over time, or an effect is no change of a count.
    AnalysisError: as the report's own check.
    """
    from analysis.data.frames.study import Study
    from analysis.power import study_power

    run = plan([report], ("en",))[0]
    study = run.kind.question.ask(run.kind.read(run.params), run.params)
    problems = []
    if not isinstance(study, Study):
        what = "asks for no effect of an intervention"
        problems.append(Problem(f"report {report}", what, "Name one of intervention_effect/"))
    if any(effect <= -100 for effect in effects):
        problems.append(Problem("--effect", "is a fall of all or more", "Give per cent above -100"))
    ParamsError.raise_for(problems)
    logs = tuple(math.log1p(effect / 100) for effect in effects)
    found = study_power(study, effects=logs, draws=draws)
    lines = ["  effect   found (error)  covered  refused"]
    for row in found.rows:
        effect = f"{100 * math.expm1(row.effect):+7.1f}%"
        share = f"{row.found:9.3f} ({row.error:.3f})  {row.covered:7.3f}"
        lines.append(f"{effect} {share}  {row.refused:7}")
    if found.detectable is None:
        return [*lines, f"No effect tried is found in {found.wanted:.0%} of draws"]
    percent = 100 * math.expm1(math.copysign(found.detectable, found.rows[-1].effect))
    return [*lines, f"Smallest effect found in {found.wanted:.0%} of draws: {percent:+.1f}%"]
