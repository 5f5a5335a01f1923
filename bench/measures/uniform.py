"""Whether the time of an answer tells that somebody is registered (SEC-04, abuse case T03).

Somebody with a mailbox of their own sends the form in the name of people who are registered and
of people who are not, in an order of chance, and compares how long the answers took.
"""

import json
import random
from statistics import median

from bench.citizens import Citizen
from bench.measures.registrations import FORM
from bench.rank import chance_of_no_difference
from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("nginx", "redis-server")
PEER = False
KNOWN = 100
# People of the other measurements begin at zero; nobody is met twice.
FIRST = 20_000_000
LEAST_CHANCE, MOST_MS = 0.01, 2.0


def measure(run: Run) -> list[Row]:
    number = int(run.pick(2000, 100))
    run.say(f"Sending {number:,} forms of people who are registered and {number:,} of others …")
    send(run, FIRST, [None] * KNOWN)
    run.portal.inside("confirm_everybody")
    known = [Citizen(FIRST + 1 + place).identity_number for place in range(KNOWN)]
    asked = [known[turn % KNOWN] for turn in range(number)] + [None] * number
    random.Random(number).shuffle(asked)
    took = [1000 * seconds for seconds in send(run, FIRST + 1_000_000, asked)]
    registered, others = (
        [ms for ms, who in zip(took, asked, strict=True) if (who is not None) == is_known]
        for is_known in (True, False)
    )
    chance = chance_of_no_difference(registered, others)
    apart = abs(median(registered) - median(others))
    run.notes.append(
        f"Registered or not, the answer's time: medians {median(registered):.2f} and "
        f"{median(others):.2f} ms, {apart:.2f} ms apart (less than {MOST_MS:.0f} wanted); "
        f"Mann-Whitney p = {chance:.3f} (more than {LEAST_CHANCE} wanted), "
        f"{number:,} answers each."
    )
    # A hundred answers tell nothing for sure, the less so on a machine that others use.
    if not run.quick and (apart >= MOST_MS or chance <= LEAST_CHANCE):
        run.failures.append("The time of the answer tells whether somebody is registered.")
    return [
        row_of(
            "answer to somebody registered beside somebody unknown",
            [(median(registered), median(others))],
            unit="ms",
            better="equal",
        ),
        row_of(
            f"chance that both are alike (p) beside the {LEAST_CHANCE} needed",
            [(chance, LEAST_CHANCE)],
            unit="p",
        ),
    ]


def send(run: Run, first: int, numbers: list[str | None]) -> list[float]:
    """Seconds of each answer; ``numbers`` as in ``bench.strangers``."""
    keys = run.portal.inside("form_keys", number=len(numbers) + 1)
    task = {"port": run.portal.nginx_port, "path": FORM, "keys": keys, "first": first}
    given = json.dumps({**task, "numbers": numbers})
    took: list[float] = json.loads(run.module("bench.strangers", env={}, given=given))
    return took
