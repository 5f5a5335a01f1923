"""How far ended windows have got with each office: what alarms, pings, page and digest ask."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from registration.deliveries.choices import Receipt, Stage
from registration.deliveries.models import Delivery
from registration.deliveries.rules import WARN_BEFORE, is_late, receipt_of
from registration.reports.models import Summary, Window

# Of several copies to one office the one that got furthest tells how the office stands.
FURTHEST = [
    Receipt.FAILED,
    Receipt.BOUNCED,
    Receipt.WAITING,
    Receipt.ACCEPTED,
    Receipt.OPENED,
    Receipt.ACKNOWLEDGED,
]
ARRIVED = frozenset({Receipt.ACCEPTED, Receipt.OPENED, Receipt.ACKNOWLEDGED})
SEEN = frozenset({Receipt.OPENED, Receipt.ACKNOWLEDGED})
LOST = frozenset({Receipt.FAILED, Receipt.BOUNCED})


@dataclass(frozen=True)
class Office:
    """One recipient of a window's summary; ``code`` is why it has not arrived.

    ``sent_at`` is the moment of the first of its copies that arrived.
    """

    name: str
    receipt: Receipt
    code: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Standing:
    window: Window
    is_frozen: bool = False
    offices: list[Office] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        return self.window.finished_at is not None

    @property
    def is_kept(self) -> bool:
        return self.is_finished and self.window.is_quiet

    @property
    def is_unaddressed(self) -> bool:
        return self.is_finished and not self.is_kept and not self.offices

    @property
    def arrived(self) -> list[Office]:
        return [each for each in self.offices if each.receipt in ARRIVED]

    @property
    def seen(self) -> list[Office]:
        return [each for each in self.offices if each.receipt in SEEN]

    @property
    def lost(self) -> list[Office]:
        return [each for each in self.offices if each.receipt in LOST]

    @property
    def troubled(self) -> list[Office]:
        """Those lost, and those that still wait with a reason."""
        return [
            each
            for each in self.offices
            if each.receipt in LOST or (each.receipt == Receipt.WAITING and each.code)
        ]

    @property
    def is_delivered(self) -> bool:
        """Kept as the department wants it, or with one office at least."""
        return self.is_kept or (self.is_finished and bool(self.arrived))

    @property
    def is_complete(self) -> bool:
        """Kept as the department wants it, or with every office on the list."""
        return self.is_delivered and len(self.arrived) == len(self.offices)

    @property
    def delivered_at(self) -> datetime | None:
        """When the first office had it."""
        if self.is_kept:
            return self.window.finished_at
        return min((each.sent_at for each in self.arrived if each.sent_at), default=None)

    @property
    def is_late(self) -> bool:
        return is_late(
            due_at=self.window.due_at,
            finished_at=self.window.finished_at,
            first_sent_at=self.delivered_at,
            is_addressed=bool(self.offices),
            is_quiet=self.window.is_quiet,
        )

    def stage(self, now: datetime) -> Stage:
        if not self.is_delivered:
            return self._stage_before(now)
        if self.lost:
            return Stage.REFUSED
        if self.is_late:
            return Stage.LATE
        if self.is_kept:
            return Stage.KEPT
        return Stage.RECEIVED if self.seen else Stage.SENT

    def _stage_before(self, now: datetime) -> Stage:
        if now >= self.window.due_at:
            return Stage.OVERDUE
        if now >= self.window.due_at - WARN_BEFORE:
            return Stage.NEAR
        return Stage.REFUSED if self.lost else Stage.PENDING


def standings_of(windows: Iterable[Window]) -> list[Standing]:
    """The standing of each window, in their order; two queries however many there are."""
    windows = list(windows)
    by_pk = [each.pk for each in windows]
    frozen = set(Summary.objects.filter(window__in=by_pk).values_list("window", flat=True))
    offices = _offices_of(by_pk)
    return [Standing(each, each.pk in frozen, offices[each.pk]) for each in windows]


def _offices_of(windows: list[int]) -> dict[int, list[Office]]:
    # Without the messages' text and addresses, which need not be unsealed for this.
    rows = (
        Delivery.objects.that_count()
        .filter(summary__window__in=windows)
        .values(
            "summary__window",
            "recipient",
            "recipient__office",
            "message__state",
            "message__last_error",
            "message__sent_at",
            "bounced_at",
            "bounce_code",
            "opened_at",
            "acknowledged_at",
        )
    )
    best: dict[int, dict[int, Office]] = defaultdict(dict)
    for row in rows.order_by("recipient__office", "recipient", "copy"):
        office, of_window = _office(row), best[row["summary__window"]]
        known = of_window.get(row["recipient"])
        of_window[row["recipient"]] = _further(known, office) if known else office
    return defaultdict(list, {window: list(found.values()) for window, found in best.items()})


def _further(one: Office, other: Office) -> Office:
    """The copy that got further, the first of equals, with the moment of the first arrival."""
    arrived = [each.sent_at for each in (one, other) if each.sent_at and each.receipt in ARRIVED]
    best = max(one, other, key=lambda each: FURTHEST.index(each.receipt))
    return replace(best, sent_at=min(arrived, default=best.sent_at))


def _office(row: Mapping[str, Any]) -> Office:
    receipt = receipt_of(
        row["message__state"],
        bounced_at=row["bounced_at"],
        opened_at=row["opened_at"],
        acknowledged_at=row["acknowledged_at"],
    )
    code = row["bounce_code"] or row["message__last_error"]
    # An office that confirms what the post has not noted has it all the same.
    sent_at = row["message__sent_at"] or row["opened_at"] or row["acknowledged_at"]
    return Office(row["recipient__office"], receipt, code, sent_at)
