import os
import sys
import threading
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import preflight
from portal.keys import KeysLost, make_missing_keys
from portal.preparation import prepare
from portal.processes import Household, portal_children
from portal.settings import env

KEYS_LOST = (
    "{problem} What is sealed in the database opens with those keys alone: put them back. "
    "To start afresh instead, move {var} away."
)
READY = """
  The portal is ready.

    Public pages   {base}/vi/   {base}/tr/   {base}/en/
    Editors        {base}/cms/
    Staff desk     {base}/desk/
    Mail and SMS   {base}/desk/mailbox/   (nothing leaves this machine)

{told}
  Data and keys are in {var}. Ctrl-C ends everything.
"""


class Command(BaseCommand):
    help = "Prepare the portal and run web server, worker and schedule in this terminal."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, var = options["host"], env.PORT, settings.VAR_DIR
        # Database, keys and schedule are for the one who runs the portal, and for nobody else.
        os.umask(0o077)
        with preflight.disk_troubles_told(var):
            var.mkdir(parents=True, exist_ok=True)
            with preflight.only_one(var / "serve.lock", port=port):
                preflight.require_free_port(host, port)
                preflight.require_space(var)
                self.make_keys(var)
                told = self.prepare(var)
                self.run_together(host, port, told)

    def prepare(self, var: Path) -> str:
        try:
            return prepare(notes=var / "prepared.json", say=self.say)
        except KeyboardInterrupt:
            raise CommandError("Stopped. The next start goes on from here.") from None

    def make_keys(self, var: Path) -> None:
        """Make missing keys, then start over: settings are read once, at the start."""
        present = {
            "SECRET_KEY": bool(env.SECRET_KEY),
            "SEALING_KEYS": bool(env.SEALING_KEYS),
            "LOOKUP_KEY": bool(env.LOOKUP_KEY),
        }
        database = None if env.DATABASE_URL else var / "portal.sqlite3"
        try:
            made = make_missing_keys(env.ENV_FILE, present=present, database=database)
        except KeysLost as problem:
            raise CommandError(KEYS_LOST.format(problem=problem, var=var)) from None
        if made:
            self.say(f"Keys made once in {env.ENV_FILE}: keep a copy in a safe place.")
            os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606

    def run_together(self, host: str, port: int, told: str) -> None:
        def announce(ending: threading.Event) -> None:
            if preflight.answers(host, port, ending):
                base = f"http://localhost:{port}"
                signs = indent(dedent(told), "    ")
                self.say(READY.format(base=base, var=settings.VAR_DIR, told=signs))

        self.say("Starting web server, worker and schedule …")
        children = portal_children(
            host=host, port=port, schedule_file=str(settings.VAR_DIR / "schedule")
        )
        ended_by = Household(children).run(once_started=announce)
        if ended_by:
            raise CommandError(ended_by)
        self.say("The portal has stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
