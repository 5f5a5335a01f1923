"""A day's summary from its cut-off to the mail server: of one department, and of all at once."""

import json
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import programs
from bench.installation import unit_command
from bench.run import Run
from bench.sink import messages
from bench.table import Row, row_of
from bench.tools import CannotMeasure

TOOLS = ("redis-server",)
PEER = False
ONE_ALLOWED, ALL_ALLOWED = 5, 300
IN_DAY = (300, 5000)
DEPARTMENTS, QUICK_DEPARTMENTS = 81 + 34, 12
FILES = [".pdf", ".xlsx"]


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the databases are copies of one that nobody uses."""
    return [*(_one(run, in_day) for in_day in IN_DAY), _all_at_once(run)]


def _one(run: Run, in_day: int) -> Row:
    run.say(f"Closing days of {in_day:,} events, with all documents …")
    env = {**run.prepared.env, "DATABASE_URL": run.databases.make("_one", copy_of="")}
    times = _job(run, env, "one", in_day=in_day, rounds=int(run.pick(9, 2)))
    run.databases.drop("_one")
    row = row_of(
        f"seconds for a summary of {in_day:,} events beside the {ONE_ALLOWED} allowed",
        [(each, ONE_ALLOWED) for each in times],
        unit="s",
        better="less",
    )
    if row.ours > ONE_ALLOWED:
        run.failures.append(f"A summary of {in_day:,} events took {row.ours:.1f} s.")
    return row


def _all_at_once(run: Run) -> Row:
    number = int(run.pick(DEPARTMENTS, QUICK_DEPARTMENTS))
    run.say(f"Preparing the day of {number} departments …")
    (port,) = programs.free_ports(1)
    file = run.prepared.folder / "summaries.mail"
    file.touch()
    # The schedule runs here as in production; nobody's website is visited for it.
    env = {
        **run.prepared.env,
        "DATABASE_URL": run.databases.make("_due", copy_of=""),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "REDIS_URL": run.prepared.env["REDIS_URL"].removesuffix("/0") + "/1",
        "MONITOR_VISITS": "0",
    }
    with ExitStack() as stack:
        _start(run, stack, env, port=port, file=file)
        due = _job(run, env, "prepare", number=number, in_day=IN_DAY[0])
        run.say(f"Waiting for the cut-off of {number} departments …")
        if time.time() > due["ends_at"]:
            raise CannotMeasure("Preparing took longer than the cut-off was away.")
        took = _wait(run, file, expected=len(due["offices"]), since=due["ends_at"])
        # Whoever would send something twice has the time to do so.
        time.sleep(run.pick(70, 5))
        faults = [*_job(run, env, "check"), *_not_once(file, due["offices"])]
    if took > ALL_ALLOWED:
        faults.append(f"The mail of {number} departments took {took:.0f} s.")
    run.failures += faults
    run.databases.drop("_due")
    return row_of(
        f"seconds until {number} departments' mail is out, beside the {ALL_ALLOWED} allowed",
        [(took, ALL_ALLOWED)],
        unit="s",
        better="less",
    )


def _start(run: Run, stack: ExitStack, env: dict[str, str], *, port: int, file: Path) -> None:
    """The mail server, the worker and the schedule, with the commands of production."""
    folder = run.prepared.folder
    log = folder / "summaries.log"
    sink = [sys.executable, "-m", "bench.sink", str(port), str(file)]
    stack.enter_context(programs.program(sink, log=log))
    programs.wait_for_port(port, what="The mail server", log=log)
    schedule = {"--schedule": str(folder / "schedule")}
    for command in (
        unit_command("portal-worker.service"),
        unit_command("portal-schedule.service", ports=schedule),
    ):
        stack.enter_context(programs.program(command, log=log, env=env))


def _wait(run: Run, file: Path, *, expected: int, since: float) -> float:
    """Seconds from the cut-off to the last message that was expected."""
    found = place = 0
    while found < expected:
        for _message, end in messages(file, start=place):
            found, place = found + 1, end
        if time.time() > since + 2 * ALL_ALLOWED:
            log = programs.tail(run.prepared.folder / "summaries.log")
            raise CannotMeasure(f"The summaries are not delivered. The last lines:\n{log}")
        time.sleep(0.5)
    return file.stat().st_mtime - since


def _not_once(file: Path, offices: list[str]) -> list[str]:
    """Each office has one message, with its letter and its workbook."""
    found: Counter[str] = Counter()
    faults = []
    for message, _end in messages(file):
        found[str(message["To"])] += 1
        names = [str(part.get_filename()) for part in message.iter_attachments()]
        if [Path(name).suffix for name in names] != FILES:
            faults.append(f"A message holds {', '.join(names) or 'nothing'}.")
    if found != Counter(offices):
        faults.append(f"{len(offices)} offices have {found.total()} messages.")
    return faults


def _job(run: Run, env: dict[str, str], name: str, **values: Any) -> Any:
    return json.loads(run.module("bench.summaries", name, env=env, given=json.dumps(values)))
