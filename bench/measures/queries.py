"""How often form and look-up ask the database, beside the form-builder page and what is allowed."""

from bench.citizens import Citizen
from bench.measures.registrations import BUILDER_FORM, FORM
from bench.measures.uniform import send
from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("nginx", "redis-server")
PEER = True
MOST_OF_FORM, MOST_OF_LOOK_UP = 4, 6
# Somebody whom no other measurement meets.
FIRST = 30_000_000


def measure(run: Run) -> list[Row]:
    run.say("Counting the queries of both forms and of a look-up …")
    first_visit, ours = run.portal.inside("count_queries", path=FORM)
    _first, theirs = run.peer.inside("count_queries", path=BUILDER_FORM)
    send(run, FIRST, [None])
    run.portal.inside("confirm_everybody")
    citizen = Citizen(FIRST + 1)
    born = [int(part) for part in reversed(citizen.birth)]
    asked = run.portal.inside("look_up", number=citizen.identity_number, born=born)
    if asked["hit"] != asked["miss"]:
        run.failures.append(
            f"A look-up that finds asks other queries than one that misses: {asked}"
        )
    return [
        row_of(
            "queries of the form beside a form-builder page",
            [(ours, theirs)],
            unit="queries",
            better="less",
        ),
        row_of(
            f"queries of the form's first visit beside the {MOST_OF_FORM} allowed",
            [(first_visit, MOST_OF_FORM)],
            unit="queries",
            better="less",
        ),
        row_of(
            f"queries of a look-up beside the {MOST_OF_LOOK_UP} allowed",
            [(asked["hit"], MOST_OF_LOOK_UP)],
            unit="queries",
            better="less",
        ),
    ]
