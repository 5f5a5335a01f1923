from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registration.outbox.delivery import freeze_messages
from registration.privacy.erasure_log import BrokenList, log_path, read_entries
from registration.privacy.replay import replay_erasures


class Command(BaseCommand):
    help = (
        "After a restore: freeze messages, then erase again whatever of the list of erasures "
        "the backup brought back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--despite-broken-list",
            action="store_true",
            help="erase even though the chain of the list is not whole",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        frozen = freeze_messages(now=timezone.now())
        self.stdout.write(f"Messages are frozen since {frozen.since:%Y-%m-%d %H:%M} UTC.")
        path = log_path()
        if path is None or not path.exists():
            raise CommandError("There is no list of erasures: see the setting ERASURE_LOG.")
        try:
            entries = list(read_entries(is_checked=not options["despite_broken_list"]))
        except BrokenList as error:
            raise CommandError(f"{error} Nothing was erased.") from error
        for record_class, number in replay_erasures(entries).items():
            self.stdout.write(f"{record_class}: {number} found and erased again.")
        self.stdout.write(f"{len(entries)} erasures replayed. Now run release_messages.")
