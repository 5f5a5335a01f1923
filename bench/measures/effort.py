"""What the Vietnamese form asks of a person: fields, pages, keys, taps and seconds."""

import json
from typing import Any

from bench.measures.registrations import FORM
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import need

TOOLS = ("nginx", "redis-server", "chromium")
PEER = False
GOAL_SECONDS = 120


def measure(run: Run) -> list[Row]:
    """At a person's pace; a quick run counts the pauses and waits for few of them."""
    run.say("Filling in the form by keyboard and by touch, as slowly as people do …")
    rows = []
    for way in ("keyboard", "touch"):
        found = _fill_in(run, way)
        seconds = found["human"] + found["machine"]
        run.notes.append(
            f"The form by {way}: {found['asked']} questions on the page, {found['fields']} of them "
            f"answered on {found['pages']} pages with {found['keys']} keys, {found['taps']} taps "
            f"and {found['swipes']} swipes: {found['human']:.0f} s of a person's, "
            f"{found['machine']:.1f} s of the machine's. Reading is not in it."
        )
        rows.append(
            row_of(
                f"seconds to register by {way} beside two minutes",
                [(seconds, GOAL_SECONDS)],
                unit="s",
                better="less",
            )
        )
    return rows


def _fill_in(run: Run, way: str) -> dict[str, Any]:
    task = {
        "url": f"http://127.0.0.1:{run.portal.nginx_port}{FORM}",
        "browser": need("chromium"),
        "way": way,
        "pace": run.pick(1, 0.02),
    }
    found: dict[str, Any] = json.loads(run.module("bench.hands", env={}, given=json.dumps(task)))
    return found
