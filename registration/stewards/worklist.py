"""The work list: what waits in a steward's provinces, oldest first, without a person in it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.accounts.models import Staff
from registration.common.dates import date_time
from registration.ledger.choices import EntryChannel
from registration.people.models import Contact
from registration.pledges.choices import OPEN_STATES, PledgeState, StepKind
from registration.pledges.models import Pledge
from registration.stewards.choices import name_of_wait
from registration.stewards.models import WithdrawalRequest
from registration.units.models import Province, Unit

PER_PAGE = 50
ON_PAPER = 500
# The filter for what waits for nothing any more.
NOTHING = "none"
# A couple shares a mailbox; with two more persons a relative, a desk or a forger may be behind it.
MANY_OTHERS = 2
DEMO = {"yes": True, "no": False}


def visible_to(staff: Staff) -> QuerySet[Pledge]:
    """The registrations of the provinces that this member of staff works on, and no others."""
    return Pledge.objects.filter(province__in=staff.provinces())


def provinces_of(staff: Staff) -> list[Province]:
    """The provinces of the list, with their jurisdictions; the unit comes along in one query."""
    if staff.unit_id:
        staff.unit = Unit.objects.select_related("jurisdiction").get(pk=staff.unit_id)
    return list(staff.provinces().select_related("jurisdiction"))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to; what was not understood is empty."""

    step: str = ""
    state: str = ""
    channel: str = ""
    unit: int | None = None
    batch: uuid.UUID | None = None
    demo: str = ""

    @classmethod
    def from_query(cls, asked: Mapping[str, str]) -> "Wanted":
        return cls(
            step=_known(asked.get("step", ""), {*StepKind.values, NOTHING}),
            state=_known(asked.get("state", ""), PledgeState.values),
            channel=_known(asked.get("channel", ""), EntryChannel.values),
            unit=_number(asked.get("unit", "")),
            batch=_uuid(asked.get("batch", "")),
            demo=_known(asked.get("demo", ""), DEMO),
        )

    def query(self, **changes: str) -> str:
        values = {field.name: getattr(self, field.name) or "" for field in fields(self)} | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the step is asked for."""
        return any([self.state, self.channel, self.unit, self.batch, self.demo])

    def takes(self, step: str) -> bool:
        """Whether what waits for ``step`` is in the list; without a step asked, all that waits."""
        if self.step:
            return step == ("" if self.step == NOTHING else self.step)
        return bool(step) or self.is_narrow

    def narrow(self, pledges: QuerySet[Pledge]) -> QuerySet[Pledge]:
        """All of the filter but the step."""
        if self.state:
            pledges = pledges.filter(state=self.state)
        if self.channel:
            pledges = pledges.filter(channel=self.channel)
        if self.unit:
            pledges = pledges.filter(Q(unit=self.unit) | Q(placement__unit=self.unit))
        if self.batch:
            pledges = pledges.filter(batch=self.batch)
        if self.demo:
            pledges = pledges.filter(is_demo=DEMO[self.demo])
        return pledges

    def all_of(self, provinces: Sequence[Province]) -> QuerySet[Pledge]:
        """Everything in the list, oldest first, whatever its length."""
        pledges = self.narrow(Pledge.objects.filter(province__in=provinces))
        if self.step:
            pledges = pledges.filter(next_step="" if self.step == NOTHING else self.step)
        elif not self.is_narrow:
            pledges = pledges.exclude(next_step="")
        return pledges.order_by("waiting_since", "pk")


def _known(value: str, values: Any) -> str:
    return value if value in values else ""


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _uuid(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


@dataclass(frozen=True)
class Place:
    """Where a page of the list begins: after this moment and row."""

    since: datetime
    pledge: uuid.UUID

    @classmethod
    def read(cls, text: str) -> "Place | None":
        since, _mark, pledge = text.partition("~")
        try:
            place = cls(datetime.fromisoformat(since), uuid.UUID(pledge))
        except ValueError:
            return None
        return place if place.since.tzinfo else None

    def __str__(self) -> str:
        return f"{self.since.isoformat()}~{self.pledge}"


Counts = dict[tuple[int, str], int]


def count_by_step(provinces: Sequence[Province]) -> Counts:
    """How many registrations of each province wait for each step: one query over the index."""
    found = Pledge.objects.filter(province__in=provinces).order_by()
    rows = found.values_list("province_id", "next_step").annotate(number=Count("*"))
    return {(province, step): number for province, step, number in rows}


def page_of(
    wanted: Wanted, counts: Counts, *, after: Place | None, size: int = PER_PAGE
) -> tuple[list[Pledge], Place | None]:
    """One page, oldest first, and where the next one begins. Three queries, whatever the length.

    Each has ``withdrawal_asked`` and ``shares_address``.
    """
    parts = [
        _first_of(wanted, province, step, after=after, size=size + 1)
        for province, step in counts
        if wanted.takes(step)
    ]
    if not parts:
        return [], None
    found: list[Any] = list(
        Pledge.objects.filter(pk__in=_oldest(parts, size + 1))
        .select_related("province__jurisdiction", "placement__unit", "unit", "batch")
        .annotate(
            withdrawal_asked=Exists(
                WithdrawalRequest.objects.filter(pledge=OuterRef("pk"), decided_at__isnull=True)
            )
        )
        .order_by("waiting_since", "pk")
    )
    page = found[:size]
    shared = _shared_addresses(page)
    for pledge in page:
        pledge.shares_address = pledge.particulars_id in shared
    following = Place(page[-1].waiting_since, page[-1].pk) if len(found) > size else None
    return page, following


def _shared_addresses(pledges: Sequence[Pledge]) -> set[uuid.UUID]:
    """The particulars of the open ones among these whose mailbox or telephone stands in the open
    registrations of three persons or more, wherever. By hashes alone: opens no seal.
    """
    told = [pledge.particulars_id for pledge in pledges if pledge.state in OPEN_STATES]
    rows = Contact.objects.filter(particulars__in=told)
    own = list(rows.values_list("particulars", "value_hash"))
    used = Contact.objects.filter(
        value_hash__in={value_hash for _particulars, value_hash in own},
        particulars__pledge__state__in=OPEN_STATES,
    )
    persons = used.values("value_hash").annotate(
        persons=Count("particulars__person", distinct=True)
    )
    shared = set(
        persons.filter(persons__gt=MANY_OTHERS).order_by().values_list("value_hash", flat=True)
    )
    return {particulars for particulars, value_hash in own if value_hash in shared}


def _first_of(
    wanted: Wanted, province: int, step: str, *, after: Place | None, size: int
) -> QuerySet[Pledge, Any]:
    """The oldest of one province and step: the order of the index, read from its place on."""
    part = wanted.narrow(Pledge.objects.filter(province=province, next_step=step))
    if after:
        part = part.filter(waiting_since__gte=after.since).exclude(
            waiting_since=after.since, pk__lte=after.pledge
        )
    return part.order_by("waiting_since", "id").values("id", "waiting_since")[:size]


def _oldest(parts: Sequence[QuerySet[Pledge, Any]], size: int) -> RawSQL:
    """The ids of the oldest of all parts.

    By hand, because SQLite takes no LIMIT inside a UNION but for one in a subquery, which the ORM
    does not write.
    """
    written = [part.query.sql_with_params() for part in parts]
    union = " UNION ALL ".join(
        f"SELECT * FROM ({sql}) AS part_{number}"  # noqa: S608
        for number, (sql, _params) in enumerate(written)
    )
    return RawSQL(  # noqa: S611  all of it was written by the ORM
        f"SELECT id FROM ({union}) AS waiting ORDER BY waiting_since, id LIMIT %s",  # noqa: S608
        [*(value for _sql, params in written for value in params), size],
    )


def days_in_words(since: datetime, *, now: datetime, zone: Any) -> str:
    """How long something has waited, in days of the wall clock there."""
    days = (now.astimezone(zone).date() - since.astimezone(zone).date()).days
    if days <= 0:
        return _("less than a day")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def row_of(pledge: Pledge, *, now: datetime, language: str) -> dict[str, Any]:
    """One row of the list."""
    jurisdiction = pledge.province.jurisdiction
    return {
        "pledge": pledge,
        "wait": name_of_wait(pledge.next_step, pledge.kind),
        "age": days_in_words(pledge.waiting_since, now=now, zone=jurisdiction.zone),
        "since": date_time(pledge.waiting_since, language, zone=jurisdiction.time_zone),
        "unit": unit_of(pledge),
        "withdrawal_asked": getattr(pledge, "withdrawal_asked", False),
        "shares_address": getattr(pledge, "shares_address", False),
    }


def unit_of(pledge: Pledge) -> str:
    """The unit that it came by."""
    unit = pledge.placement.unit if pledge.placement else pledge.unit
    return unit.name if unit else ""
