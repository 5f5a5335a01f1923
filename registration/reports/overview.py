"""What the desk's pages show of windows and summaries, as plain values in the reader's language."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common import dates
from registration.common.charts import Bar, TrendDay, bar_chart, trend_chart
from registration.outbox.choices import State
from registration.reports import labels
from registration.reports.closing import CONTENT_TYPES
from registration.reports.figures import count_entries, counts_of
from registration.reports.models import Summary, Window
from registration.reports.rules import state_of
from registration.units.choices import UnitKind
from registration.units.models import Unit

UNSENT = [State.WAITING, State.SENDING]


def visible_to(staff: Staff | AnonymousUser) -> QuerySet[Unit]:
    """The departments whose summaries this person may see: the fence of every page."""
    departments = Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related("jurisdiction")
    if not isinstance(staff, Staff):
        return departments.none()
    if staff.may(Right.SEE_ALL_REPORTS):
        return departments.filter(
            Q(report_hours__isnull=False) | Q(windows__isnull=False)
        ).distinct()
    if not staff.may(Right.SEE_REPORTS):
        return departments.none()
    theirs = Q(pk=staff.unit_id) | Q(province__in=staff.provinces())
    return departments.filter(theirs).distinct()


def windows_of(departments: Iterable[Unit]) -> QuerySet[Window]:
    """Their windows, newest first, with the numbers of messages that wait, went and failed."""
    states = "summary__deliveries__message__state"
    return (
        Window.objects.filter(department__in=departments)
        .select_related("department", "summary")
        .annotate(
            waiting=Count("pk", filter=Q(**{f"{states}__in": UNSENT})),
            sent=Count("pk", filter=Q(**{states: State.SENT})),
            failed=Count("pk", filter=Q(**{states: State.FAILED})),
        )
        .order_by("-ends_at", "department")
    )


def row_of(window: Window, language: str) -> dict[str, Any]:
    """One past window for the list."""
    summary = getattr(window, "summary", None)
    figures = json.loads(summary.figures) if summary else None
    sent: dict[str, int] = {name: getattr(window, name) for name in ("waiting", "sent", "failed")}
    state = state_of(
        is_frozen=summary is not None, is_finished=window.finished_at is not None, **sent
    )
    counts = figures["counts"] if figures else {}
    return {
        "department": window.department,
        "iso_day": window.day.isoformat(),
        "day": dates.short_date(window.day, language),
        "serial": summary.serial if summary else None,
        "state": state.value,
        "state_label": state.label,
        "is_late": window.finished_at is not None and window.finished_at > window.due_at,
        "is_quiet": figures is not None and labels.is_quiet(figures),
        "holds_demo": figures is not None and figures["holds_demo"],
        "received": dates.number(counts.get("received", 0), language),
        "confirmed": dates.number(counts.get("confirmed", 0), language),
        **sent,
    }


def open_day_of(
    window: Window, *, now: datetime, language: str, with_counts: bool
) -> dict[str, Any]:
    """The day being counted: its cut-off, its due time, and the figures so far (provisional)."""
    facts: dict[str, Any] = {
        "department": window.department,
        "day": dates.short_date(window.day, language),
        "starts": dates.date_time(window.starts_at, language, zone=window.zone),
        "cut_off": dates.date_time(window.ends_at, language, zone=window.zone),
        "due": dates.date_time(window.due_at, language, zone=window.zone),
        "left": time_left(window.ends_at, now=now),
        "taken": dates.date_time(now, language, zone=window.zone),
        "rows": [],
    }
    if with_counts:
        groups = count_entries(
            window.department, starts_at=window.starts_at, ends_at=window.ends_at
        )
        shown = {
            "jurisdiction": window.department.jurisdiction_id,
            "counts": counts_of(groups),
            "cumulative": counts_of(groups),
        }
        facts["rows"] = [
            {"label": row["label"], "value": dates.number(row["day"], language)}
            for row in labels.count_rows(shown)
        ]
    return facts


def time_left(moment: datetime, *, now: datetime) -> str:
    """A whole sentence such as "2 hours 5 minutes left."; minutes are rounded up."""
    minutes = max(0, -int((now - moment).total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    # Translators: a length of time, e.g. "5 minutes".
    in_minutes = ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if not hours:
        return _("%(time)s left.") % {"time": in_minutes}
    in_hours = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return _("%(hours)s %(minutes)s left.") % {"hours": in_hours, "minutes": in_minutes}


def summary_of(summary: Summary, language: str) -> dict[str, Any]:
    """A frozen summary: facts, figures, tables with a chart each, documents and deliveries."""
    figures = json.loads(summary.figures)
    window, zone = figures["window"], figures["zone"]

    def local(moment: str) -> str:
        return dates.date_time(datetime.fromisoformat(moment), language, zone=zone)

    return {
        "figures": figures,
        "day": dates.short_date(date.fromisoformat(window["day"]), language),
        "serial": summary.serial,
        "sha256": summary.sha256,
        "is_quiet": labels.is_quiet(figures),
        "facts": [
            {"label": _("Department"), "value": figures["department"]["name"]},
            {"label": _("Reporting unit"), "value": (figures["reporting_unit"] or {}).get("name")},
            {"label": _("From (included)"), "value": local(window["starts_at"])},
            {"label": _("To (not included)"), "value": local(window["ends_at"])},
            {"label": _("Due at"), "value": local(window["due_at"])},
            {"label": _("Figures taken at"), "value": local(figures["taken_at"])},
            {"label": _("Number of the summary"), "value": summary.serial},
            {"label": _("SHA-256 of the figures"), "value": summary.sha256},
            {
                "label": _("SHA-256 of the previous summary"),
                "value": summary.previous_sha256 or _("None: this is the first summary."),
            },
        ],
        "rows": [
            {
                "label": row["label"],
                "day": dates.number(row["day"], language),
                "total": dates.number(row["total"], language),
            }
            for row in labels.count_rows(figures)
        ],
        "adjustments": labels.adjustment_rows(figures, language),
        "heads": labels.short_heads(figures),
        "tables": [_table(table, language) for table in labels.breakdowns(figures)],
        "trend": _trend(figures, language),
        "legal_note": labels.legal_note(figures),
        "banner_line": labels.banner_line(figures),
        "demo_note": labels.demo_note() if figures["holds_demo"] else "",
        "documents": list(summary.documents.defer("content").order_by("pk")),
        "deliveries": [
            _delivery(each, language, zone)
            for each in summary.deliveries.select_related("recipient", "message").order_by("pk")
        ],
    }


def _table(table: labels.Breakdown, language: str) -> dict[str, Any]:
    bars = [Bar(row["label"], row["received"]) for row in table["rows"]]
    return {
        **table,
        "rows": [_numbers(row, language) for row in table["rows"]],
        "total": _numbers(table["total"], language) if table["total"] else None,
        "chart": bar_chart(
            bars,
            chart_id=f"chart-{table['key']}",
            title=table["title"],
            description=_("Bars of what was received; the table holds the same figures."),
            language=language,
        ),
    }


def _numbers(row: labels.Row, language: str) -> dict[str, str]:
    return {
        "label": row["label"],
        "received": dates.number(row["received"], language),
        "confirmed": dates.number(row["confirmed"], language),
    }


def _trend(figures: dict[str, Any], language: str) -> dict[str, Any]:
    received, confirmed = labels.short_heads(figures)
    days = [
        TrendDay(date.fromisoformat(row["day"]), row["received"], row["confirmed"])
        for row in figures["trend"]
    ]
    return {
        "chart": trend_chart(
            days,
            chart_id="chart-trend",
            title=_("The last 14 days"),
            description=_("Two columns for each day; the table holds the same figures."),
            received_label=received,
            confirmed_label=confirmed,
            language=language,
        ),
        "rows": [
            {
                "label": dates.short_date(day.day, language),
                "received": dates.number(day.received, language),
                "confirmed": dates.number(day.confirmed, language),
            }
            for day in days
        ],
    }


def _delivery(delivery: Any, language: str, zone: str) -> dict[str, Any]:
    message = delivery.message
    return {
        "office": delivery.recipient.office,
        "purpose": delivery.recipient.get_purpose_display(),
        "state": message.state,
        "state_label": message.get_state_display(),
        "sent": dates.date_time(message.sent_at, language, zone=zone) if message.sent_at else "",
    }


def content_type_of(format: str) -> str:
    return {str(kind): name for kind, name in CONTENT_TYPES.items()}[format]
