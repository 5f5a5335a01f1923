"""How often the form asks the database, beside the form-builder page."""

from bench.measures.registrations import BUILDER_FORM, FORM
from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("nginx", "redis-server")
PEER = True


def measure(run: Run) -> list[Row]:
    run.say("Counting the queries of both forms …")
    ours = run.portal.inside("count_queries", path=FORM)
    theirs = run.peer.inside("count_queries", path=BUILDER_FORM)
    return [
        row_of(
            "queries of the form beside a form-builder page",
            [(ours, theirs)],
            unit="queries",
            better="less",
        )
    ]
