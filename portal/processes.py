"""Web server, worker and schedule as children of one terminal."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, TextIO, cast

WATCH_EVERY = 0.2  # seconds
GRACE = 8.0  # seconds between asking to end and killing
DEATHS_ALLOWED = 3
DEATHS_WITHIN = 60.0  # seconds


@dataclass
class Child:
    """One program of the house. A ``returns`` child that dies is started again."""

    name: str
    what: str
    command: list[str]
    colour: int
    returns: bool = False
    process: subprocess.Popen[str] | None = None
    relay: threading.Thread | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_ALLOWED))

    def may_return(self, *, now: float) -> bool:
        """False for a child that died three times within a minute: trying again would not help."""
        self.deaths.append(now)
        often = len(self.deaths) == DEATHS_ALLOWED and now - self.deaths[0] < DEATHS_WITHIN
        return self.returns and not often


class Household:
    """Runs its children until it is told to end, or until one is gone for good.

    The web server is the portal: when it dies, everything ends with a message. A worker or a
    schedule that dies (memory is the usual cause) takes nothing with it, since each message waits
    in the database; ending the web server for it would turn visitors away. Those two come back.
    """

    def __init__(self, children: list[Child], output: TextIO = sys.stdout) -> None:
        self.children = children
        self.output = output
        self.width = max(len(child.name) for child in children)
        self.ending = threading.Event()
        self.writing = threading.Lock()

    def run(self, *, once_started: Callable[[threading.Event], None] | None = None) -> str | None:
        """Return None after being told to end, else one sentence on who ended it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)
        try:
            for child in self.children:
                self._start(child)
            if once_started is not None:
                threading.Thread(target=once_started, args=(self.ending,), daemon=True).start()
            return self._watch()
        finally:
            self.ending.set()
            self._stop_all()

    def say(self, name: str, line: str, colour: int = 37) -> None:
        label = f"{name:<{self.width}} |"
        if self.output.isatty():
            label = f"\033[{colour}m{label}\033[0m"
        with self.writing:
            print(f"{label} {line}", file=self.output, flush=True)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending.set()

    def _watch(self) -> str | None:
        while not self.ending.wait(WATCH_EVERY):
            for child in self.children:
                if child.process is None or (code := child.process.poll()) is None:
                    continue
                if not child.may_return(now=time.monotonic()):
                    return (
                        f"The {child.what} ended by itself ({reason(code)}), so everything was "
                        f'stopped. The lines above marked "{child.name}" say why.'
                    )
                clear_away(child)
                self.say(child.name, f"ended by itself ({reason(code)}) and is started again.", 31)
                self._start(child)
        return None

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            [*outlived_by_nothing(), *child.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A group of its own: Ctrl-C reaches the parent alone, which then ends each in order.
            start_new_session=True,
        )
        child.relay = threading.Thread(target=self._relay, args=(child, child.process), daemon=True)
        child.relay.start()

    def _relay(self, child: Child, process: subprocess.Popen[str]) -> None:
        with cast(IO[str], process.stdout) as lines:
            for line in lines:
                self.say(child.name, line.rstrip(), child.colour)

    def _stop_all(self) -> None:
        running = [(child, child.process) for child in self.children if child.process]
        for _child, process in running:
            signal_group(process, signal.SIGTERM)
        give_up_at = time.monotonic() + GRACE
        for child, process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, give_up_at - time.monotonic()))
            clear_away(child)


def clear_away(child: Child) -> None:
    """Kill what is left of a child and its own children; then its last words have been shown."""
    if child.process is None or child.relay is None:
        return
    # Also after a good end: the web server's own children outlive a parent that was killed.
    signal_group(child.process, signal.SIGKILL)
    child.process.wait()
    child.relay.join(1.0)


def outlived_by_nothing() -> list[str]:
    """Let the kernel end a child whose parent was killed without a chance to do so itself."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "TERM", "--"] if found else []


def signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def reason(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    return f"signal {signal.Signals(-code).name}"


def portal_children(*, host: str, port: int, schedule_file: str) -> list[Child]:
    """The three programs behind ``make run``."""
    python = f"{shlex.quote(sys.executable)} -u -m"
    # Whoever waits for a page comes before a message that may take a second longer.
    celery = f"nice -n 5 {python} celery --app portal.celery:app --quiet"
    web = (
        f"{python} granian --interface wsgi --host {host} --port {port} --no-ws --log-level warning"
        " --blocking-threads 4 --workers-kill-timeout 5 portal.wsgi:application"
    )
    worker = (
        f"{celery} worker --pool threads --concurrency 2 --loglevel INFO --hostname portal@%h"
        " --without-gossip --without-mingle --without-heartbeat"
    )
    schedule = (
        f"{celery} beat --loglevel WARNING --pidfile= --schedule {shlex.quote(schedule_file)}"
    )
    return [
        Child("web", "web server", shlex.split(web), colour=36),
        Child("worker", "worker", shlex.split(worker), colour=33, returns=True),
        Child("schedule", "schedule", shlex.split(schedule), colour=35, returns=True),
    ]
