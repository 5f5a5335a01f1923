"""Programs that run while something is measured, each gone when its block ends."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.tools import ROOT, SEARCH_PATH, CannotMeasure
from portal.processes import outlived_by_nothing, signal_group

GRACE = 10.0


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the caller's settings reaches a program that is measured."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return {"PATH": SEARCH_PATH, "PYTHONPATH": str(ROOT), **kept, **extra}


@contextlib.contextmanager
def program(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a group of its own, so that Ctrl-C reaches the harness alone."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*outlived_by_nothing(), *command],
            cwd=ROOT,
            env=environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        signal_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        signal_group(process, signal.SIGKILL)
        process.wait()


@dataclass
class Errand:
    """Something that is done meanwhile."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def finish(self) -> None:
        if self.process.wait():
            raise CannotMeasure(f"What was to be prepared failed:\n{tail(self.log)}")


def run(command: Sequence[str], *, env: Mapping[str, str], given: str | None = None) -> str:
    """Run to the end and return what was printed; a failure ends the measurement."""
    process = subprocess.Popen(
        [*outlived_by_nothing(), *command],
        cwd=ROOT,
        env=environment(env),
        stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, trouble = process.communicate(given)
    finally:
        signal_group(process, signal.SIGKILL)
        process.wait()
    if process.returncode:
        what = " ".join(str(word) for word in command[1:4])
        raise CannotMeasure(f"`{what}` failed:\n{trouble.strip()[-3000:]}")
    return output


def free_ports(number: int) -> list[int]:
    """Ports that are free now. Found together, so that no two are the same."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _each in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for_port(port: int, *, what: str, log: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise CannotMeasure(f"{what} does not start. Its last lines:\n{tail(log)}")


def wait_for_answer(url: str, *, what: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    problem = ""
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except urllib.error.HTTPError as error:
            problem = f"It answers {error.code}."
        except OSError as error:
            problem = str(error)
        time.sleep(0.2)
    raise CannotMeasure(f"{what} does not answer at {url}. {problem}\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
