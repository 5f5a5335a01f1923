"""The shapes of questions and answers, as they are published.

Nothing that a published shape promised is removed or narrowed (``promises``). Figures are answered
as they were frozen: what an older version does not know is missing there.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from registration.campaigns.choices import CampaignKind
from registration.deliveries.choices import WindowState
from registration.overview.choices import Reported
from registration.units.choices import UnitKind

MOST_PAGES, MOST_ON_A_PAGE, ON_A_PAGE = 10_000, 100, 50


def _day(value: Any) -> date:
    # The library would take numbers for days too.
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", "not a day")


def _number(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        return int(value)
    raise PydanticCustomError("number", "not a whole number")


DAY = WithJsonSchema({"type": "string", "format": "date"})
Day = Annotated[date, BeforeValidator(_day), DAY]
MaybeDay = Annotated[date | None, BeforeValidator(_day), DAY]
PageNumber = Annotated[int, Field(ge=1, le=MOST_PAGES), BeforeValidator(_number)]
RowsNumber = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE), BeforeValidator(_number)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,60}$")]
MaybeCode = Annotated[
    str | None,
    StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,60}$"),
    WithJsonSchema({"type": "string", "pattern": r"^[a-zA-Z0-9_-]{1,60}$"}),
]

# --- Questions ---------------------------------------------------------------------------------


class PageAsked(Schema):
    page: PageNumber = Field(1, description=gettext_noop("The page, beginning with 1."))
    per_page: RowsNumber = Field(
        ON_A_PAGE, description=gettext_noop("How many rows a page has, at most 100.")
    )


class ListAsked(PageAsked):
    department: MaybeCode = Field(
        None,
        description=gettext_noop("The code of a department; without it all that the key reads."),
    )


class SummariesAsked(ListAsked):
    first: MaybeDay = Field(None, alias="from", description=gettext_noop("The first day."))
    last: MaybeDay = Field(None, alias="to", description=gettext_noop("The last day."))


class PeriodAsked(Schema):
    first: Day = Field(alias="from", description=gettext_noop("The first day."))
    last: Day = Field(alias="to", description=gettext_noop("The last day, at most 366 days."))


class TotalsAsked(Schema):
    day: MaybeDay = Field(
        None, description=gettext_noop("One day; or else the first and the last day of several.")
    )
    first: MaybeDay = Field(None, alias="from", description=gettext_noop("The first day."))
    last: MaybeDay = Field(
        None, alias="to", description=gettext_noop("The last day, at most 366 days.")
    )


# --- Answers: lists ----------------------------------------------------------------------------


class Named(Schema):
    code: str
    name: str


class Page(Schema):
    total: int = Field(description=gettext_noop("How many rows there are on all pages."))
    page: int
    pages: int
    next: str | None = Field(description=gettext_noop("The address of the next page."))
    previous: str | None = Field(description=gettext_noop("The address of the page before."))


class Counts(Schema):
    """How often each thing happened; older summaries do not tell of blood."""

    received: int
    confirmed: int
    changed: int
    withdrawn: int
    handed_over: int
    card_issued: int
    booked: int = 0
    cancelled: int = 0
    arrived: int = 0
    no_show: int = 0
    given: int = 0
    deferred: int = 0
    ml: int = Field(0, description=gettext_noop("Blood given, in millilitres."))


class SummaryRow(Schema):
    department: Named
    number: int = Field(description=gettext_noop("The department's summaries are numbered."))
    day: date
    sha256: str = Field(description=gettext_noop("The SHA-256 of the department's own figures."))
    previous_sha256: str | None = Field(
        description=gettext_noop("That of the summary before: they form a chain.")
    )
    frozen_at: datetime
    due_at: datetime
    state: WindowState = Field(description=gettext_noop("How far the delivery has got."))
    counts: Counts = Field(description=gettext_noop("The figures of the day."))
    cumulative: Counts = Field(
        description=gettext_noop("The figures since the beginning, up to the end of the day.")
    )
    address: str = Field(description=gettext_noop("Where the frozen figures are."))
    documents: dict[str, str] = Field(
        description=gettext_noop("Where the documents are, by their format.")
    )


class Summaries(Page):
    items: list[SummaryRow]


class UnitRow(Named):
    kind: UnitKind
    short_name: str
    province: Named | None
    parent: str | None = Field(description=gettext_noop("The code of the unit above it."))
    is_active: bool


class Units(Page):
    items: list[UnitRow]


class CampaignRow(Schema):
    code: str
    kind: CampaignKind
    title: str
    slogan: str
    starts_on: date
    ends_on: date | None
    registers_after_end: bool
    province: Named | None
    owner: Named
    parent: str | None = Field(description=gettext_noop("The campaign of which it is a part."))


class Campaigns(Page):
    items: list[CampaignRow]


class Limits(Schema):
    requests: int
    seconds: int


class Me(Schema):
    prefix: str
    label: str
    unit: UnitRow
    scopes: list[str]
    is_outside: bool = Field(
        description=gettext_noop("Figures of fewer than five people are hidden from this key.")
    )
    made_at: datetime
    expires_at: datetime
    limits: Limits


# --- Answers: figures --------------------------------------------------------------------------

HIDDEN = gettext_noop("null in a row whose figures are hidden.")


class KeyedRow(Schema):
    key: str
    received: int | None = Field(description=HIDDEN)
    confirmed: int | None = Field(description=HIDDEN)
    hidden: bool = False


class CodedRow(Schema):
    code: str
    name: str
    received: int | None = Field(description=HIDDEN)
    confirmed: int | None = Field(description=HIDDEN)
    hidden: bool = False


class Tables(Schema):
    """What days, periods and provisional figures have in common."""

    version: int
    department: Named
    reporting_unit: Named | None
    jurisdiction: str
    province: Named
    language: str
    zone: str
    holds_demo: bool
    counts: Counts
    cumulative: Counts
    by_channel: list[KeyedRow]
    by_unit: list[CodedRow]
    by_organ: list[CodedRow]
    by_campaign: list[CodedRow] = []
    by_locality: list[CodedRow] = []
    by_sex: list[KeyedRow] = []
    by_age_band: list[KeyedRow] = []
    by_placement: list[CodedRow] = []
    adjustments: list[dict[str, Any]] = Field(
        [], description=gettext_noop("Corrections of days told before; not among the counts.")
    )
    earlier: list[dict[str, Any]] = Field(
        [], description=gettext_noop("What of the counts concerns earlier days.")
    )
    blood: dict[str, Any] | None = None
    targets: list[dict[str, Any]] = []
    banners: dict[str, Any] | None = None
    edition: str = Field("own", description=gettext_noop("“shared”: small figures are hidden."))
    withheld: list[str] = Field(
        [], description=gettext_noop("Tables that are left out of the shared edition.")
    )


class WindowOfDay(Schema):
    day: date
    starts_at: datetime
    ends_at: datetime
    cut_off: str
    due: str
    due_at: datetime | None = None
    days: list[date] = []
    holiday: str = ""


class ProvisionalNumber(Schema):
    number: int


class TrendRow(Schema):
    day: date
    received: int
    confirmed: int


class Figures(Tables):
    """A day's figures, as they were frozen."""

    serial: int
    taken_at: datetime
    previous_sha256: str | None
    salt: str = Field(
        "",
        description=gettext_noop("Random text in the frozen figures; not in the shared edition."),
    )
    window: WindowOfDay
    provisional: ProvisionalNumber | None = Field(
        None, description=gettext_noop("Not null: the day is still being counted.")
    )
    waiting: list[dict[str, Any]] = []
    quality: list[dict[str, Any]] = []
    trend: list[TrendRow]


class PeriodDay(TrendRow):
    is_told: bool
    has_summary: bool


class Period(Tables):
    """Several days as one: the sum of what was told of them."""

    first: date
    last: date
    days: list[PeriodDay]
    told_until: date | None
    missing: list[date] = Field(
        description=gettext_noop("Days that have ended and are not told yet.")
    )


# --- Answers: totals ---------------------------------------------------------------------------


class Reporting(Named):
    """How far a department has told the days that were asked for."""

    days: int
    days_told: int
    late: int
    missing_days: list[date]


class TotalRow(Reporting):
    state: Reported
    rank: int | None
    counts: Counts | None = Field(
        description=gettext_noop("null: the department has told nothing of these days.")
    )
    cumulative: Counts | None
    holds_demo: bool


class Totals(Schema):
    """Sums over departments; who is not in them is named."""

    first: date
    last: date
    expected: int = Field(description=gettext_noop("Departments that a summary is expected of."))
    told: int = Field(description=gettext_noop("Departments that are in the sums."))
    counts: Counts
    cumulative: Counts
    rows: list[TotalRow]
    missing: list[Reporting]
    part: list[Reporting]
    open: list[Reporting]
    none: list[Reporting]
    late: list[Reporting]
    without_hours: list[Named]
    holds_demo: bool


# --- Problems ----------------------------------------------------------------------------------


class Mistake(Schema):
    place: str = Field(description=gettext_noop("“query” or “path”."))
    name: str
    code: str
    detail: str


class ProblemOut(Schema):
    """A problem as RFC 9457 has it."""

    type: str = Field(description=gettext_noop("An address that explains this kind of problem."))
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Mistake] = []
