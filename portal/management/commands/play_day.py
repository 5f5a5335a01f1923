from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from portal.play import Day
from registration.deliveries.sending import close_and_deliver
from registration.reports.models import ReportHours, Summary, Window
from registration.reports.rules import Span, next_span
from registration.reports.services import ensure_windows, set_report_hours
from registration.reports.windows import plan_of
from registration.units.choices import UnitKind
from registration.units.models import Unit

MOST_PEOPLE = 999
CUT_OFF, DUE = time(16, 15), time(16, 30)


class Command(BaseCommand):
    help = (
        "Play a believable day of registrations through the real services, all marked as demo, "
        "close it, and say where the summary lies."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", default="quang-ninh", help="code of a department")
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD; last ended day")
        parser.add_argument("--people", type=int, default=300, help=f"at most {MOST_PEOPLE}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PLAY_ALLOWED:
            raise CommandError("Days are played in the demo only, never in production.")
        if not 0 <= options["people"] <= MOST_PEOPLE:
            raise CommandError(f"--people is a number from 0 to {MOST_PEOPLE}.")
        department = self.department(options["department"])
        hours = self.hours(department)
        now = timezone.now()
        span = self.span(hours, options["date"], now)
        self.stdout.write(
            f"Playing {options['people']} people of {department} "
            f"on {span.day} ({span.starts_at:%Y-%m-%d %H:%M} to {span.ends_at:%H:%M} UTC) …"
        )
        day = Day(department, starts_at=span.starts_at, ends_at=span.ends_at)
        played = day.play(options["people"], say=self.progress(options["people"]))
        summary = self.close(hours, span, now)
        self.tell(summary, played)

    def department(self, code: str) -> Unit:
        departments = Unit.objects.filter(kind=UnitKind.DEPARTMENT, province__isnull=False)
        found = departments.select_related("province__jurisdiction").filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no department {code!r}. Try quang-ninh or adana.")
        return found

    def hours(self, department: Unit) -> ReportHours:
        hours = ReportHours.objects.filter(department=department).first()
        return hours or set_report_hours(
            department,
            cut_off_at=CUT_OFF,
            due_at=DUE,
            language=department.language,
            starts_on=timezone.localdate(timezone=department.jurisdiction.zone),
        )

    def span(self, hours: ReportHours, day: date | None, now: datetime) -> Span:
        """The window of the day, not laid down yet, so that the schedule cannot close it early."""
        plan = plan_of(hours)
        last, calendar = plan.last, plan.calendar
        if day is None:
            local = now.astimezone(calendar.zone)
            day = local.date() - timedelta(days=local.time() < calendar.cut_off_of(local.date()))
        if last is not None and day <= last.day:
            raise CommandError(
                f"The summary of {last.day} is closed, and a closed day never changes. "
                "Choose a later day or another department."
            )
        at = last
        first = day if last is None else hours.starts_on
        while True:
            at = next_span(at, first_day=first, calendar=calendar)
            if at.day >= day:
                break
        if at.ends_at > now:
            raise CommandError(f"{day} has not ended yet; its cut-off is {at.ends_at:%H:%M} UTC.")
        return at

    def close(self, hours: ReportHours, span: Span, now: datetime) -> Summary:
        department = hours.department
        if not Window.objects.filter(department=department).exists():
            # Nothing was counted yet, so the first day may still move back to this one.
            ReportHours.objects.filter(pk=hours.pk).update(starts_on=span.day)
        self.stdout.write("Closing the day: figures, letter, workbook …")
        for window in ensure_windows(now=now, department=department):
            if window.ends_at <= span.ends_at:
                close_and_deliver(window, now=timezone.now())
        return Summary.objects.get(window__department=department, window__day=span.day)

    def progress(self, people: int) -> Any:
        def say(done: int) -> None:
            if done % 50 == 0 or done == people:
                self.stdout.write(f"  {done} of {people}")

        return say

    def tell(self, summary: Summary, played: Any) -> None:
        folder = Path(settings.VAR_DIR) / "played"
        folder.mkdir(parents=True, exist_ok=True)
        self.stdout.write(
            f"Registered {played.registered}, confirmed {played.confirmed}, "
            f"changed {played.changed}, withdrawn {played.withdrawn}, cards {played.cards}."
        )
        for document in summary.documents.order_by("pk"):
            path = folder / document.name
            path.write_bytes(bytes(document.content))
            self.stdout.write(f"  {path}")
        address = reverse(
            "overview:summary", args=[summary.department.code, summary.window.day.isoformat()]
        )
        self.stdout.write(f"  {settings.BASE_URL}{address}")
