"""Figures of a day that still goes on, for whoever cannot wait for its end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.reports.closing import freeze, pass_barrier_patiently, text_to_keep
from registration.reports.figures import compile_figures
from registration.reports.models import Provisional, ReportHours, Window
from registration.reports.rules import digest
from registration.reports.windows import ensure_windows, open_windows
from registration.units.models import Unit


def take_provisional(department: Unit, *, now: datetime, staff: Staff | None) -> Provisional:
    """Count the open window until now and keep what was told, numbered for the department.

    Days that have ended are frozen first, so that the figures go on from them. Two at once get two
    numbers. Refuses with ``no_summaries``, ``before_first_day`` or ``summaries_ended``. Raises
    ``BarrierBusy`` when writers hold the ledger for long. Must not be called in a transaction.
    """
    _require_begun(department, now)
    # What is earlier than both clocks say has been committed and has ended.
    moment = min(pass_barrier_patiently(), now)
    for ended in ensure_windows(now=moment, department=department):
        freeze(ended, taken_at=moment)
    with transaction.atomic():
        # The row of the hours is what two who ask at once wait for.
        ReportHours.objects.select_for_update(of=["self"]).get(department=department)
        last = Provisional.objects.filter(department=department).order_by("-number").first()
        window = _require_begun(department, now)
        # A later number is never an earlier moment.
        taken_at = max(moment, last.taken_at) if last else moment
        window.ends_at = min(window.ends_at, taken_at)
        number = last.number + 1 if last else 1
        text = text_to_keep(compile_figures(window, taken_at=taken_at, provisional=number))
        return Provisional.objects.create(
            department=department,
            number=number,
            figures=text,
            sha256=digest(text),
            taken_at=taken_at,
            asked_by=staff,
        )


def _require_begun(department: Unit, now: datetime) -> Window:
    """The window that is being counted."""
    hours = ReportHours.objects.filter(department=department).first()
    if hours is None:
        raise RuleBroken("no_summaries", _("This department has no summaries yet."))
    window = next(iter(open_windows([department], now=now)), None)
    if window is None:
        raise RuleBroken(
            "summaries_ended",
            # Translators: no more daily summaries are made for a department
            _("The summaries of this department have ended. Its last day can be looked up."),
        )
    if now < window.starts_at:
        raise RuleBroken(
            "before_first_day",
            _("The first summary of this department is that of %(first)s."),
            first=short_date(window.day, get_language() or "en"),
        )
    return window
