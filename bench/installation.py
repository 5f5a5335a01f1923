"""The portal and its peer, installed in a folder that lasts as long as the measurement.

Both run under the same web server with the same options, taken from deploy/systemd, behind an nginx
of the same configuration, on the same database server.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import programs
from bench.sink import letters
from bench.tools import ROOT, CannotMeasure, need
from portal.keys import fresh_keys

LONGEST_DELIVERY = 600.0
SWEEP_AFTER = 20.0


def unit_command(unit: str, *, ports: Mapping[str, str] | None = None) -> list[str]:
    """The command of a systemd unit, run by this Python; options in ``ports`` get other values."""
    text = (ROOT / "deploy/systemd" / unit).read_text(encoding="utf-8").replace("\\\n", " ")
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart=").replace("%%", "%"))
    words[0] = sys.executable
    for option, value in (ports or {}).items():
        words[words.index(option) + 1] = value
    return words


@dataclass
class Installation:
    """One Django project with its database, web server and nginx."""

    name: str
    settings: str
    application: str
    folder: Path
    database: str
    stack: ExitStack
    env: dict[str, str] = field(default_factory=dict)
    nginx_port: int = 0
    web: "subprocess.Popen[bytes]" = field(init=False)
    nginx: "subprocess.Popen[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        for part in ("", "nginx", "static", "media", "seen"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.env = {"DJANGO_SETTINGS_MODULE": self.settings, "DATABASE_URL": self.database}

    def manage(self, *words: str, **settings: str) -> str:
        return programs.run([sys.executable, "manage.py", *words], env=self.env | settings)

    def errand(self, command: list[str]) -> programs.Errand:
        """Begin something that takes its time, to be finished later."""
        log = self.folder / "errand.log"
        return programs.Errand(
            self.stack.enter_context(programs.program(command, log=log, env=self.env)), log
        )

    def inside(self, job: str, **values: Any) -> Any:
        """Do a job of ``bench.inside`` under this installation's settings; return its answer."""
        return self.inside_of(self.database, job, **values)

    def inside_of(self, database: str, job: str, **values: Any) -> Any:
        """The same on another database."""
        command = [sys.executable, "-m", "bench.inside", job]
        env = {**self.env, "DATABASE_URL": database}
        return json.loads(programs.run(command, env=env, given=json.dumps(values)))

    def start_web(self) -> None:
        """Web server and nginx."""
        port, self.nginx_port = programs.free_ports(2)
        address = f"http://127.0.0.1:{self.nginx_port}"
        # nginx passes the host on without its port, which in production is always the usual one.
        self.env |= {"BASE_URL": address, "TRUSTED_ORIGINS": address}
        command = unit_command("portal-web.service", ports={"--port": str(port)})
        command[-1] = self.application
        log = self.folder / "web.log"
        self.web = self.stack.enter_context(programs.program(command, log=log, env=self.env))
        programs.wait_for_port(port, what=f"The web server of {self.name}", log=log)
        self._start_nginx(port)

    def _start_nginx(self, port: int) -> None:
        prefix, log = self.folder / "nginx", self.folder / "nginx.log"
        render = [sys.executable, str(ROOT / "deploy/render_nginx.py"), "--prefix", str(prefix)]
        render += ["--listen", f"127.0.0.1:{self.nginx_port}", "--upstream", f"127.0.0.1:{port}"]
        render += ["--static", str(self.folder / "static"), "--media", str(self.folder / "media")]
        render += ["--seen", str(self.folder / "seen")]
        programs.run(render, env={})
        with (prefix / "portal.conf").open("a", encoding="utf-8") as output:
            output.write("include bare*.conf;\n")
        # As root, nginx would give its workers to a user who may not read this folder.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        command = [need("nginx"), "-p", str(prefix), "-c", str(prefix / "nginx.conf"), *user]
        self.nginx = self.stack.enter_context(programs.program(command, log=log))
        programs.wait_for_port(self.nginx_port, what="nginx", log=log)

    def serve_beside(self, configuration: str, *, name: str, port: int) -> None:
        """Let the same nginx serve something else too, at another port."""
        (self.folder / "nginx" / f"bare-{name}.conf").write_text(configuration, encoding="utf-8")
        self.nginx.send_signal(signal.SIGHUP)
        programs.wait_for_port(port, what="nginx", log=self.folder / "nginx.log")

    def ask(self, statement: str) -> int:
        """One number from the database."""
        with psycopg.connect(self.database) as connection:
            row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
        return int(row[0]) if row else 0


class Portal(Installation):
    """The product with the settings of production."""

    mail_file: Path
    mail_read = 0

    def prepare(self) -> None:
        """Static files, database, reference data, demo site: what deploy/README.md tells to do."""
        self._choose_settings()
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        static = self.errand(collect)
        self.manage("compile_messages")
        self.manage("migrate", "--no-input", "--verbosity", "0")
        self.manage("load_reference", "--verbosity", "0")
        self._start_redis()
        # Production refuses the demo's sign-ins; its pages are what is measured.
        self.manage("demo_site", DJANGO_SETTINGS_MODULE="portal.settings.dev")
        static.finish()

    def _choose_settings(self) -> None:
        self.mail_file = self.folder / "mail"
        self.mail_file.touch()
        redis, mail = programs.free_ports(2)
        self.redis_port, self.mail_port = redis, mail
        file = self.folder / "portal.env"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={key}\n" for name, key in fresh_keys().items()))
        self.env |= {
            "PORTAL_ENV_FILE": str(file),
            "PORTAL_VAR": str(self.folder),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "BASE_URL": "http://127.0.0.1",
            "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "DEFAULT_FROM_EMAIL": "portal@bench.example.org",
            # nginx stands in front without TLS, which would cost both sides the same.
            "TRUSTED_PROXIES": "1",
            "SECURE_COOKIES": "0",
        }

    def _start_redis(self) -> None:
        log = self.folder / "redis.log"
        command = [need("redis-server"), "--port", str(self.redis_port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(self.folder), "--maxmemory-policy", "noeviction"]
        self.stack.enter_context(programs.program(command, log=log))
        programs.wait_for_port(self.redis_port, what="Redis", log=log)

    def start_delivery(self) -> None:
        """The worker and the mail server it delivers to. The schedule stays off: its minute would
        fall into one round and not into another; ``wait_for_delivery`` sweeps instead.
        """
        log = self.folder / "sink.log"
        command = [sys.executable, "-m", "bench.sink", str(self.mail_port), str(self.mail_file)]
        self.stack.enter_context(programs.program(command, log=log))
        programs.wait_for_port(self.mail_port, what="The mail server", log=log)
        self.stack.enter_context(
            programs.program(
                unit_command("portal-worker.service"), log=self.folder / "worker.log", env=self.env
            )
        )

    def wait_for_delivery(self) -> None:
        """Until no message waits any more, so that the next round is not measured beside mail."""
        query = "SELECT count(*) FROM outbox_message WHERE state IN ('waiting', 'sending')"
        last, since = -1, time.monotonic()
        end = since + LONGEST_DELIVERY
        while left := self.ask(query):
            now = time.monotonic()
            if now > end:
                raise CannotMeasure(f"{left} messages are not delivered: {self._worker_log()}")
            if left != last:
                last, since = left, now
            elif now - since > SWEEP_AFTER:
                self._sweep()
                since = now
            time.sleep(0.5)

    def _sweep(self) -> None:
        task = "registration.outbox.tasks.sweep_messages"
        command = [sys.executable, "-m", "celery", "--app", "portal.celery:app", "call", task]
        programs.run(command, env=self.env)

    def _worker_log(self) -> str:
        return programs.tail(self.folder / "worker.log")

    def new_links(self) -> list[str]:
        """The paths of the confirmation links that came by mail since the last call."""
        found = []
        for _recipient, text, end in letters(self.mail_file, start=self.mail_read):
            self.mail_read = end
            link = next((word for word in text.split() if "/pledge/confirm/" in word), None)
            if link:
                found.append(urlsplit(link).path)
        return found


class Peer(Installation):
    """A bare Wagtail site with one form-builder page of the same fields."""

    def prepare(self) -> "programs.Errand":
        return self.errand([sys.executable, "-m", "bench.inside", "peer_site"])
