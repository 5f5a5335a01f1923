from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.outbox.delivery import freeze_messages


class Command(BaseCommand):
    help = "Let no message leave until release_messages is run; do this first after a restore."

    def handle(self, *args: Any, **options: Any) -> None:
        frozen = freeze_messages(now=timezone.now())
        self.stdout.write(f"Messages are frozen since {frozen.since:%Y-%m-%d %H:%M} UTC.")
