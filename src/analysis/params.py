"""What the parameters of all notebooks have in common; each notebook's own stand in its folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from analysis.errors import ParamsError, Problem, nearest, visible

PERIOD_PATTERN = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])|-?Q[1-4]|-W(0[1-9]|[1-4][0-9]|5[0-3]))?$"
"""A year ``2019``, a quarter ``2019Q2``, a month ``2019-03`` or a week ``2019-W05``, from the years
1000 to 2999; quarters are also written ``2019-Q2``."""


def one_form(period: str) -> str:
    """A period in the one form in which periods are compared: quarters as ``2019Q2``."""
    return period.replace("-Q", "Q")


Period = Annotated[str, Field(pattern=f"^$|{PERIOD_PATTERN}"), AfterValidator(one_form)]


class Params(BaseModel):
    """What all notebooks share. A wrong type is refused, never converted.

    ``free_to_vary`` names parameters that no data can make impossible: reports that differ in
    nothing else are checked against their data once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    free_to_vary: ClassVar[frozenset[str]] = frozenset(
        {"language", "title_en", "title_zh", "seed", "level"}
    )

    language: Literal["en", "zh"] = "en"
    seed: int = Field(default=1, ge=0)
    title_en: Annotated[str, AfterValidator(visible)] = ""
    title_zh: Annotated[str, AfterValidator(visible)] = ""
    dataset: str = ""

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str = "params") -> Self:
        """The model from plain values.

        Raises
        ------
        ParamsError: with every problem, and the nearest right name for a misspelt one.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise ParamsError(problems_of(error, cls, where)) from None


class SpanQuestion(Params):
    """When and where a report asks; blank for all there is."""

    first_period: Period = ""
    last_period: Period = ""
    region: str = ""

    @field_validator("last_period")
    @classmethod
    def _periods_in_order(cls, last: str, info: ValidationInfo) -> str:
        # Of the field, not of the whole: a whole is looked at only where nothing else is wrong.
        first = info.data.get("first_period", "")
        if first and last and first > last:
            raise ValueError("last_period lies before first_period")
        return last


class CountsQuestion(SpanQuestion):
    """What a report on counts by region asks: of what, out of what, where and when."""

    outcome: str = ""
    exposure: str = ""
    period: Literal["week", "month", "quarter", "year"] = "year"
    exclude_regions: list[str] = Field(default_factory=list)


class JudgedQuestion(CountsQuestion):
    """What a report asks whose effects get a verdict, and by what it is fixed beforehand."""

    free_to_vary: ClassVar[frozenset[str]] = CountsQuestion.free_to_vary | {
        *("better", "smallest_effect", "onset")
    }

    cluster: str = ""
    placebo_outcome: str = ""
    onset: Literal["unknown", "immediate", "gradual"] = "unknown"
    better: Literal["lower", "higher"] = "lower"
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.999)


class PanelQuestion(JudgedQuestion):
    """What a report asks that compares regions over time, before and after an intervention."""

    free_to_vary: ClassVar[frozenset[str]] = JudgedQuestion.free_to_vary | {"placebo_periods"}

    intervention: str = ""
    exclude_other_interventions: bool = True
    method: str = ""
    method_of_counts: ClassVar[str] = "counts"
    method_of_levels: ClassVar[str] = "imputation"
    method_options: dict[str, Any] = Field(default_factory=dict)
    comparison: Literal["not_yet_treated", "never_treated"] = "not_yet_treated"
    placebo_periods: int = Field(default=1, ge=1)
    counts: Literal["recorded", "protected"] = "recorded"

    def with_method(self, counted: bool) -> Self:
        """The question with a method: where none is asked for, that for counts or for levels."""
        usual = self.method_of_counts if counted else self.method_of_levels
        return self if self.method else self.model_copy(update={"method": usual})


class InterventionsQuestion(JudgedQuestion):
    """What a report asks that compares several interventions with one another.

    ``interventions`` are all that enough regions adopt where none is named; ``by`` is the column
    of regions within whose kinds they are compared, ``dose`` those whose doses are looked at.
    """

    interventions: list[str] = Field(default_factory=list)
    by: str = ""
    dose: list[str] = Field(default_factory=list)


class RegisterQuestion(PanelQuestion):
    """What a report on a register asks: of who came, left or fell dormant, and of which type.

    ``cohort`` is the quarter in which entrants came whose stay is looked at, all where blank.
    """

    outcome: Literal["registered", "deregistered", "dormant"] = "registered"
    type: str = ""
    cohort: Period = ""
    exit_route: str = ""


class RatingsQuestion(Params):
    """What a report on ratings asks: of which round and items, and how scores are put together.

    ``dimensions`` are all where none is named. ``composite`` gives points to each complaint and
    penalty (``complaints``, ``penalties``), counted (``form: count``) or by enterprise (``rate``);
    empty for ratings alone. ``case_mix`` are columns of enterprises within which these are
    expected alike. ``stability`` holds scores of a round against those of the next.
    """

    round: Period = ""
    dimensions: list[str] = Field(default_factory=list)
    composite: dict[str, Any] = Field(default_factory=dict)
    case_mix: list[str] = Field(default_factory=list)
    stability: bool = False
    minimum_raters: int = Field(default=5, ge=5)
    minimum_rated: int = Field(default=5, ge=5)


class DrawQuestion(Params):
    """What a report on random draws asks: of which lists, and what came after the draw.

    ``plans`` are all where none is named. ``outcome`` is a kind of record counted in the days after
    the draw; blank where only the draw itself is looked at.
    """

    plans: list[str] = Field(default_factory=list)
    region: str = ""
    outcome: str = ""
    outcome_after_days: int = Field(default=180, ge=1, le=3650)
    join_strata: bool = False


class HandlingQuestion(SpanQuestion):
    """What a report on how long cases take asks: of which, until when, and by which route.

    ``route`` is held against ``compared_with``; a ready frame ``durations`` has groups in their
    place. ``deadline_days`` are working days from receipt, ``acknowledge`` and ``mediate``.
    """

    kind: str = "complaint"
    end: Literal["closed", "acknowledged"] = "closed"
    route: str = "odr"
    compared_with: str = "bureau"
    deadline_days: dict[str, int] = Field(default_factory=dict)

    @field_validator("deadline_days")
    @classmethod
    def _named_days(cls, days: dict[str, int]) -> dict[str, int]:
        if set(days) - {"acknowledge", "mediate"} or min(days.values(), default=1) < 1:
            raise ValueError("names not acknowledge or mediate with working days of 1 or more")
        return days

    @property
    def legal_days(self) -> int:
        """Working days until the end that is asked about is due; 0 where none are named."""
        return self.deadline_days.get("mediate" if self.end == "closed" else "acknowledge", 0)


class ThresholdQuestion(Params):
    """What a report on cut-offs of a score asks: of which, and what came after.

    ``cutoffs`` are those of a ready frame where none is named. ``outcome`` is a kind of record
    counted in the full months after the month of the score, until the next score of the same
    enterprise (``regrade: first``) or whatever was scored meanwhile (``all``); blank where only the
    scores are looked at. ``reach`` is from how many points short of a cut-off scores may be moved.
    """

    cutoffs: list[float] = Field(default_factory=list)
    treated: Literal["above", "below"] = "above"
    selection: str = ""
    region: str = ""
    outcome: str = ""
    horizon_months: int = Field(default=12, ge=1, le=120)
    regrade: Literal["first", "all"] = "first"
    reach: int = Field(default=3, ge=1, le=20)

    @field_validator("cutoffs")
    @classmethod
    def _in_order(cls, cutoffs: list[float]) -> list[float]:
        if cutoffs != sorted(set(cutoffs)):
            raise ValueError("does not rise: write each cut-off once, the lowest first")
        return cutoffs


class TargetsQuestion(SpanQuestion):
    """What a report on targets asks: of which indicator, and of which twin that nobody scores.

    ``year_end`` and ``quarter_end`` are how many days before an end are looked at by themselves;
    ``revisions`` holds results against what they were revised to.
    """

    indicator: str = ""
    unmeasured: str = ""
    year_end: int = Field(default=5, ge=1, le=60)
    quarter_end: int = Field(default=5, ge=1, le=30)
    revisions: bool = True


class MonthlyQuestion(Params):
    """What a report on new counts asks: of what, where, by what, and as of which month.

    ``last_period`` is the last month looked at, blank for the last that is closed. Of the last
    ``late_months`` records still come in: they are not judged, unless ``entered`` gives the share
    that is there by now, the oldest first. Each forecast rests on ``months_history`` months.
    """

    outcome: str = ""
    by: Literal["region", "category"] = "region"
    region: str = ""
    last_period: Annotated[str, Field(pattern=r"^$|^[12][0-9]{3}-(0[1-9]|1[0-2])$")] = ""
    months_history: int = Field(default=48, ge=24, le=240)
    late_months: int = Field(default=2, ge=0, le=6)
    entered: list[float] = Field(default_factory=list)

    @field_validator("entered")
    @classmethod
    def _a_share_a_month(cls, entered: list[float], info: ValidationInfo) -> list[float]:
        if entered and len(entered) != info.data.get("late_months"):
            raise ValueError("gives not one share for each of late_months")
        if not all(0 < share <= 1 for share in entered):
            raise ValueError("holds not only shares above 0 and up to 1")
        return entered


class LeniencyQuestion(Params):
    """What a report on sparing first violations asks: of which behaviours, from when.

    ``behaviours`` are those that are ever on the list where none is named; ``listed_from`` is the
    day on which it began everywhere, blank for that of each region's first case on it.
    ``goods_limit`` is the value of goods up to which a first violation is spared; 0 for none.
    """

    listed_from: str = Field(default="", pattern=r"^$|^[12]\d{3}-[01]\d-[0-3]\d$")
    behaviours: list[str] = Field(default_factory=list)
    region: str = ""
    horizon_days: int = Field(default=730, ge=30, le=3650)
    goods_limit: float = Field(default=0.0, ge=0)


class JoinersQuestion(Params):
    """What a report on programmes that enterprises join asks: of which, and beside whom.

    Others are looked for in the same region, alike in ``match_on`` (columns of enterprises, and
    ``age`` for months on the register), ``others`` for each joiner.
    """

    programme: str = ""
    match_on: list[str] = Field(default_factory=lambda: ["type", "industry", "age"])
    region: str = ""
    outcome: str = "complaint"
    horizon_months: int = Field(default=12, ge=3, le=60, multiple_of=3)
    others: int = Field(default=3, ge=1, le=10)


class SamplesQuestion(SpanQuestion):
    """What a report on samples of products asks: of which, and of what they are to tell.

    Blank ``mode`` shows samples of every mode, each by itself. ``weighted`` makes strata count as
    the table ``strata`` says.
    """

    mode: str = ""
    product: str = ""
    region: str = ""
    first_period: Period = ""
    last_period: Period = ""
    weighted: bool = False


class FiguresQuestion(Params):
    """What a report on published figures asks."""

    dataset: str = "data/published"
    level: float = Field(default=0.95, ge=0.5, le=0.999)


def problems_of(error: ValidationError, model: type[BaseModel] | None, where: str) -> list[Problem]:
    """Every problem of a validation, in our words, without the value that was given."""
    problems = []
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        location = f"{where}, {path}" if path else where
        if item["type"] == "extra_forbidden":
            known = list(model.model_fields) if model and len(item["loc"]) == 1 else []
            remedy = nearest(str(item["loc"][-1]), known)
            problems.append(Problem(location, "is not a parameter here", remedy))
        elif item["type"] == "string_type" and isinstance(item["input"], (int, float, dt.date)):
            remedy = "Write it in quotation marks"
            problems.append(Problem(location, "is read as a number or day, not as text", remedy))
        else:
            problems.append(Problem(location, _plain_message(item["msg"])))
    return problems


def _plain_message(message: str) -> str:
    message = message.removeprefix("Value error, ")
    if "match pattern" in message:
        return "is not a period: write 2019, 2019Q2, 2019-03 or 2019-W05"
    message = message.replace("valid array", "list").replace("valid tuple", "valid list")
    message = message.replace("Tuple should", "List should")
    return message[:1].lower() + message[1:]


def plain_types(values: Mapping[str, Any]) -> list[Problem]:
    """Values that papermill cannot carry into a notebook: dates and unknown objects."""
    carried = (str, int, float, bool, type(None))
    problems = []
    for name, value in leaves(values):
        if isinstance(value, (dt.date, dt.datetime)):
            problems.append(Problem(name, "is a date in YAML", "Put the value in quotation marks"))
        elif not isinstance(value, carried):
            problems.append(Problem(name, f"is of type {type(value).__name__}", "Use plain YAML"))
    return problems


def leaves(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no list or mapping, with the names that lead to it."""
    for name, value in values.items():
        path = f"{above}{name}"
        items = value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, Mapping):
                yield from leaves(item, f"{path}, ")
            elif isinstance(item, list):
                yield from leaves({path: item})
            else:
                yield path, item
