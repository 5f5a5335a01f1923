"""A department's events as XLSX, beside XlsxWriter alone writing the same values from memory."""

import json
from typing import Any

from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("redis-server",)
PEER = False
# 0.8 of the pace of bare XlsxWriter, and a memory that does not know how long the table is.
MOST_TIMES_BARE = 1.25
MOST_TIMES_MEMORY = 1.1


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the database is a copy of one that nobody uses."""
    total, rounds = int(run.pick(1_000_000, 20_000)), int(run.pick(3, 1))
    part = total // 4
    env = {**run.prepared.env, "DATABASE_URL": run.databases.make("_sheets", copy_of="")}

    def job(name: str, total: int = total) -> Any:
        return json.loads(
            run.module("bench.sheets", name, env=env, given=json.dumps({"total": total}))
        )

    run.say(f"Writing {total:,} events …")
    job("fill")
    run.say("Making tables of them …")
    pairs, memory = [], 0.0
    memory_of_part = job("portal", part)["mb"]
    for _round in range(rounds):
        bare, ours = job("bare"), job("portal")
        pairs.append((ours["seconds"], bare["seconds"]))
        memory = max(memory, ours["mb"])
    run.databases.drop("_sheets")
    run.notes.append(
        f"The table of {total:,} events took {memory:.0f} MB of memory at most, "
        f"one of {part:,} took {memory_of_part:.0f} MB."
    )
    row = row_of(
        f"XLSX of {total:,} events, beside bare XlsxWriter",
        pairs,
        unit="s",
        better="less",
    )
    # Few rows are written in a moment: what is measured of them says nothing of the pace.
    if row.ratio > MOST_TIMES_BARE and not run.quick:
        run.failures.append(
            f"An XLSX of {total:,} events took {row.ratio:.2f} of the time of bare XlsxWriter."
        )
    if memory > MOST_TIMES_MEMORY * memory_of_part:
        run.failures.append(
            f"The memory grows with the table: {memory_of_part:.0f} MB, then {memory:.0f} MB."
        )
    return [row]
