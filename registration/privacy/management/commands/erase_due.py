from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from registration.privacy.retention import run_retention


class Command(BaseCommand):
    help = "Erase or anonymise all whose time is over by the rules of retention, and count it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry_run = options["dry_run"]
        self.stdout.write("country  class           state              after  act         records")
        for outcome in run_retention(now=timezone.now(), is_dry_run=is_dry_run):
            rule = outcome.rule
            count = "unknown" if outcome.count is None else str(outcome.count)
            self.stdout.write(
                f"{rule.jurisdiction_id:<8} {rule.record_class:<15} {rule.state:<18}"
                f" {rule.after_days:>3} d  {rule.act:<10} {count:>8}"
            )
        self.stdout.write("Nothing was changed." if is_dry_run else "Done.")
