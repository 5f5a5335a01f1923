"""What the desk's pages show of windows and summaries, as plain values in the reader's language."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.dates import time_left
from registration.deliveries.shown import is_late_window, state_of_window, with_deliveries
from registration.overview.tables import Links, Table, count_table, days_table, tables_of
from registration.papers import labels
from registration.reports.choices import Edition
from registration.reports.closing import CONTENT_TYPES
from registration.reports.models import Summary, Window
from registration.units.models import Unit


def windows_of(departments: Iterable[Unit]) -> QuerySet[Window]:
    """Their windows, newest first, with the numbers of messages that wait, went and failed."""
    found = Window.objects.filter(department__in=departments)
    return with_deliveries(found.select_related("department", "summary")).order_by(
        "-ends_at", "department"
    )


def row_of(window: Window, language: str, *, now: datetime) -> dict[str, Any]:
    """One past window for the list."""
    summary = getattr(window, "summary", None)
    figures = json.loads(summary.figures) if summary else None
    state = state_of_window(window)
    counts = figures["counts"] if figures else {}
    return {
        "department": window.department,
        "iso_day": window.day.isoformat(),
        "day": dates.short_date(window.day, language),
        "serial": summary.serial if summary else None,
        "state": state.value,
        "state_label": state.label,
        "is_late": is_late_window(window, now=now),
        "is_quiet": figures is not None and labels.is_quiet(figures),
        "holds_demo": figures is not None and figures["holds_demo"],
        "received": dates.number(counts.get("received", 0), language),
        "confirmed": dates.number(counts.get("confirmed", 0), language),
        **{name: getattr(window, name) for name in ("waiting", "sent", "failed")},
    }


def open_day_of(window: Window, *, now: datetime, language: str) -> dict[str, Any]:
    """The day being counted: its cut-off, its due time, and how long it is until both."""
    return {
        "department": window.department,
        "day": dates.short_date(window.day, language),
        "starts": dates.date_time(window.starts_at, language, zone=window.zone),
        "cut_off": dates.date_time(window.ends_at, language, zone=window.zone),
        "due": dates.date_time(window.due_at, language, zone=window.zone),
        "left": time_left(window.ends_at, now=now),
        "due_left": time_left(window.due_at, now=now),
        "taken": dates.date_time(now, language, zone=window.zone),
    }


def summary_of(summary: Summary, language: str) -> dict[str, Any]:
    """A frozen summary: facts, figures, tables with a chart each, documents."""
    figures = json.loads(summary.figures)
    links = Links(summary.department.code, {"day": figures["window"]["day"]})
    is_quiet = labels.is_quiet(figures)
    own = summary.documents.filter(edition=Edition.OWN)
    return {
        "figures": figures,
        "day": dates.short_date(summary.window.day, language),
        "serial": summary.serial,
        "is_quiet": is_quiet,
        "facts": _facts(summary, figures, language),
        "tables": [
            count_table(figures, links, language),
            *tables_of(figures, links, language),
            _trend(figures, summary.department.code, language),
        ],
        "legal_note": labels.legal_note(figures),
        "days_line": labels.days_line(figures, language),
        "banner_line": labels.banner_line(figures),
        "demo_note": labels.demo_note() if figures["holds_demo"] else "",
        "documents": list(own.defer("content").order_by("pk")),
    }


def _facts(summary: Summary, figures: dict[str, Any], language: str) -> list[dict[str, Any]]:
    window, zone = figures["window"], figures["zone"]

    def local(moment: str) -> str:
        return dates.date_time(datetime.fromisoformat(moment), language, zone=zone)

    return [
        {"label": _("Department"), "value": figures["department"]["name"]},
        {"label": _("Reporting unit"), "value": (figures["reporting_unit"] or {}).get("name")},
        {"label": _("From (included)"), "value": local(window["starts_at"])},
        {"label": _("To (not included)"), "value": local(window["ends_at"])},
        {"label": _("Due at"), "value": local(window["due_at"])},
        {"label": _("Time zone"), "value": zone},
        {"label": _("Figures taken at"), "value": local(figures["taken_at"])},
        {"label": _("Number of the summary"), "value": summary.serial},
        {"label": _("SHA-256 of the figures"), "value": summary.sha256},
        {
            "label": _("SHA-256 of the previous summary"),
            "value": summary.previous_sha256 or _("None: this is the first summary."),
        },
    ]


def _trend(figures: dict[str, Any], department: str, language: str) -> Table:
    """The fourteen days as this summary told them."""
    table = days_table(figures, figures["trend"], department, language)
    return replace(table, title=_("The last 14 days"))


def content_type_of(format: str) -> str:
    return {str(kind): name for kind, name in CONTENT_TYPES.items()}[format]
