from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registration.privacy.services import BrokenChain, check_chain


class Command(BaseCommand):
    help = "Follow the chain of the access log and say whether a row was altered."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = check_chain()
        except BrokenChain as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The access log holds: {rows} rows, each chained to the one before.")
