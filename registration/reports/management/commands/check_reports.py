from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registration.reports.closing import pass_barrier_patiently
from registration.reports.models import Provisional
from registration.reports.proof import find_faults, summaries_of, told_and_counted
from registration.units.models import Unit


class Command(BaseCommand):
    help = "Prove that what was told to each department is what the ledger holds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--department", help="the code of one department; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        departments = Unit.objects.filter(summaries__isnull=False).distinct().order_by("code")
        if options["department"]:
            departments = departments.filter(code=options["department"])
        faults, now = 0, pass_barrier_patiently()
        for department in departments.select_related("jurisdiction"):
            summaries = summaries_of(department)
            provisionals = Provisional.objects.filter(department=department).count()
            told, counted = told_and_counted(department, summaries, now=now)
            self.stdout.write(
                f"{department.code}: {len(summaries)} summaries, {provisionals} provisional"
            )
            for name in told:
                self.stdout.write(f"  {name:12} told {told[name]:>9}  ledger {counted[name]:>9}")
            for fault in find_faults(department, now=now):
                faults += 1
                self.stdout.write(f"  FAULT {fault}")
        if faults:
            raise CommandError(f"{faults} faults.")
        self.stdout.write("All summaries hold.")
