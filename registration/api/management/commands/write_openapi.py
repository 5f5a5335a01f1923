import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registration.api.promises import broken_promises
from registration.api.published import FILE, as_text, openapi


class Command(BaseCommand):
    help = "Writes docs/openapi.json anew; refuses to break what it has promised."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, compare only")

    def handle(self, *args: Any, **options: Any) -> None:
        written = FILE.read_text() if FILE.exists() else ""
        broken = broken_promises(json.loads(written), openapi()) if written else []
        if broken:
            raise CommandError("\n".join(["What was published no longer holds:", *broken]))
        if options["check"]:
            if written != as_text():
                raise CommandError(f"{FILE} is not up to date: run manage.py write_openapi.")
            self.stdout.write(f"{FILE} is up to date.")
            return
        FILE.write_text(as_text())
        self.stdout.write(f"Wrote {FILE}.")
