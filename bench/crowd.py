"""Many visitors at once: ``python -m bench.crowd`` reads its task as JSON and prints what came out.

``clients`` requests are under way at any moment. Filling in a form takes people time and the server
none, so a client that has opened a form for one person sends the form of another, who opened it
longer ago; each form is sent ``thinking`` seconds after it was opened, or later.
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bench.citizens import Citizen, communes
from bench.processor import seconds_of
from bench.visits import Answer, Refused, Visit, boxes, form_values

HOST = "127.0.0.1"
# Until then every client must have sent one form, or nothing is measured.
LONGEST_START = 60.0


@dataclass
class Outcome:
    """``acknowledged`` holds everybody who was told that it is done, measured or not."""

    acknowledged: list[int] = field(default_factory=list)
    in_time: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    took: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)


@dataclass
class Task:
    port: int
    path: str
    clients: int
    seconds: float
    first: int
    thinking: float = 2.2
    kind: str = "pledge"
    links: list[str] = field(default_factory=list)
    # The web server's group of processes, whose processor time is read.
    group: int = 0


@dataclass
class Opened:
    citizen: Citizen
    visit: Visit
    page: str
    since: float


class Crowd:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.outcome = Outcome()
        self.communes = communes()
        self.next = task.first
        self.opened: deque[Opened] = deque()
        self.starts_at = self.ends_at = self.processor_before = 0.0

    async def run(self) -> Outcome:
        """Measured from the moment on which every client could have sent one form: from then on as
        many are opened as are sent. Before it they are only opened.
        """
        self.ends_at = time.monotonic() + LONGEST_START
        clients = [self._client() for _each in range(self.task.clients)]
        await asyncio.gather(*clients)
        self.outcome.processor = seconds_of(self.task.group) - self.processor_before
        for left in self.opened:
            left.visit.close()
        self.outcome.seconds = time.monotonic() - self.starts_at
        return self.outcome

    async def _client(self) -> None:
        while time.monotonic() < self.ends_at:
            await self._open_one()
            if self.opened and time.monotonic() - self.opened[0].since >= self.task.thinking:
                await self._finish(self.opened.popleft())

    async def _open_one(self) -> None:
        citizen = Citizen(self.next)
        self.next += 1
        visit = Visit(HOST, self.task.port, citizen.address)
        try:
            answer = await visit.get(self.task.path)
            _require(answer, 200)
        except Exception as error:  # Each kind of trouble is counted and told.
            visit.close()
            self._note(error, "open")
        else:
            self.opened.append(Opened(citizen, visit, answer.body, time.monotonic()))

    async def _finish(self, form: Opened) -> None:
        send = self._pledge if self.task.kind == "pledge" else self._builder
        began = time.monotonic()
        try:
            await send(form)
        except Exception as error:
            self._note(error, "send")
        finally:
            form.visit.close()
        self.outcome.took.append(time.monotonic() - began)

    def _done(self, number: int) -> None:
        """The last ones end later than the rest: they count, and so does the time they took."""
        self.outcome.acknowledged.append(number)
        if self.starts_at:
            self.outcome.in_time += 1
        elif len(self.outcome.acknowledged) == self.task.clients:
            self.starts_at = time.monotonic()
            self.ends_at = self.starts_at + self.task.seconds
            self.processor_before = seconds_of(self.task.group)

    def _note(self, error: Exception, step: str) -> None:
        self.outcome.troubles[f"{step}: {type(error).__name__} {error}"[:120]] += 1

    async def _pledge(self, form: Opened) -> None:
        """Check, send, and read the page that acknowledges."""
        values = form_values(form.page, form.citizen.answers(self.communes), press="check")
        checked = await form.visit.post(self.task.path, values)
        _require(checked, 200)
        ticked = boxes(checked.body, "act_")
        if not ticked:
            raise Refused("the check page asks for no consent")
        values = form_values(checked.body, ticked, press="send")
        sent = await form.visit.post(self.task.path, values)
        received = await form.visit.follow(sent)
        _require(received, 200)
        self._done(form.citizen.number)

    async def _builder(self, form: Opened) -> None:
        values = form_values(form.page, form.citizen.builder_answers(self.communes))
        sent = await form.visit.post(self.task.path, values)
        _require(sent, 200)
        if "landing-page" not in sent.body:
            raise Refused("the form came back")
        self._done(form.citizen.number)


class Confirming:
    """Everybody who has a link opens it, presses the button and reads what comes."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.outcome = Outcome()
        self.links = deque(enumerate(task.links))

    async def run(self) -> Outcome:
        began = time.monotonic()
        await asyncio.gather(*(self._client() for _each in range(self.task.clients)))
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    async def _client(self) -> None:
        while self.links:
            number, path = self.links.popleft()
            visit = Visit(HOST, self.task.port, Citizen(self.task.first + number).address)
            began = time.monotonic()
            try:
                page = await visit.get(path)
                _require(page, 200)
                sent = await visit.post(path, form_values(page.body, {}))
                _require(await visit.follow(sent), 200)
            except Exception as error:
                self.outcome.troubles[f"{type(error).__name__} {error}"[:120]] += 1
            else:
                self.outcome.acknowledged.append(number)
                self.outcome.in_time += 1
            finally:
                visit.close()
            self.outcome.took.append(time.monotonic() - began)


def _require(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise Refused(f"{answer.status} instead of {status}")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def result(outcome: Outcome, clock: Callable[[], float] = time.process_time) -> dict[str, Any]:
    return {
        "rate": outcome.in_time / outcome.seconds,
        "acknowledged": outcome.acknowledged,
        "p50": percentile(outcome.took, 0.5),
        "p95": percentile(outcome.took, 0.95),
        "troubles": dict(outcome.troubles),
        "processor_ms": 1000 * outcome.processor / max(outcome.in_time, 1),
        "client_cpu": clock() / outcome.seconds,
    }


def main() -> None:
    task = Task(**json.load(sys.stdin))
    # Each person who is still filling in holds a connection.
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    run: Awaitable[Outcome] = (Confirming if task.kind == "confirm" else Crowd)(task).run()
    json.dump(result(asyncio.run(run)), sys.stdout)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
