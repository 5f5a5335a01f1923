"""The steward's list of 100,000 registrations: queries, and time beside one indexed SELECT."""

from statistics import median

from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("redis-server",)
PEER = False
MOST_QUERIES = 10
FEW = 1000


def measure(run: Run) -> list[Row]:
    """Runs before the web server starts: the database is a copy of one that nobody uses."""
    many = int(run.pick(100_000, 10_000))
    portal = run.prepared
    run.say(f"Writing {many:,} registrations and opening the steward's list …")
    url = run.databases.make("_desk", copy_of="")
    found = portal.inside_of(url, "work_list", few=FEW, many=many, rounds=int(run.pick(40, 10)))
    run.databases.drop("_desk")
    if found["queries_few"] != found["queries_many"]:
        run.failures.append(
            f"The list asks {found['queries_many']} queries at {many:,} registrations and "
            f"{found['queries_few']} at {FEW:,}."
        )
    list_of, select = (sorted(side) for side in zip(*found["many"], strict=True))
    return [
        row_of(
            f"queries of the list of {many:,} beside the {MOST_QUERIES} allowed",
            [(found["queries_many"], MOST_QUERIES)],
            unit="queries",
            better="less",
        ),
        row_of(
            f"list of {many:,} beside one indexed SELECT of its page",
            [(median(list_of), median(select))],
            unit="ms",
            better="less",
        ),
        row_of(
            f"list of {many:,} beside a list of {FEW:,}",
            [(median(list_of), median(mine for mine, _select in found["few"]))],
            unit="ms",
            better="less",
        ),
    ]
