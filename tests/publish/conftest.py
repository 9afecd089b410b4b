"""Fixtures of the pages' tests."""

from __future__ import annotations

from pathlib import Path

import browser
import pytest
import samples

from analysis.publish.site.build import publish


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; where it must be there, its absence fails instead of skipping."""
    if browser.CHROMIUM is None:
        if browser.required():
            pytest.fail("there is no Chromium on this build server")
        pytest.skip("there is no Chromium here")
    return browser.CHROMIUM


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one simulated and one real report, in both languages."""
    folder = tmp_path_factory.mktemp("published")
    samples.write_report(folder / "runs", "effect/simulated")
    for language in samples.WORDS:
        node = samples.notebook(language, samples.plates(language, simulated=False))
        samples.write_run(folder / "runs", "effect/real", language, node)
    outcomes = publish(folder / "runs", folder / "site")
    assert {outcome.state for outcome in outcomes} == {"published"}, outcomes
    return folder / "site"
