from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registration.common.errors import RuleBroken
from registration.deliveries.sending import close_and_deliver
from registration.ledger.clock import BarrierBusy
from registration.reports.services import ensure_windows
from registration.units.models import Unit


class Command(BaseCommand):
    help = "Close every window whose cut-off has passed, here and now, without a queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--department", help="the code of one department; all without it")
        parser.add_argument("--until", help="only windows that ended by then (ISO 8601, UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        until = self._moment(options["until"]) if options["until"] else now
        department = self._department(options["department"]) if options["department"] else None
        failed: set[int] = set()
        for window in ensure_windows(now=min(now, until), department=department):
            place = f"{window.department.code} {window.day}"
            if window.department_id in failed:
                self.stdout.write(f"{place}: waits for the day before")
                continue
            try:
                summary = close_and_deliver(window, now=now)
            except (RuleBroken, BarrierBusy) as error:
                failed.add(window.department_id)
                self.stderr.write(f"{place}: {error or 'writers hold the ledger; try again'}")
            else:
                self.stdout.write(f"{place}: no. {summary.serial}, SHA-256 {summary.sha256}")
        if failed:
            raise CommandError("Some windows are not closed.")

    def _moment(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"{text} is not a moment such as 2026-11-20T09:15.") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _department(self, code: str) -> Unit:
        found = Unit.objects.filter(code=code, report_hours__isnull=False).first()
        if found is None:
            raise CommandError(f"No department {code} with report hours.")
        return found
