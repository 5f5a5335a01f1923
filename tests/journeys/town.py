"""The whole portal as a department runs it: processes, a database and a queue of its own.

On PostgreSQL (``TEST_DATABASE_URL``) it has a private Redis as broker, so that killing the broker
touches nobody else; otherwise it is the embedded default.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60  # seconds

PLACEMENT = """
from registration.banners.models import Placement
from registration.banners.snippets import image_code
placement = Placement.objects.filter(unit__code="{unit}").earliest("created_at")
print(placement.code)
print(image_code(placement))
"""
CUT_OFF = """
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
from registration.reports.services import set_report_hours
from registration.units.models import Unit
unit = Unit.objects.select_related("jurisdiction").get(code="{department}")
ahead = 12 - datetime.now(timezone.utc).hour
unit.jurisdiction.time_zone = f"Etc/GMT{{-ahead:+d}}"
unit.jurisdiction.save()
local = datetime.now(ZoneInfo(unit.jurisdiction.time_zone)) + timedelta(seconds=2)
set_report_hours(
    unit,
    cut_off_at=local.time().replace(microsecond=0),
    due_at=(local + timedelta(minutes=15)).time().replace(microsecond=0),
    language=unit.jurisdiction.language,
    starts_on=local.date(),
)
print(local.date().isoformat())
"""
NEW_CONSENT = """
from datetime import datetime, timezone
from registration.privacy.models import LegalText
from registration.privacy.services import activate_text, new_version
now = datetime.now(timezone.utc)
for text in LegalText.objects.filter(kind="consent", purpose="pledge", version=1):
    newer = new_version(text)
    newer.needs_new_consent = True
    newer.save(update_fields=["needs_new_consent"])
    activate_text(newer, now=now)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Town:
    """Start with ``with Town(var, database_url).running() as town``."""

    def __init__(self, var: Path, database_url: str) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self.redis_port = free_port() if database_url and shutil.which("redis-server") else None
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "TEST_"))},
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "PORTAL_VAR": str(var),
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "SECRET_KEY": "journeys " * 8,
            "SEALING_KEYS": "j1:" + "A" * 43 + "=",
            "LOOKUP_KEY": "B" * 43 + "=",
            "DATABASE_URL": self._own_database(),
            "REDIS_URL": "",
            "BROKER_URL": f"redis://127.0.0.1:{self.redis_port}/0" if self.redis_port else "",
        }

    @contextlib.contextmanager
    def running(self) -> Iterator["Town"]:
        self._make_database()
        for folder in ("messages", "control"):
            (self.var / "queue" / folder).mkdir(parents=True, exist_ok=True)
        try:
            for command in (["compile_messages"], ["migrate", "-v0"], ["createcachetable"]):
                self.manage(*command)
            self.manage("load_reference", "-v0")
            self.manage("demo_site")
            self.start_broker()
            self.start_web()
            self.start_worker()
            self.start_schedule()
            yield self
        finally:
            for name in list(self.children):
                self.stop(name)
            self._drop_database()

    def manage(self, *arguments: str) -> str:
        """Run a command as the operator does; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start_web(self) -> None:
        command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port"]
        self._start("web", [*command, str(self.port), "portal.wsgi:application"])
        self._wait_until(self._answers)

    def start_worker(self) -> None:
        self._start(
            "worker",
            ["celery", "-A", "portal", "worker", "--pool", "threads", "--concurrency", "2"],
        )

    def start_schedule(self) -> None:
        state = str(self.var / "schedule")
        self._start("schedule", ["celery", "-A", "portal", "beat", "--schedule", state])

    def cut_off_now(self, department: str) -> str:
        """Let the department's day end two seconds from now; its local day.

        The country's clock is turned so that it shows noon there: then the test does not depend
        on the hour at which it runs.
        """
        return self.manage("shell", "-v0", "-c", CUT_OFF.format(department=department)).strip()

    def placement(self, unit: str) -> tuple[str, str]:
        """A unit's placement: its code, and what its secretary pastes into the hospital's site."""
        told = self.manage("shell", "-v0", "-c", PLACEMENT.format(unit=unit)).strip()
        code, _, pasted = told.partition("\n")
        return code, pasted

    def ask_for_new_consent(self) -> None:
        """Put a newer consent in use in each country, to which everybody must agree anew.

        The web process starts again: it would go on for a while with the text that it holds.
        """
        self.manage("shell", "-v0", "-c", NEW_CONSENT)
        self.stop("web")
        self.start_web()

    def start_broker(self) -> None:
        if self.redis_port is not None:
            port = str(self.redis_port)
            server = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--port"]
            self._start("broker", [*server, port])

    def kill(self, name: str) -> None:
        """As a crash would: no time to say goodbye."""
        child = self.children.pop(name, None)
        if child is not None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(10)

    def stop(self, name: str) -> None:
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(10)

    def break_broker(self) -> None:
        """Take the broker away: kill Redis, or make the folder of messages unusable."""
        if self.redis_port is not None:
            self.kill("broker")
        else:
            (self.var / "queue").rename(self.var / "queue.away")

    def mend_broker(self) -> None:
        if self.redis_port is not None:
            self.start_broker()
        else:
            (self.var / "queue.away").rename(self.var / "queue")

    def log(self, name: str) -> str:
        return (self.var / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, name: str, command: list[str]) -> None:
        program = shutil.which(
            command[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        )
        assert program, f"{command[0]} is not installed"
        with open(self.var / f"{name}.log", "ab") as output:
            self.children[name] = subprocess.Popen(
                [program, *command[1:]],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @staticmethod
    def _wait_until(holds: object, *, seconds: float = STARTS_WITHIN) -> None:
        end = time.monotonic() + seconds
        while not holds():  # type: ignore[operator]
            assert time.monotonic() < end, "the portal did not start"
            time.sleep(0.2)

    def _own_database(self) -> str:
        if not self.database_url:
            return f"sqlite:///{self.var / 'portal.sqlite3'}"
        parts = urlsplit(self.database_url)
        return urlunsplit(parts._replace(path=f"/journeys_{os.getpid()}"))

    def _make_database(self) -> None:
        if self.database_url:
            self._on_server("CREATE DATABASE {}")

    def _drop_database(self) -> None:
        if self.database_url:
            self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        name = urlsplit(self.environment["DATABASE_URL"]).path.lstrip("/")
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement.format(name))
