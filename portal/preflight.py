"""What can stand in the way of a start, each said in one sentence that names the way out."""

import errno
import fcntl
import os
import shutil
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db import OperationalError

NEEDED_MB = 500

RUNNING = (
    "The portal is already running on the data in {var} (process {process}). "
    "Stop it with Ctrl-C in its terminal, or start this one on other data: "
    "make run PORT={port} PORTAL_VAR=/path/to/another/folder"
)
TAKEN = "Port {port} is taken by another program. Choose another one: make run PORT={other}"
RESERVED = "Port {port} is for the administrator alone. Choose one above 1023: make run PORT=8000"
NO_SUCH_PORT = "{port} is not a port. Choose a number from 1024 to 65535: make run PORT=8000"
NO_SUCH_HOST = "{host} is not an address of this machine. Leave HOST out, or try HOST=0.0.0.0."
DISK_FULL = (
    "The disk is full: the portal needs {needed} MB free in {var} and there are {free} MB. "
    "Free some space and start again."
)
NOT_OURS = "{var} cannot be written by this user: start as its owner, or choose PORTAL_VAR=."


@contextmanager
def disk_troubles_told(var: Path) -> Iterator[None]:
    """Turn a full disk or a folder of someone else, wherever it shows, into one sentence."""
    try:
        yield
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise CommandError(disk_full(var)) from problem
        if problem.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            raise CommandError(NOT_OURS.format(var=var)) from problem
        raise
    except OperationalError as problem:
        if "disk is full" in str(problem):
            raise CommandError(disk_full(var)) from problem
        if "readonly database" in str(problem) or "unable to open" in str(problem):
            raise CommandError(NOT_OURS.format(var=var)) from problem
        raise


def require_space(var: Path) -> None:
    if shutil.disk_usage(var).free < NEEDED_MB * 1024 * 1024:
        raise CommandError(disk_full(var))


def disk_full(var: Path) -> str:
    free = shutil.disk_usage(var).free // (1024 * 1024)
    return DISK_FULL.format(needed=NEEDED_MB, var=var, free=free)


@contextmanager
def only_one(lock: Path, *, port: int) -> Iterator[None]:
    """Hold ``lock`` for as long as the portal runs; refuse when another one holds it.

    The kernel lets go of it when the holder ends, however it ends, so no stale lock can remain.
    """
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            process = file.read().strip() or "?"
            words = RUNNING.format(var=lock.parent, process=process, port=port + 1)
            raise CommandError(words) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def require_free_port(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise CommandError(NO_SUCH_PORT.format(port=port))
    with socket.socket() as probe:
        # As the server does it: a port left a moment ago by an earlier run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CommandError(RESERVED.format(port=port)) from None
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                raise CommandError(TAKEN.format(port=port, other=other)) from None
            raise CommandError(NO_SUCH_HOST.format(host=host)) from None


def answers(host: str, port: int, ending: threading.Event, *, seconds: int = 120) -> bool:
    """Wait until the web server answers. False when the portal ends first or time runs out."""
    address = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    for _try in range(seconds * 5):
        if ending.wait(0.2):
            return False
        try:
            with urllib.request.urlopen(f"http://{address}:{port}/-/live", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            continue
    return False
