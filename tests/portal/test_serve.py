"""``make run``: what stands in its way, how it keeps its children, and the whole of it once."""

import contextlib
import io
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError

from portal import preflight
from portal.keys import KeysLost, make_missing_keys
from portal.processes import Child, Household

NO_KEYS = {"SECRET_KEY": False, "SEALING_KEYS": False, "LOOKUP_KEY": False}
FOREVER = "import time; print('up', flush=True); time.sleep(600)"


# --- what stands in the way ----------------------------------------------------------------------


def test_taken_port_is_one_sentence_with_a_way_out(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)), pytest.raises(CommandError) as refusal:
        preflight.require_free_port("127.0.0.1", free_port)

    assert str(refusal.value) == (
        f"Port {free_port} is taken by another program. "
        f"Choose another one: make run PORT={free_port + 1}"
    )


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_impossible_port_is_refused(port: int) -> None:
    with pytest.raises(CommandError, match=f"^{port} is not a port. Choose a number"):
        preflight.require_free_port("127.0.0.1", port)


def test_port_left_a_moment_ago_is_free(free_port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", free_port)) as server,
        socket.create_connection(("127.0.0.1", free_port)),
    ):
        server.accept()[0].close()

    preflight.require_free_port("127.0.0.1", free_port)


def test_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "NEEDED_MB", 10**9)

    with pytest.raises(CommandError, match=r"^The disk is full: the portal needs 1000000000 MB"):
        preflight.require_space(tmp_path)


def test_disk_that_fills_up_on_the_way_is_the_same_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(CommandError, match=r"^The disk is full"),
        preflight.disk_troubles_told(tmp_path),
        Path("/dev/full").open("w") as full,
    ):
        full.write("a byte")


def test_second_portal_on_the_same_data_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "serve.lock"

    with (
        preflight.only_one(lock, port=8000),
        pytest.raises(CommandError) as refusal,
        preflight.only_one(lock, port=8000),
    ):
        pass

    assert str(refusal.value) == (
        f"The portal is already running on the data in {tmp_path} (process {os.getpid()}). "
        "Stop it with Ctrl-C in its terminal, or start this one on other data: "
        "make run PORT=8001 PORTAL_VAR=/path/to/another/folder"
    )


def test_lock_is_free_again_after_the_portal_ended(tmp_path: Path) -> None:
    with preflight.only_one(tmp_path / "serve.lock", port=8000):
        pass

    with preflight.only_one(tmp_path / "serve.lock", port=8000):
        pass


# --- keys ----------------------------------------------------------------------------------------


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "portal.env"

    made = make_missing_keys(file, present=NO_KEYS, database=tmp_path / "portal.sqlite3")

    names = re.findall(r"^([A-Z_]+)=", file.read_text(), flags=re.MULTILINE)
    assert made
    assert names == ["SECRET_KEY", "SEALING_KEYS", "LOOKUP_KEY"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_that_are_there_stay(tmp_path: Path) -> None:
    file = tmp_path / "portal.env"
    file.write_text("SECRET_KEY=kept\n")

    made = make_missing_keys(file, present={**NO_KEYS, "SECRET_KEY": True}, database=None)
    again = make_missing_keys(file, present=dict.fromkeys(NO_KEYS, True), database=None)

    assert (made, again) == (True, False)
    assert file.read_text().startswith("SECRET_KEY=kept\n\nSEALING_KEYS=k1:")
    assert file.read_text().count("SECRET_KEY=") == 1


def test_lost_keys_are_never_replaced_beside_a_database(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite3"
    database.touch()

    with pytest.raises(KeysLost):
        make_missing_keys(tmp_path / "portal.env", present=NO_KEYS, database=database)

    assert not (tmp_path / "portal.env").exists()


# --- children ------------------------------------------------------------------------------------


def test_household_ends_when_the_web_server_dies(household: Callable) -> None:
    house, _ = household(web="raise SystemExit(3)", worker=FOREVER)

    sentence = house.run()

    assert sentence == (
        "The web server ended by itself (code 3), so everything was stopped. "
        'The lines above marked "web" say why.'
    )
    assert [child.process.poll() is None for child in house.children] == [False, False]


def test_worker_that_dies_comes_back(household: Callable, tmp_path: Path) -> None:
    once = f"""
import pathlib, sys, time
died = pathlib.Path({str(tmp_path / "died")!r})
if not died.exists():
    died.touch()
    sys.exit(9)
print("back", flush=True)
pathlib.Path({str(tmp_path / "back")!r}).touch()
time.sleep(600)
"""
    house, output = household(web=FOREVER, worker=once)

    sentence = house.run(once_started=ends_when(house, (tmp_path / "back").exists))

    assert sentence is None
    assert "worker | ended by itself (code 9) and is started again.\n" in output.getvalue()


def test_worker_that_dies_again_and_again_ends_everything(household: Callable) -> None:
    house, output = household(web=FOREVER, worker="raise SystemExit(1)")

    sentence = house.run()

    assert sentence.startswith("The worker ended by itself (code 1), so everything was stopped.")
    assert output.getvalue().count("is started again") == 2


def test_deaf_child_is_killed_with_its_own_children(
    household: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.processes.GRACE", 0.5)
    number = tmp_path / "number"
    deaf = f"""
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; "
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
pathlib.Path({str(number)!r}).write_text(str(child.pid))
time.sleep(600)
"""
    house, _ = household(web=deaf, worker=FOREVER)

    sentence = house.run(
        once_started=ends_when(house, lambda: number.exists() and number.read_text())
    )

    assert sentence is None
    # The system takes a killed process away in its own time.
    end = time.monotonic() + 10
    while not gone(int(number.read_text())) and time.monotonic() < end:
        time.sleep(0.05)
    assert gone(int(number.read_text()))


def test_killed_parent_leaves_no_orphan(tmp_path: Path) -> None:
    number = tmp_path / "number"
    child = f"""
import os, pathlib, time
pathlib.Path({str(number)!r}).write_text(str(os.getpid()))
time.sleep(600)
"""
    parent = f"""
import sys
from portal.processes import Child, Household
Household([Child("web", "web server", [sys.executable, "-c", {child!r}], 36)]).run()
"""
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=settings.BASE_DIR)
    assert waited(lambda: number.exists() and number.read_text() != "")

    process.kill()
    process.wait()

    assert waited(lambda: gone(int(number.read_text())))


# --- the whole of it -----------------------------------------------------------------------------


def test_serve_from_nothing_to_ctrl_c_and_again(tmp_path: Path, free_port: int) -> None:
    var = tmp_path / "var"

    with serving(var, free_port) as (process, lines):
        first_start = until_ready(process, lines, seconds=240)
        statuses = {page: fetch(free_port, page) for page in ("/-/live", "/vi/", "/tr/", "/en/")}
        second = subprocess.run(
            command(), env=surroundings(var, free_port + 1), **quiet(), timeout=60, check=False
        )
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        code = process.wait(15)

    assert statuses == {"/-/live": 200, "/vi/": 200, "/tr/": 200, "/en/": 200}
    assert "is already running" in second.stdout
    assert (code, len(children)) == (0, 3)
    assert [number for number in children if not gone(number)] == []
    text = first_start
    for shown in ("/vi/", "/tr/", "/en/", "/cms/", "/desk/", "/desk/mailbox/", "[1/3]", "[3/3]"):
        assert shown in text
    assert "linh" in text

    with serving(var, free_port) as (process, lines):
        began = time.monotonic()
        text = until_ready(process, lines, seconds=60)
        took = time.monotonic() - began
        process.send_signal(signal.SIGTERM)
        process.wait(15)

    assert "[1/3]" not in text
    assert "linh" in text
    # The promise is ten seconds on an idle machine; here other tests may be running beside it.
    assert took < 30


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def household() -> Iterator[Callable]:
    """Make a household of two small programs, and give the suite its signal handlers back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def make(*, web: str, worker: str) -> tuple[Household, io.StringIO]:
        output = io.StringIO()
        children = [
            Child("web", "web server", [sys.executable, "-c", web], 36),
            Child("worker", "worker", [sys.executable, "-c", worker], 33, returns=True),
        ]
        return Household(children, output), output

    yield make
    for number, handler in handlers.items():
        signal.signal(number, handler)


def ends_when(house: Household, is_time: Callable[[], object]) -> Callable:
    def end(ending) -> None:
        waited(is_time)
        ending.set()

    return end


def waited(condition: Callable[[], object], *, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def gone(number: int) -> bool:
    """A process that ended, whether or not its new parent has already taken note of it."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def command() -> list[str]:
    return [sys.executable, "-u", str(settings.BASE_DIR / "manage.py"), "serve"]


def surroundings(var: Path, port: int) -> dict[str, str]:
    """What an ordinary user's shell would hand over; nothing of the suite's own settings."""
    return {"PATH": os.environ["PATH"], "PORTAL_VAR": str(var), "PORT": str(port)}


def quiet() -> dict[str, object]:
    return {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


@contextlib.contextmanager
def serving(var: Path, port: int) -> Iterator[tuple[subprocess.Popen, Path]]:
    log = var.parent / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command(), env=surroundings(var, port), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process, log
        finally:
            process.terminate()
            process.wait(20)


def until_ready(process: subprocess.Popen, log: Path, *, seconds: int) -> str:
    waited(
        lambda: "Ctrl-C ends everything" in log.read_text() or process.poll() is not None,
        seconds=seconds,
    )
    text = log.read_text()
    assert "The portal is ready" in text, text
    return text


def fetch(port: int, page: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=30) as answer:
        return answer.status


def children_of(number: int) -> list[int]:
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and parent_of(path) == number
    ]


def parent_of(process: Path) -> int | None:
    with contextlib.suppress(OSError):
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    return None
