"""What the pages show of recipients, changes and deliveries, as plain values for the reader."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from registration.accounts.models import Staff
from registration.common.dates import date_time
from registration.deliveries.choices import ChangeKind, Decision, Purpose, Way, WindowState
from registration.deliveries.editions import Thing
from registration.deliveries.fence import may_send
from registration.deliveries.forms import SendForm
from registration.deliveries.models import Change, Delivery, Recipient
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.rules import is_late, receipt_of, state_of
from registration.outbox.choices import State
from registration.outbox.webhooks import has_previous_secret
from registration.reports.choices import Format
from registration.reports.models import Summary, Window
from registration.units.choices import active_languages
from registration.units.models import Unit

UNSENT = [State.WAITING, State.SENDING]
HISTORY_SHOWN = 50
CHANGE_TAGS = {
    Decision.WAITING: "waiting",
    Decision.AGREED: "done",
    Decision.DECLINED: "failed",
    Decision.TAKEN_BACK: "draft",
}
FACTS = {
    "office": gettext_lazy("Office"),
    "is_outside": gettext_lazy("Edition"),
    "way": gettext_lazy("Way"),
    "email": gettext_lazy("E-mail"),
    "address": gettext_lazy("Address of the recipient's system"),
    "formats": gettext_lazy("Documents"),
    "language": gettext_lazy("Language"),
    "purpose": gettext_lazy("Purpose"),
}


def with_deliveries(windows: QuerySet[Window]) -> QuerySet[Window]:
    """Each window with the numbers of recipients whose message waits, went and failed.

    Of several copies to one recipient the last one counts; one that came back has failed. One
    that was called back before it went out counts nowhere.
    """
    came_back = Q(bounced_at__isnull=False, acknowledged_at__isnull=True)
    return with_first_sent(windows).annotate(
        waiting=_recipients(Q(message__state__in=UNSENT) & ~came_back),
        sent=_recipients(Q(message__state=State.SENT) & ~came_back),
        failed=_recipients(Q(message__state=State.FAILED) | came_back),
    )


def with_first_sent(windows: QuerySet[Window]) -> QuerySet[Window]:
    """Each window with the moment at which the first office had it, as ``standing`` tells it, and
    with whether it was written to any: what ``is_late_window`` needs.
    """
    counting = Delivery.objects.that_count().filter(summary=OuterRef("summary")).order_by()
    reached = Q(message__state=State.SENT) | Q(message__state__in=UNSENT, opened_at__isnull=False)
    arrived = counting.filter(
        Q(acknowledged_at__isnull=False) | (Q(bounced_at__isnull=True) & reached)
    )
    moment = Min(Coalesce("message__sent_at", "opened_at", "acknowledged_at"))
    first = arrived.values("summary").annotate(first=moment).values("first")
    return windows.annotate(first_sent_at=Subquery(first), is_addressed=Exists(counting))


def is_late_window(window: Window, *, now: datetime) -> bool:
    """Whether a window of ``with_first_sent`` was told late, or is overdue."""
    return is_late(
        due_at=window.due_at,
        finished_at=window.finished_at,
        first_sent_at=window.first_sent_at,  # type: ignore[attr-defined]
        is_addressed=window.is_addressed,  # type: ignore[attr-defined]
        is_quiet=window.is_quiet,
        now=now,
    )


def _recipients(which: Q) -> Coalesce:
    later = Delivery.objects.that_count().filter(
        summary=OuterRef("summary"), recipient=OuterRef("recipient"), copy__gt=OuterRef("copy")
    )
    counting = Delivery.objects.that_count()
    found = counting.filter(~Exists(later), which, summary__window=OuterRef("pk"))
    counted = found.order_by().values("summary__window").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def state_of_window(window: Window) -> WindowState:
    """How far a window of ``with_deliveries`` has got."""
    return state_of(
        is_frozen=hasattr(window, "summary"),
        is_finished=window.finished_at is not None,
        waiting=window.waiting,  # type: ignore[attr-defined]
        sent=window.sent,  # type: ignore[attr-defined]
        failed=window.failed,  # type: ignore[attr-defined]
        is_quiet=window.is_quiet,
    )


def receipts_of(thing: Thing, language: str, *, staff: Staff) -> dict[str, Any]:
    """Each copy of a summary or of provisional figures with its receipt, newest first, and the
    form that sends it again if this person may (``deliveries/receipts.html``).
    """
    zone = thing.department.jurisdiction.time_zone
    deliveries = thing.deliveries.select_related("recipient", "message", "acknowledged_by")
    form = SendForm(thing.department) if may_send(staff, thing.department) else None
    return {
        "rows": [_receipt_row(each, language, zone) for each in deliveries.order_by("-copy", "pk")],
        "form": form,
        "kind": "summary" if isinstance(thing, Summary) else "provisional",
        "thing": thing,
    }


def _receipt_row(delivery: Delivery, language: str, zone: str) -> dict[str, Any]:
    message, recipient = delivery.message, delivery.recipient

    def told(moment: datetime | None) -> str:
        return date_time(moment, language, zone=zone) if moment else ""

    receipt = receipt_of(
        message.state,
        bounced_at=delivery.bounced_at,
        opened_at=delivery.opened_at,
        acknowledged_at=delivery.acknowledged_at,
    )
    by = delivery.acknowledged_by
    return {
        "office": recipient.office,
        "way": recipient.get_way_display(),
        "purpose": recipient.get_purpose_display(),
        "copy": delivery.copy,
        "state": receipt.value,
        "state_label": receipt.label,
        "reason": reason_in_words(delivery.bounce_code or message.last_error),
        "sent": told(message.sent_at),
        "opened": told(delivery.opened_at),
        "acknowledged": told(delivery.acknowledged_at),
        "acknowledged_by": by.shown_name if by else "",
    }


def recipient_rows(department: Unit, *, now: datetime) -> list[dict[str, Any]]:
    """The list as it holds now, with the change that waits for each, if one does."""
    listed = Recipient.objects.filter(department=department).select_related("endpoint")
    waiting = dict(
        Change.objects.filter(
            department=department, decision=Decision.WAITING, recipient__isnull=False
        ).values_list("recipient", "pk")
    )
    language, zone = get_language() or "en", department.jurisdiction.time_zone
    rows = []
    for each in listed.order_by("-is_active", "office"):
        both_sign = each.endpoint and has_previous_secret(each.endpoint, now=now)
        until = each.endpoint.previous_until if each.endpoint and both_sign else None
        ended = each.endpoint.ended_because if each.endpoint and each.endpoint.ended_at else ""
        rows.append(
            {
                "recipient": each,
                "address": each.endpoint.address if each.endpoint else each.email,
                "documents": in_words("formats", each.formats),
                "language": in_words("language", each.language),
                "edition": in_words("is_outside", each.is_outside),
                "receives": each.is_active and not ended,
                "ended": reason_in_words(ended) if each.is_active else "",
                "change": waiting.get(each.pk),
                "old_secret_until": date_time(until, language, zone=zone) if until else "",
            }
        )
    return rows


def change_rows(changes: Iterable[Change], *, staff: Staff) -> list[dict[str, Any]]:
    """Changes with both sides in words, and what this person can do with each."""
    return [change_row(each, staff=staff) for each in changes]


def change_row(change: Change, *, staff: Staff) -> dict[str, Any]:
    language, zone = get_language() or "en", change.department.jurisdiction.time_zone
    decided = change.decided_at
    waits = change.decision == Decision.WAITING
    return {
        "change": change,
        "anchor": f"change-{change.pk}",
        "office": change.wanted["after"]["office"],
        "tag": CHANGE_TAGS[Decision(change.decision)],
        "facts": _sides(change),
        "proposed": date_time(change.proposed_at, language, zone=zone),
        "proposer": change.proposed_by.shown_name,
        "decided": date_time(decided, language, zone=zone) if decided else "",
        "decider": change.decided_by.shown_name if change.decided_by else "",
        "is_own": waits and change.proposed_by_id == staff.pk,
        "can_decide": waits and change.proposed_by_id != staff.pk,
    }


def _sides(change: Change) -> list[dict[str, Any]]:
    """Each fact before and after; of a stop and a resumption, whether it receives."""
    before, after = change.wanted["before"], change.wanted["after"]
    rows = [
        {
            "label": label,
            "before": in_words(name, before[name]) if before else "",
            "after": in_words(name, after[name]),
            "differs": not before or before[name] != after[name],
        }
        for name, label in FACTS.items()
    ]
    if after.get("new_secret"):
        rows.append({"label": _("Secret"), "before": "", "after": _("A new one"), "differs": True})
    if change.kind in (ChangeKind.STOP, ChangeKind.RESUME):
        receives = change.kind == ChangeKind.RESUME
        yes, no = _("yes"), _("no")
        rows.append(
            {
                "label": _("Receives summaries"),
                "before": no if receives else yes,
                "after": yes if receives else no,
                "differs": True,
            }
        )
    return [row for row in rows if row["before"] or row["after"]]


def in_words(name: str, value: Any) -> str:
    """A recipient's fact as people read it."""
    if name == "way":
        return str(Way(value).label)
    if name == "purpose":
        return str(Purpose(value).label)
    if name == "language":
        return str(dict(active_languages()).get(value, value))
    if name == "formats":
        return ", ".join(str(Format(each).label) for each in value.split(";") if each)
    if name == "is_outside":
        return _("Outside: small figures hidden") if value else _("The department's own")
    return str(value)
