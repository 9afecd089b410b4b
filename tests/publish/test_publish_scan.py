"""No identifier that a run handed over stands on a page, in a download or in a file's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
import samples

from analysis.disclosure.identifiers import seal, shape
from analysis.errors import PublishError
from analysis.page.text import slug
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import Imprint, render_page
from analysis.publish.pages.scan import refuse_identifiers
from analysis.publish.site.build import publish

HIDDEN = "E0415-77"
SEALS = {"enterprise_id": [seal(HIDDEN)]}
SHAPES = {"claimant_id": [shape("P00417")]}


def page_with(text, place):
    """The sample page with the text in one of its places."""
    data = samples.table_data("en")
    value = replace(data, values=((text, 1, -1.0), *data.values[1:]))
    entries = [{"label": "Note", "value": text}]
    given = {
        "alt": samples.changed("figure", alt=f"A drawing of the enterprise {text} over time"),
        "csv": samples.changed("table", data=value),
        "caption": samples.changed("table", caption=f"Without {text}."),
        "params": samples.changed("provenance", params={"exclude": [text]}),
        "provenance": samples.changed("provenance", entries=entries),
        "nothing": {},
    }
    extra = [samples.code(f"drop('{text}')")] if place == "code" else []
    page = read_page(samples.notebook("en", given.get(place, {}), *extra), "en")
    return render_page(page, Imprint("A title", "effect-zones")), page.end


PLACES = ("alt", "csv", "caption", "params", "provenance", "code")


@pytest.mark.parametrize("place", PLACES)
def test_a_sealed_identifier_is_found_wherever_it_stands(place):
    """In words, attributes, code and what the downloads carry."""
    html, end = page_with(HIDDEN, place)
    with pytest.raises(PublishError, match="identifier of column enterprise_id") as caught:
        refuse_identifiers({"page.en.html": html}, replace(end, seals=SEALS))
    assert HIDDEN not in str(caught.value)


@pytest.mark.parametrize("place", PLACES)
def test_an_identifier_is_found_by_its_shape(place):
    """Another number of the same shape is found, too."""
    html, end = page_with("P99999", place)
    with pytest.raises(PublishError, match="identifier of column claimant_id"):
        refuse_identifiers({"page.en.html": html}, replace(end, shapes=SHAPES))


def test_an_identifier_in_a_file_name_is_found():
    """The name of a report is read as well."""
    html, end = page_with("", "nothing")
    marked = replace(end, seals=SEALS)
    refuse_identifiers({"page.en.html": html}, marked)
    with pytest.raises(PublishError, match="enterprise_id"):
        refuse_identifiers({f"effect-{slug(HIDDEN)}.en.html": html}, marked)


def test_hashes_of_data_files_are_no_hashed_complainants():
    """They stand in the provenance; any other run of that length is refused."""
    digest, other = "0a1b" * 16, "f" * 64
    marked = {"shapes": {"claimant_id": [r"\w{64}"]}}
    entries = [{"label": "SHA-256 outcomes.csv", "value": digest}]
    given = samples.changed("provenance", entries=entries)
    for text, refused in (("nobody", False), (other, True)):
        caption = samples.changed("table", caption=f"Without {text}.")
        page = read_page(samples.notebook("en", given | caption), "en")
        files = {"page.en.html": render_page(page, Imprint("A title", "effect-zones"))}
        end = replace(page.end, **marked)
        if refused:
            with pytest.raises(PublishError, match="claimant_id"):
                refuse_identifiers(files, end, page.provenance)
        else:
            refuse_identifiers(files, end, page.provenance)


def test_a_report_that_shows_an_identifier_is_not_published(tmp_path):
    """Both languages are held back, and the site has no trace of it."""
    for language in samples.WORDS:
        given = samples.plates(language)
        shown = {
            "end": replace(given["end"], seals=SEALS),
            "notes": replace(given["notes"], points=(f"Without {HIDDEN}.",)),
        }
        node = samples.notebook(language, shown)
        samples.write_run(tmp_path / "runs", "effect/zones", language, node)
    (outcome,) = publish(tmp_path / "runs", tmp_path / "site")
    assert outcome.state == "failed"
    for file in (tmp_path / "site").iterdir():
        assert HIDDEN not in file.read_text(encoding="utf-8")
