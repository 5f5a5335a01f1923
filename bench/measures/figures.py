"""A day's figures in a ledger of a million events, beside one query written by hand."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import programs
from bench.installation import Portal
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import ROOT, CannotMeasure

TOOLS = ("redis-server",)
PEER = False
IN_DAY = 3000


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the databases are copies of one that nobody uses."""
    few, many = 10_000, int(run.pick(1_000_000, 50_000))
    portal = run.prepared
    with _ledger(run, portal, "_few") as small, _ledger(run, portal, "_many") as large:
        run.say(f"Writing ledgers of {few:,} and {many:,} events, {IN_DAY:,} in the day …")
        for ledger, total in ((small, few), (large, many)):
            ledger.ask("fill", total=total, in_day=IN_DAY)
            if not ledger.ask("equal"):
                run.failures.append(f"At {total:,} events the figures differ from the query's.")
        run.say("Measuring the day's figures …")
        at_few, at_many = _in_turns(small, large, rounds=int(run.pick(12, 3)))
    for suffix in ("_few", "_many"):
        run.databases.drop(suffix)
    return [
        row_of(
            f"day's figures, {many:,} events, beside one query",
            at_many,
            unit="ms",
            better="less",
        ),
        row_of(
            f"day's figures, {few:,} events, beside one query",
            at_few,
            unit="ms",
            better="less",
        ),
        row_of(
            f"day's figures at {many:,} beside {few:,} events",
            [(mine, fewer) for (mine, _), (fewer, _) in zip(at_many, at_few, strict=True)],
            unit="ms",
            better="less",
        ),
    ]


def _in_turns(
    small: "Ledger", large: "Ledger", *, rounds: int
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    small.ask("rounds", number=3)
    large.ask("rounds", number=3)
    at_few, at_many = [], []
    for _turn in range(rounds):
        at_few.append(_middle(small.ask("rounds", number=5)))
        at_many.append(_middle(large.ask("rounds", number=5)))
    return at_few, at_many


def _middle(times: list[tuple[float, float]]) -> tuple[float, float]:
    """The median of each side: one round is five repetitions."""
    ours, by_hand = (sorted(side) for side in zip(*times, strict=True))
    return ours[len(ours) // 2], by_hand[len(by_hand) // 2]


class Ledger:
    """A process that holds one database open and takes orders."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, what: str, **values: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps({"do": what, **values}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline()
        if not answer:
            trouble = self.process.stderr.read() if self.process.stderr else ""
            raise CannotMeasure(f"The ledger's process ended:\n{trouble[-3000:]}")
        return json.loads(answer)


@contextmanager
def _ledger(run: Run, portal: Portal, suffix: str) -> Iterator[Ledger]:
    url = run.databases.make(suffix, copy_of="")
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.events"],
        cwd=ROOT,
        env=programs.environment({**portal.env, "DATABASE_URL": url}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Ledger(process)
    finally:
        process.kill()
        process.communicate()
