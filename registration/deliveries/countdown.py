"""The countdown over all departments, as plain values in the reader's language."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.dates import time_left
from registration.common.spreadsheets import MARK, csv_line, delimiter_of
from registration.deliveries.choices import Stage
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.standing import Standing, standings_of
from registration.deliveries.watch import known_of
from registration.reports.models import Window
from registration.reports.windows import open_windows
from registration.units.models import Unit

# For what has a tag of its own in no other place.
TAGS = {Stage.KEPT: "draft"}


@dataclass(frozen=True)
class Row:
    """One department: its newest ended day, and the day that is being counted now."""

    department: Unit
    stage: Stage
    standing: Standing | None
    next_window: Window | None
    # Days before the newest one that are not finished, e.g. after a long standstill.
    unfinished: int
    has_contact: bool
    now: datetime
    language: str

    @property
    def tag(self) -> str:
        return TAGS.get(self.stage, self.stage.value)

    @property
    def is_open(self) -> bool:
        return self.standing is not None and not self.standing.is_delivered

    @property
    def moment(self) -> datetime | None:
        """What the countdown runs to: the due time while a day is not delivered, else a cut-off."""
        if self.standing and self.is_open:
            return self.standing.window.due_at
        return self.next_window.ends_at if self.next_window else None

    @property
    def left(self) -> str:
        return time_left(self.moment, now=self.now) if self.moment else ""

    @property
    def day(self) -> str:
        return dates.short_date(self.standing.window.day, self.language) if self.standing else ""

    @property
    def iso_day(self) -> str:
        standing = self.standing
        return standing.window.day.isoformat() if standing and standing.is_frozen else ""

    @property
    def due(self) -> str:
        return self._local(self.standing.window.due_at) if self.standing else ""

    @property
    def delivered(self) -> str:
        return self._local(self.standing.delivered_at) if self.standing else ""

    @property
    def next_cut_off(self) -> str:
        return self._local(self.next_window.ends_at) if self.next_window else ""

    @property
    def next_due(self) -> str:
        return self._local(self.next_window.due_at) if self.next_window else ""

    @property
    def known(self) -> list[str]:
        standing = self.standing
        if standing is None or standing.is_kept:
            return []
        if standing.is_delivered:
            return [
                f"{each.name}: {reason_in_words(each.code)}".rstrip(": ")
                for each in standing.troubled
            ]
        return known_of(standing)

    @property
    def offices(self) -> str:
        if not self.standing or not self.standing.offices:
            return ""
        return _("%(sent)s of %(all)s sent, %(seen)s received") % {
            "sent": len(self.standing.arrived),
            "all": len(self.standing.offices),
            "seen": len(self.standing.seen),
        }

    def _beside(self, moment: datetime | None, day: date) -> str:
        """A moment beside its day: the clock alone while both are on the same date."""
        local = moment.astimezone(self.department.jurisdiction.zone) if moment else None
        if local and local.date() == day:
            return dates.clock_time(local, self.language)
        return self._local(moment)

    @property
    def due_clock(self) -> str:
        window = self.standing.window if self.standing else None
        return self._beside(window.due_at, window.day) if window else ""

    @property
    def delivered_clock(self) -> str:
        standing = self.standing
        return self._beside(standing.delivered_at, standing.window.day) if standing else ""

    @property
    def next_due_clock(self) -> str:
        coming = self.next_window
        if coming is None:
            return ""
        zone = self.department.jurisdiction.zone
        return self._beside(coming.due_at, coming.ends_at.astimezone(zone).date())

    def _local(self, moment: datetime | None) -> str:
        zone = self.department.jurisdiction.time_zone
        return dates.date_time(moment, self.language, zone=zone) if moment else ""


def rows_of(departments: Iterable[Unit], *, now: datetime, language: str) -> list[Row]:
    """Departments with report hours, the most urgent first; as many queries for one as for all."""
    departments = list(departments)
    standings = {each.window.department_id: each for each in _newest(departments, now)}
    coming = {each.department_id: each for each in open_windows(departments, now=now)}
    counted = Unit.objects.filter(pk__in=[each.pk for each in departments]).annotate(
        unfinished=Count("windows", filter=Q(windows__finished_at=None, windows__ends_at__lte=now))
    )
    facts = {
        pk: (unfinished, watch is not None)
        for pk, unfinished, watch in counted.values_list("pk", "unfinished", "report_watch")
    }
    rows = []
    for department in departments:
        standing, following = standings.get(department.pk), coming.get(department.pk)
        if standing is None and following is None:
            continue
        unfinished, has_contact = facts[department.pk]
        rows.append(
            Row(
                department=department,
                stage=standing.stage(now) if standing else Stage.NONE,
                standing=standing,
                next_window=following,
                unfinished=unfinished - bool(standing and not standing.is_finished),
                has_contact=has_contact,
                now=now,
                language=language,
            )
        )
    return sorted(rows, key=_urgency)


def _newest(departments: list[Unit], now: datetime) -> list[Standing]:
    """Of each department the day that ended last."""
    later = Window.objects.filter(department=OuterRef("department"), ends_at__lte=now)
    newest = Window.objects.filter(
        department__in=departments, pk=Subquery(later.order_by("-ends_at").values("pk")[:1])
    )
    return standings_of(newest)


def _urgency(row: Row) -> tuple[int, bool, datetime | None, str]:
    place = list(Stage).index(row.stage)
    return place, row.moment is None, row.moment, row.department.folded


def figures_of(rows: Iterable[Row]) -> list[dict[str, str | int]]:
    """The head figures of the page."""
    rows = list(rows)
    standings = [row.standing for row in rows if row.standing]
    stages = Counter(row.stage for row in rows)
    return [
        {"label": _("Departments"), "value": len(rows)},
        {"label": _("Compiled"), "value": sum(each.is_frozen for each in standings)},
        {"label": _("Delivered"), "value": sum(each.is_delivered for each in standings)},
        {"label": _("Opened or confirmed"), "value": sum(bool(each.seen) for each in standings)},
        {
            "label": _("Sent late"),
            "value": sum(each.is_delivered and each.is_late for each in standings),
        },
        {"label": _("Overdue"), "value": stages[Stage.OVERDUE]},
        {"label": _("Refused"), "value": sum(bool(each.lost) for each in standings)},
    ]


def csv_lines(rows: Iterable[Row], *, language: str) -> Iterator[str]:
    """The table for a spreadsheet of the language."""
    delimiter = delimiter_of(language)
    yield MARK + csv_line(
        [
            _("Department"),
            _("Country"),
            _("Day"),
            _("Due at"),
            _("State"),
            _("Delivered at"),
            _("Offices"),
            _("What is known"),
            _("Earlier days not finished"),
            _("Next cut-off"),
            _("Next due time"),
            _("Time left"),
        ],
        delimiter=delimiter,
    )
    for row in rows:
        yield csv_line(
            [
                row.department.name,
                row.department.jurisdiction.name,
                row.day,
                row.due,
                str(row.stage.label),
                row.delivered,
                row.offices,
                " ".join(row.known),
                str(row.unfinished),
                row.next_cut_off,
                row.next_due,
                row.left,
            ],
            delimiter=delimiter,
        )
