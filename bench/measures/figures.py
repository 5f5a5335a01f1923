"""A day's figures in ledgers of up to ten million events, beside one query written by hand."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench import programs
from bench.installation import Portal
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import ROOT, CannotMeasure

TOOLS = ("redis-server",)
PEER = False
IN_DAY = 10_000
SIZES = (100_000, 1_000_000, 10_000_000)
QUICK_SIZES = (20_000, 50_000)
TARGET = 1.2


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the databases are copies of one that nobody uses."""
    sizes = QUICK_SIZES if run.quick else SIZES
    portal = run.prepared
    with ExitStack() as stack:
        ledgers = {total: stack.enter_context(_ledger(run, portal, f"_{total}")) for total in sizes}
        for total, ledger in ledgers.items():
            run.say(f"Writing a ledger of {total:,} events, {IN_DAY:,} in the day …")
            ledger.ask("fill", total=total, in_day=IN_DAY)
            if not ledger.ask("equal"):
                run.failures.append(f"At {total:,} events the figures differ from the query's.")
        run.say("Measuring the day's figures …")
        rounds = _in_turns(ledgers, rounds=int(run.pick(12, 3)))
    for total in sizes:
        run.databases.drop(f"_{total}")
    fewest, most = sizes[0], sizes[-1]
    rows = [
        row_of(
            f"day's figures, {total:,} events, beside one query",
            rounds[total],
            unit="ms",
            better="less",
        )
        for total in sizes
    ]
    rows.append(
        row_of(
            f"day's figures at {most:,} beside {fewest:,} events",
            [
                (mine, fewer)
                for (mine, _), (fewer, _) in zip(rounds[most], rounds[fewest], strict=True)
            ],
            unit="ms",
            better="less",
        )
    )
    run.notes += [f"{row.name}: {row.ratio:.2f}, to be at most {TARGET}." for row in rows]
    return rows


def _in_turns(ledgers: "dict[int, Ledger]", *, rounds: int) -> dict[int, list[tuple[float, float]]]:
    for ledger in ledgers.values():
        ledger.ask("rounds", number=3)
    found: dict[int, list[tuple[float, float]]] = {total: [] for total in ledgers}
    for _turn in range(rounds):
        for total, ledger in ledgers.items():
            found[total].append(_middle(ledger.ask("rounds", number=5)))
    return found


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
            raise CannotMeasure("The ledger's process ended; it has said why.")
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
        # How far it has got with writing is told as it goes.
        stderr=None,
        text=True,
        start_new_session=True,
    )
    try:
        yield Ledger(process)
    finally:
        process.kill()
        process.communicate()
