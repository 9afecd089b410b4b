"""What pages of the site rest on, so that two of them together give nothing away.

The site keeps beside its pages (``rested.json``) what the counts of each were drawn from (salt
and settings of the noise as one mark), and over which regions its averages of recorded counts are.
Another salt, or other noise, would be another draw of every count; two averages that differ by one
region would give that region's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.errors import Problem, PublishError
from analysis.page.plates import RestsOn

FILE = "rested.json"
FEWEST_APART = 5
"""By fewer regions two published averages of recorded counts may not differ."""


class Rested(BaseModel):
    """What one report rests on, as ``End`` records it."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    draw: str = ""
    outcome: str = ""
    periods: tuple[str, str] = ("", "")
    regions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, found: RestsOn) -> Rested:
        """From the record at the end of a notebook."""
        return cls.model_validate(found, from_attributes=True)


SITE = TypeAdapter(dict[str, Rested])


def conflicts(report: str, now: Rested, shown: Mapping[str, Rested]) -> Iterator[Problem]:
    """Why a report may not stand beside those that are shown, its own last edition among them."""
    alike = {name: other for name, other in shown.items() if other.dataset == now.dataset}
    if strangers := [name for name, other in alike.items() if other.draw != now.draw]:
        what = (
            f"has counts drawn with another salt, or with other settings of the noise, than those "
            f"of {strangers[0]}: beside one another they give counts away"
        )
        remedy = (
            "Name the salt of then in ANALYSIS_SALT and set protection in dataset.yml as then; to "
            "begin anew, withdraw the old site first"
        )
        yield Problem(report, what, remedy)
    for name, other in sorted(alike.items()):
        apart = len(now.regions ^ other.regions)
        if _of_one_time(now, other) and 0 < apart < FEWEST_APART:
            beside = "its last edition" if name == report else name
            what = (
                f"is an average over regions that differ by {apart} from those of {beside}, on the "
                "same outcome and time: both together give these away"
            )
            remedy = "Leave out the same regions in both, or set counts: protected in one"
            yield Problem(report, what, remedy)


def _of_one_time(one: Rested, other: Rested) -> bool:
    """Whether both are averages of one outcome over spans that meet."""
    if not (one.regions and other.regions) or one.outcome != other.outcome:
        return False
    return one.periods[0] <= other.periods[1] and other.periods[0] <= one.periods[1]


def read_rested(site: Path) -> dict[str, Rested]:
    """What the reports of a site rest on, by name.

    Raises
    ------
    PublishError: the file is there and no such record.
    """
    file = site / FILE
    if not file.is_file():
        return {}
    try:
        return SITE.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        remedy = "Take it from the site's last edition: it protects what was published there"
        raise PublishError([Problem(FILE, "is not a record of reports", remedy)]) from None


def as_json(content: Mapping[str, Rested]) -> str:
    """What all reports rest on, as sorted JSON."""
    plain = {
        name: {**one.model_dump(), "regions": sorted(one.regions)}
        for name, one in sorted(content.items())
    }
    return SITE.dump_json(SITE.validate_python(plain), indent=1).decode("utf-8") + "\n"
