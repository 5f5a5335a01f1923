from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from registration.outbox.delivery import release_messages


class Command(BaseCommand):
    help = "Let messages leave again after freeze_messages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-old",
            action="store_true",
            help="do not send what was written before the freeze: it may have gone out already",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = release_messages(now=timezone.now(), drops_old=options["drop_old"])
        self.stdout.write(f"Messages leave again; {waiting} are waiting.")
