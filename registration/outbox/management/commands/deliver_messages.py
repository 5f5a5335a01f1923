from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.outbox.services import deliver_due


class Command(BaseCommand):
    help = "Deliver every message that is due, without a broker or a worker."

    def handle(self, *args: Any, **options: Any) -> None:
        results = deliver_due(now=timezone.now())
        self.stdout.write(
            "Sent: {sent}. Waiting for another try: {waiting}. Refused: {failed}.".format(**results)
        )
