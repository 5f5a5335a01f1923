from argparse import ArgumentParser, ArgumentTypeError
from calendar import monthrange
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.play_month import Month
from registration.ledger.choices import EventKind
from registration.papers.slides import build_slides
from registration.reports.choices import OnHolidays
from registration.reports.models import ReportHours, Window
from registration.reports.periods import period_of
from registration.reports.rules import DAY
from registration.reports.services import set_report_hours
from registration.units.choices import UnitKind
from registration.units.models import Unit

DEPARTMENTS = ["quang-ninh", "adana"]
MOST_PEOPLE = 200
CUT_OFF, DUE = time(16, 15), time(16, 30)
# In turn: the first department's holidays are counted with the next working day.
HOLIDAYS = (OnHolidays.MERGE, OnHolidays.SKIP)


def first_day(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a month such as 2026-04.") from None


class Command(BaseCommand):
    help = (
        "Play a month of invented events for departments that have told nothing of it yet, with a"
        " scheduler that stays away, corrections and holidays; tell each day, prove the sums and"
        " say where the month's page and slides lie. What lies between the month and today is"
        " counted by the next summary."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", action="append", help="code; once for each department")
        parser.add_argument("--month", type=first_day, help="YYYY-MM; the last one without it")
        parser.add_argument(
            "--people", type=int, default=24, help=f"on a working day, at most {MOST_PEOPLE}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PLAY_ALLOWED:
            raise CommandError("Months are played in the demo only, never in production.")
        if not 1 <= options["people"] <= MOST_PEOPLE:
            raise CommandError(f"--people is a number from 1 to {MOST_PEOPLE}.")
        now = timezone.now()
        first = options["month"] or (now.date().replace(day=1) - DAY).replace(day=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if last >= now.date():
            raise CommandError(f"{first:%Y-%m} is not over yet.")
        departments = [self.department(code) for code in options["department"] or DEPARTMENTS]
        for department in departments:
            self.require_untold(department, first)
        # Nothing is changed anywhere unless every department can be played.
        with transaction.atomic():
            months = [
                self.open(department, first, last, options["people"], HOLIDAYS[number % 2])
                for number, department in enumerate(departments)
            ]
            for month in months:
                if month.spans[-1].ends_at > now:
                    raise CommandError(f"{first:%Y-%m} is not over yet for {month.department}.")
        for month in months:
            self.play(month)
            self.go_on(month, now)
        call_command("check_reports", stdout=self.stdout)
        for department in departments:
            self.tell(department, first, last, now)

    def department(self, code: str) -> Unit:
        departments = Unit.objects.filter(kind=UnitKind.DEPARTMENT, province__isnull=False)
        found = departments.select_related("province__jurisdiction", "jurisdiction")
        department = found.filter(code=code).first()
        if department is None:
            raise CommandError(f"There is no department {code!r}. Try quang-ninh or adana.")
        return department

    def require_untold(self, department: Unit, first: date) -> None:
        told = Window.objects.filter(department=department, day__gte=first)
        if window := told.order_by("-day").first():
            raise CommandError(
                f"{department} has told {window.day}, and a closed day never changes. "
                "Choose a later month or another department."
            )

    def open(
        self, department: Unit, first: date, last: date, people: int, on_holidays: OnHolidays
    ) -> Month:
        """The month with hours from its first day on, none of whose days has come yet."""
        before = datetime.combine(first, time(), tzinfo=UTC)
        hours = self.set_hours(department, before, first, first - DAY, on_holidays)
        return Month(hours, last=last, people=people)

    def go_on(self, month: Month, now: datetime) -> None:
        """From now on the real clock closes days again, the first of them a day still going on."""
        hours = month.hours
        local = now.astimezone(hours.department.jurisdiction.zone)
        today = local.date() + timedelta(days=local.time() >= hours.cut_off_at)
        ended = month.spans[-1].ends_at
        self.set_hours(month.department, ended, today, None, OnHolidays(hours.on_holidays))

    def set_hours(
        self,
        department: Unit,
        now: datetime,
        starts_on: date,
        ends_on: date | None,
        on_holidays: OnHolidays,
    ) -> ReportHours:
        """The hours that the department has, or those of the demo, for other days."""
        known = ReportHours.objects.filter(department=department).first()
        return set_report_hours(
            department,
            cut_off_at=known.cut_off_at if known else CUT_OFF,
            due_at=known.due_at if known else DUE,
            language=known.language if known else department.language,
            starts_on=starts_on,
            ends_on=ends_on,
            on_holidays=on_holidays,
            half_day_cut_off_at=known.half_day_cut_off_at if known else None,
            half_day_due_at=known.half_day_due_at if known else None,
            now=now,
        )

    def play(self, month: Month) -> None:
        self.stdout.write(
            f"Playing {len(month.spans)} windows of {month.department}, "
            f"{month.spans[0].day} to {month.spans[-1].day} …"
        )
        done = month.play(say=lambda span: self.stdout.write(f"  {span.day} is told"))
        self.stdout.write(self.kinds(done))

    def kinds(self, done: Counter[str]) -> str:
        return "  " + ", ".join(f"{kind} {done[kind]}" for kind in EventKind.values if done[kind])

    def tell(self, department: Unit, first: date, last: date, now: datetime) -> None:
        language = department.report_hours.language
        period = period_of(department, first=first, last=last, language=language, now=now)
        folder = Path(settings.VAR_DIR) / "played"
        folder.mkdir(parents=True, exist_ok=True)
        slides = folder / f"{department.code}-{first:%Y-%m}.pptx"
        slides.write_bytes(build_slides(period))
        page = reverse("overview:department", args=[department.code])
        self.stdout.write(f"  {slides}")
        self.stdout.write(f"  {settings.BASE_URL}{page}?span=month&at={last}")
