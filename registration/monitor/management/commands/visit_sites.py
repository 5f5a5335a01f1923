from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registration.monitor.models import Site
from registration.monitor.rounds import due, visit_all, visit_unit
from registration.units.models import Unit


class Command(BaseCommand):
    help = "Visit the websites of all units that are due, here and now, without a queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", help="the code of one unit, due or not; all due without it")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.number, self.total = 0, 1
        if options["unit"]:
            unit = Unit.objects.filter(code=options["unit"]).first()
            if unit is None:
                raise CommandError(f"No unit {options['unit']}.")
            self.tell(unit, visit_unit(unit, now=now))
            return
        self.total = due(now=now).count()
        states = visit_all(now=now, tell=self.tell)
        self.stdout.write(summary(states))

    def tell(self, unit: Unit, site: Site) -> None:
        self.number += 1
        trouble = f" ({site.trouble}{f' {site.status}' if site.status else ''})"
        self.stdout.write(
            f"{self.number}/{self.total} {unit.code}: {site.state}{trouble if site.trouble else ''}"
        )


def summary(states: Counter[str]) -> str:
    parts = [f"{number} {state}" for state, number in sorted(states.items())]
    return f"{sum(states.values())} visited: {', '.join(parts)}." if parts else "Nobody is due."
