"""Forms sent in somebody's name, one after the other: ``python -m bench.strangers`` reads its task
as JSON and prints how many seconds each answer took.

Each has a sender and a mailbox of its own, and a form key that was given out long enough ago.
"""

import asyncio
import json
import sys
import time
from typing import Any

from bench.citizens import Citizen, communes
from bench.visits import Refused, Visit, boxes, form_values

HOST = "127.0.0.1"


async def send_all(
    port: int, path: str, keys: list[str], first: int, numbers: list[str | None]
) -> list[float]:
    """``numbers`` are identity numbers to write in; None leaves each person's own."""
    places = communes()
    start = Visit(HOST, port, Citizen(first).address)
    page = (await start.get(path)).body
    values = form_values(page, Citizen(first).answers(places), press="check")
    checked = (await start.post(path, _with(values, form_key=keys.pop()))).body
    ticked = boxes(checked, "act_")
    start.close()
    took = []
    for place, (key, number) in enumerate(zip(keys, numbers, strict=True)):
        citizen = Citizen(first + 1 + place)
        answers = citizen.answers(places) | ({"identity_number": number} if number else {})
        values = form_values(page, {**answers, **ticked}, press="check")
        visit = Visit(HOST, port, citizen.address, cookies=dict(start.cookies))
        began = time.perf_counter()
        answer = await visit.post(path, _with(values, form_key=key, action="send"))
        took.append(time.perf_counter() - began)
        visit.close()
        if answer.status != 303:
            raise Refused(f"{answer.status} instead of 303")
    return took


def _with(values: list[tuple[str, str]], **changes: str) -> list[tuple[str, str]]:
    return [(name, changes.get(name, value)) for name, value in values]


def main() -> None:
    task: dict[str, Any] = json.load(sys.stdin)
    json.dump(asyncio.run(send_all(**task)), sys.stdout)


if __name__ == "__main__":
    main()
