"""The events behind a figure, without persons: what was counted, and nothing that says of whom.

A selection is named by its query alone, so that each figure of a table can be a link. It holds
the corrections that the figure holds too: events, less those taken back, is the figure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from registration.common.errors import RuleBroken
from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.reports.counting import COUNTED
from registration.reports.models import Window
from registration.reports.services import open_windows
from registration.units.models import Unit

# The last one is not a number of events but what they gave.
KINDS = {**COUNTED, "ml": EventKind.DONATION_GIVEN}
CORRECTIONS = (EventKind.ENTRY_TAKEN_BACK, EventKind.ENTRY_RESTORED)
# In a query: what was not stated.
NOT_STATED = "-"
COLUMNS = (
    "happened_at",
    "id",
    "kind",
    "corrects__kind",
    "corrects__happened_at",
    "channel",
    "unit_id",
    "placement_id",
    "organs",
    "sex",
    "age_band",
    "locality_id",
    "campaign_id",
    "volume_ml",
    "reason",
    "signed_on",
    "is_demo",
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(3000, 1, 1)
DAYS = ("day", "first", "last", "concerns", "came", "signed")


def _coded(name: str) -> Callable[[str], Q]:
    def of(value: str) -> Q:
        if value == NOT_STATED:
            return Q(**{f"{name}__isnull": True})
        return Q(**{f"{name}__code": value})

    return of


def _plain(name: str) -> Callable[[str], Q]:
    return lambda value: Q(**{name: "" if value == NOT_STATED else value})


def _organ(code: str) -> Q:
    """Among the codes of an event, which stand in order and are joined by ";"."""
    if code == NOT_STATED:
        return Q(organs="")
    starts, ends = Q(organs__startswith=f"{code};"), Q(organs__endswith=f";{code}")
    return Q(organs=code) | starts | ends | Q(organs__contains=f";{code};")


def _volume(value: str) -> Q:
    if value == NOT_STATED:
        return Q(volume_ml__isnull=True)
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise RuleBroken("not_a_volume", _("Write the volume in ml, in digits."))
    return Q(volume_ml=int(value))


def _cause(cause: str) -> Q:
    """Why a told day was corrected: the entry was joined with another, taken back or restored."""
    if cause == "restored":
        return Q(kind=EventKind.ENTRY_RESTORED)
    return Q(kind=EventKind.ENTRY_TAKEN_BACK, is_merge=cause == "merge")


FILTERS: dict[str, Callable[[str], Q]] = {
    "unit": _coded("unit"),
    "channel": _plain("channel"),
    "organ": _organ,
    "sex": _plain("sex"),
    "age": _plain("age_band"),
    "locality": _coded("locality"),
    "campaign": _coded("campaign"),
    "placement": _coded("placement"),
    "reason": _plain("reason"),
    "volume": _volume,
    "cause": _cause,
    # A campaign with those that are parts of it, as its targets count.
    "within": lambda code: Q(campaign__code=code) | Q(campaign__parent__code=code),
    "signed": lambda text: Q(signed_on=day_of(text)),
}


def names() -> dict[str, str]:
    """What narrows a selection, in words, in the order in which it is told."""
    return {
        "day": _("Day"),
        "first": _("First day"),
        "last": _("Until the end of"),
        "concerns": _("Day concerned"),
        "kind": _("Figure"),
        "channel": _("Channel"),
        "unit": _("Unit"),
        "placement": _("Banner"),
        "organ": _("Organ or tissue"),
        "sex": _("Sex"),
        "age": _("Age in years"),
        "locality": _("Commune or district"),
        "campaign": _("Campaign"),
        "reason": _("Reason"),
        "volume": _("Volume in ml"),
        "cause": _("Cause"),
        "within": _("Campaign with its parts"),
        "came": _("Came in on"),
        "signed": _("Signed on"),
    }


@dataclass(frozen=True)
class Selection:
    """Events of a department in ``[starts_at, ends_at)``, narrowed; ``starts_at`` None: from the
    very beginning. ``corrections`` says which corrections its figure holds.
    """

    department: Unit
    narrowed: Mapping[str, str]
    starts_at: datetime | None
    ends_at: datetime
    corrections: Q = field(default_factory=Q)
    # What was told of earlier days and is corrected in this one: no new events at all.
    is_correction: bool = False

    def until(self, moment: datetime) -> "Selection":
        """The same, without what came in at ``moment`` or later."""
        return replace(self, ends_at=min(self.ends_at, moment))

    def events(self) -> QuerySet[Event]:
        """In no order; tests are never counted."""
        found = Event.objects.filter(
            department=self.department, is_test=False, happened_at__lt=self.ends_at
        )
        if self.starts_at:
            found = found.filter(happened_at__gte=self.starts_at)
        if "cause" in self.narrowed:
            merged = Event.objects.filter(subject=OuterRef("subject"), **self._merged())
            found = found.alias(is_merge=Exists(merged))
        if "came" in self.narrowed:
            found = found.filter(Exists(self._came()))
        for name, of in FILTERS.items():
            if name in self.narrowed:
                found = found.filter(of(self.narrowed[name]))
        return found.filter(self._kinds()).order_by()

    def _merged(self) -> dict[str, Any]:
        """What a registration that was joined with another wrote in these days."""
        since = {"happened_at__gte": self.starts_at} if self.starts_at else {}
        return {"kind": EventKind.PLEDGE_MERGED, "happened_at__lt": self.ends_at, **since}

    def _came(self) -> QuerySet[Event]:
        """The arrival, on the day named, of a registration whose event is looked at."""
        starts, ends = _edges(day_of(self.narrowed["came"]), self.department.jurisdiction.zone)
        return Event.objects.filter(
            subject=OuterRef("subject"),
            kind=EventKind.PLEDGE_RECEIVED,
            is_test=False,
            happened_at__gte=starts,
            happened_at__lt=min(ends, self.starts_at or ends),
        )

    def _kinds(self) -> Q:
        corrections = Q(kind__in=CORRECTIONS) & self.corrections
        if "kind" not in self.narrowed:
            # There is no figure that these must make up: all that happened is shown.
            return corrections if self.is_correction else Q()
        kind = KINDS[self.narrowed["kind"]]
        corrections &= Q(corrects__kind=kind)
        return corrections if self.is_correction else Q(kind=kind) | corrections


def select(department: Unit, asked: Mapping[str, str], *, now: datetime) -> Selection:
    """The selection that a query names; two queries at most.

    ``day``: one window. ``first`` and ``last``: the days that were told. ``last`` alone: all that
    was counted until then. ``day`` and ``concerns``: what the one day corrected of the other.
    Refuses what names no day or no kind (``no_such_day``, ``not_a_day``, ``no_such_kind``).
    """
    known = dict.fromkeys((*DAYS, "kind", *FILTERS))
    narrowed = {name: asked[name] for name in known if asked.get(name)}
    if narrowed.get("kind", "received") not in KINDS:
        raise RuleBroken("no_such_kind", _("There is no such figure."))
    days = {name: day_of(narrowed[name]) for name in DAYS if name in narrowed}
    if "day" in days:
        return _of_day(department, narrowed, days, now=now)
    if "first" in days and "last" in days:
        return _of_days(department, narrowed, days["first"], days["last"])
    if "last" in days:
        ends_at = _window(department, days["last"], now=now).ends_at
        return Selection(department, narrowed, None, ends_at)
    raise _no_such_day()


def day_of(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    # At its ends the calendar has no midnight in every zone.
    if not FIRST_DAY < day < LAST_DAY:
        raise RuleBroken("not_a_day", _("Write the day as year-month-day."))
    return day


def _no_such_day() -> RuleBroken:
    return RuleBroken("no_such_day", _("Nothing was counted on this day."))


def _window(department: Unit, day: date, *, now: datetime) -> Window:
    window = Window.objects.filter(department=department, day=day).first()
    if window is None:
        window = next((each for each in open_windows([department], now=now)), None)
    if window is None or window.day != day:
        raise _no_such_day()
    return window


def _of_day(
    department: Unit, narrowed: dict[str, str], days: Mapping[str, date], *, now: datetime
) -> Selection:
    window = _window(department, days["day"], now=now)
    if "concerns" not in days:
        inside = Q(corrects__happened_at__gte=window.starts_at)
        return Selection(department, narrowed, window.starts_at, window.ends_at, inside)
    begins, ends = _edges(days["concerns"], ZoneInfo(window.zone))
    concerned = Q(
        corrects__happened_at__gte=begins,
        corrects__happened_at__lt=min(ends, window.starts_at),
    )
    return Selection(department, narrowed, window.starts_at, window.ends_at, concerned, True)


def _edges(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Midnight to midnight on a department's clock."""
    first = datetime.combine(day, time(), tzinfo=zone)
    last = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return first.astimezone(UTC), last.astimezone(UTC)


def _of_days(department: Unit, narrowed: dict[str, str], first: date, last: date) -> Selection:
    told = Window.objects.filter(
        department=department, day__gte=first, day__lte=last, summary__isnull=False
    )
    edges = list(told.order_by("ends_at").values_list("starts_at", "ends_at"))
    if not edges:
        raise _no_such_day()
    # A day's figure holds the corrections of the day itself, not those that came later.
    same_day = Window.objects.filter(
        department=department,
        starts_at__lte=OuterRef("corrects__happened_at"),
        ends_at__gt=OuterRef("happened_at"),
    )
    return Selection(department, narrowed, edges[0][0], edges[-1][1], Q(Exists(same_day)))


def number_of(selection: Selection) -> tuple[int, int]:
    """The figure, and the number of rows behind it. One query.

    Without a kind there is no figure: then both are the number of rows.
    """
    of_kind = {"told": ~Q(kind__in=CORRECTIONS)}
    of_kind |= {kind.name: Q(kind=kind) for kind in CORRECTIONS}
    many: Callable[..., Any] = Count
    counted = "pk"
    if selection.narrowed.get("kind") == "ml":
        many, counted = Sum, "volume_ml"
    found = selection.events().aggregate(
        rows=Count("pk"), **{name: many(counted, filter=each) for name, each in of_kind.items()}
    )
    if "kind" not in selection.narrowed:
        return found["rows"], found["rows"]
    told, taken_back, restored = (found[name] or 0 for name in of_kind)
    return told - taken_back + restored, found["rows"]


def page_of(selection: Selection, *, before: str, size: int) -> tuple[list[tuple[Any, ...]], str]:
    """Rows, newest first, and the mark from which the next page goes on, empty at the end.

    The last column is the registration's id, to tell rows of one registration from others: it is
    not to be shown. One query. Refuses a mark that is none (``no_such_page``).
    """
    events = selection.events()
    if before:
        moment, pk = _mark(before)
        older = Q(happened_at__lt=moment) | Q(happened_at=moment, pk__lt=pk)
        events = events.filter(older, happened_at__lte=moment)
    rows = list(events.order_by("-happened_at", "-pk").values_list(*COLUMNS, "subject")[: size + 1])
    if len(rows) <= size:
        return rows, ""
    moment, pk = rows[size - 1][:2]
    return rows[:size], f"{moment:%Y-%m-%dT%H:%M:%S.%f}~{pk}"


def _mark(before: str) -> tuple[datetime, int]:
    moment, _wave, pk = before.partition("~")
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=UTC), int(pk)
    except ValueError:
        raise RuleBroken("no_such_page", _("There is no such page.")) from None


def chunks(selection: Selection, *, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """All rows, oldest first, ``size`` at a time: each a query of its own that goes on after the
    one before, so that neither memory nor a transaction grows with their number.
    """
    events = selection.events().order_by("happened_at", "pk").values_list(*COLUMNS)
    rows = list(events[:size])
    while rows:
        yield rows
        if len(rows) < size:
            return
        moment, pk = rows[-1][:2]
        newer = Q(happened_at__gt=moment) | Q(happened_at=moment, pk__gt=pk)
        rows = list(events.filter(newer, happened_at__gte=moment)[:size])
