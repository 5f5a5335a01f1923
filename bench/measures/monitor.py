"""A night's round of the monitor over the websites of five hundred units on this machine."""

import sys

from bench import programs
from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("redis-server",)
PEER = False
MOST_SECONDS = 60
MOST_MEGABYTES = 300


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the database is a copy of one that nobody uses."""
    number = int(run.pick(500, 60))
    portal = run.prepared
    run.say(f"Visiting the websites of {number} units …")
    url = run.databases.make("_monitor", copy_of="")
    (port,) = programs.free_ports(1)
    log = portal.folder / "village.log"
    command = [sys.executable, "-m", "bench.village", str(port)]
    with programs.program(command, log=log, env={}):
        programs.wait_for_port(port, what="The village", log=log)
        found = portal.inside_of(url, "visit_village", port=port, number=number)
    run.databases.drop("_monitor")
    if found["faults"]:
        run.failures.append(
            f"{found['faults']} of {number} websites were misread: {found['first']}"
        )
    run.notes.append(
        f"A round of {number} websites: a process of {found['before']:.0f} MB grew to "
        f"{found['megabytes']:.0f} MB and worked {found['worked']:.0f} s of the time; "
        "six in a hundred of them are bombs, errors and worse."
    )
    return [
        row_of(
            f"seconds to visit {number} websites beside the {MOST_SECONDS} allowed",
            [(found["seconds"], MOST_SECONDS)],
            unit="s",
            better="less",
        ),
        row_of(
            f"memory while visiting them beside the {MOST_MEGABYTES} MB allowed",
            [(found["megabytes"], MOST_MEGABYTES)],
            unit="MB",
            better="less",
        ),
    ]
