"""One run: what is asked for, and what is started for it, once, when it is first needed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench import programs
from bench.databases import Databases, databases
from bench.installation import Peer, Portal
from bench.tools import ROOT


@dataclass
class Run:
    """Everything that is started belongs to ``stack`` and ends with it."""

    quick: bool
    wants_peer: bool
    databases: Databases
    folder: Path
    stack: ExitStack
    # Measurements of this run that show an error and not a figure.
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:4.0f} s] {text}", flush=True)

    def pick(self, full: float, quick: float) -> float:
        return quick if self.quick else full

    @cached_property
    def prepared(self) -> Portal:
        """The portal with its data, and nothing running on its database yet."""
        self.say("Preparing the portal: database, reference data, demo site …")
        portal = Portal(
            name="the portal",
            settings="portal.settings.production",
            application="portal.wsgi:application",
            folder=self.folder / "portal",
            database=self.databases.make(),
            stack=self.stack,
        )
        meanwhile = self._peer.prepare() if self.wants_peer else None
        portal.prepare()
        if meanwhile:
            meanwhile.finish()
        return portal

    @cached_property
    def portal(self) -> Portal:
        portal = self.prepared
        self.say("Starting the portal behind nginx …")
        portal.start_web()
        programs.wait_for_answer(
            f"http://127.0.0.1:{portal.nginx_port}/vi/",
            what="The portal",
            log=portal.folder / "web.log",
        )
        return portal

    @cached_property
    def peer(self) -> Peer:
        """The running form-builder page; only for measurements that say ``PEER``."""
        self.say("Starting the form-builder page behind nginx …")
        self._peer.start_web()
        return self._peer

    @cached_property
    def _peer(self) -> Peer:
        return Peer(
            name="the form-builder page",
            settings="bench.peer.settings",
            application="bench.peer.wsgi:application",
            folder=self.folder / "peer",
            database=self.databases.make("_peer"),
            stack=self.stack,
        )

    def module(self, name: str, *words: str, env: dict[str, str], given: str | None = None) -> str:
        """Run a module of this harness to its end; what it printed."""
        return programs.run([sys.executable, "-m", name, *words], env=env, given=given)


@contextmanager
def new_run(*, quick: bool, wants_peer: bool) -> Iterator[Run]:
    """Programs end first, then their databases go, then their folder."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder,
        databases() as house,
        ExitStack() as stack,
    ):
        try:
            yield Run(
                quick=quick,
                wants_peer=wants_peer,
                databases=house,
                folder=Path(folder),
                stack=stack,
            )
        finally:
            # A second Ctrl-C would leave databases and programs behind.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            print("Stopping and removing everything that was started …", flush=True)


def machine(run: Run) -> str:
    python = ".".join(str(part) for part in sys.version_info[:3])
    git = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    commit = git.stdout.strip() if git.returncode == 0 else "without a commit"
    return (
        f"{os.cpu_count()} cores, Python {python}, PostgreSQL {run.databases.version()}, "
        f"commit {commit}"
    )
