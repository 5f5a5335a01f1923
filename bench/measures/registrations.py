"""Registrations and confirmations, beside a Wagtail form-builder page and bare inserts.

Each acknowledged registration is looked for afterwards; one that is missing fails the run.
"""

import json
from dataclasses import dataclass
from typing import Any

from bench.installation import Installation
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import CannotMeasure

TOOLS = ("nginx", "redis-server")
PEER = True
CLIENTS = 32
FORM = "/vi/pledge/vn-22/"
BUILDER_FORM = "/vi/pledge/"


@dataclass
class Round:
    pledges: float = 0.0
    confirmations: float = 0.0
    builder: float = 0.0
    inserts: float = 0.0
    pledge_ms: float = 0.0
    builder_ms: float = 0.0

    @property
    def whole(self) -> float:
        """How many a second register and confirm: both take their time, one after the other."""
        return 1 / (1 / self.pledges + 1 / self.confirmations)


def measure(run: Run) -> list[Row]:
    crowds = Crowds(run)
    run.portal.start_delivery()
    # Mail of the measurements before this one; nobody here waits for it.
    run.portal.wait_for_delivery()
    run.portal.new_links()
    seconds, rounds = run.pick(15, 2), int(run.pick(3, 1))
    if not run.quick:
        run.say("Warming up both forms …")
        crowds.warm_up(seconds=4)
    found = []
    for turn in range(rounds):
        run.say(f"Measuring registrations, round {turn + 1} of {rounds} …")
        each = Round()
        sides = [crowds.pledge_and_confirm, crowds.build, crowds.insert]
        for side in sides if turn % 2 == 0 else reversed(sides):
            side(each, seconds)
        found.append(each)
    crowds.tell()
    return [
        row_of(
            "registrations with their confirmation beside a form-builder page",
            [(each.whole, each.builder) for each in found],
            unit="registrations/s",
        ),
        row_of(
            "registrations beside a form-builder page",
            [(each.pledges, each.builder) for each in found],
            unit="registrations/s",
        ),
        row_of(
            "registrations beside bare committed inserts",
            [(each.pledges, each.inserts) for each in found],
            unit="registrations/s, rows/s",
        ),
        row_of(
            "confirmations beside a form-builder page",
            [(each.confirmations, each.builder) for each in found],
            unit="confirmations/s, forms/s",
        ),
        row_of(
            "web server's work for a registration beside a form-builder page",
            [(each.pledge_ms, each.builder_ms) for each in found],
            unit="ms of processor",
            better="less",
        ),
    ]


class Crowds:
    """Sends visitors to one side at a time, and keeps account of what they were told."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.next = 0
        self.acknowledged: list[int] = []
        self.confirmed = 0
        self.built = 0
        self.took: list[tuple[float, float]] = []

    def warm_up(self, *, seconds: float) -> None:
        unmeasured = Round()
        self.pledge_and_confirm(unmeasured, seconds)
        self.build(unmeasured, seconds)
        self.took.clear()

    def pledge_and_confirm(self, each: Round, seconds: float) -> None:
        portal = self.run.portal
        out = self._send("pledge", portal, path=FORM, seconds=seconds)
        each.pledges, each.pledge_ms = out["rate"], out["processor_ms"]
        self.acknowledged += out["acknowledged"]
        self.took.append((out["p50"], out["p95"]))
        portal.wait_for_delivery()
        self._require_nothing_lost(out["acknowledged"])
        links = portal.new_links()
        out = self._send("confirm", portal, path="", seconds=0, links=links)
        each.confirmations = out["rate"]
        self.confirmed += len(out["acknowledged"])
        stored = portal.ask("SELECT count(*) FROM pledges_pledge WHERE state = 'confirmed'")
        if stored < self.confirmed:
            self.run.failures.append(f"{self.confirmed - stored} confirmations are lost.")

    def build(self, each: Round, seconds: float) -> None:
        peer = self.run.peer
        out = self._send("builder", peer, path=BUILDER_FORM, seconds=seconds)
        each.builder, each.builder_ms = out["rate"], out["processor_ms"]
        self.built += len(out["acknowledged"])
        stored = peer.ask("SELECT count(*) FROM wagtailforms_formsubmission")
        if stored < self.built:
            self.run.failures.append(f"{self.built - stored} of the peer's forms are lost.")

    def insert(self, each: Round, seconds: float) -> None:
        words = (self.run.peer.database, str(CLIENTS), str(seconds))
        each.inserts = float(self.run.module("bench.bare", *words, env={}))

    def _send(self, kind: str, site: Installation, **values: Any) -> dict[str, Any]:
        task = {"kind": kind, "clients": CLIENTS, "first": self.next, "port": site.nginx_port}
        task |= {"group": site.web.pid, **values}
        # Room for everybody who opens a form, whether or not it is sent.
        self.next += 50_000
        text = self.run.module("bench.crowd", env={}, given=json.dumps(task))
        out: dict[str, Any] = json.loads(text)
        for trouble, times in out["troubles"].items():
            self.run.failures.append(f"{kind}: {times} × {trouble}")
        self.run.say(
            f"  {kind}: {out['rate']:.1f}/s, {len(out['acknowledged'])} acknowledged, the sending "
            f"took {out['p50']:.3f} s (half), {out['p95']:.3f} s (95 %); the clients themselves "
            f"used {out['client_cpu']:.2f} of a core"
        )
        if not out["rate"]:
            raise CannotMeasure(
                f"Nobody could finish ({kind}). What they met: {out['troubles'] or 'nothing'}"
            )
        return out

    def _require_nothing_lost(self, numbers: list[int]) -> None:
        missing = self.run.portal.inside("missing_pledges", numbers=numbers)
        for what, number in missing.items():
            if number:
                self.run.failures.append(
                    f"{number} of {len(numbers)} acknowledged registrations have no {what}."
                )

    def tell(self) -> None:
        rows = self.run.portal.ask("SELECT count(*) FROM pledges_pledge")
        self.run.notes += [
            f"{len(self.acknowledged):,} registrations acknowledged, {rows:,} stored; "
            f"{self.confirmed:,} confirmed; each was looked for with its event and its message.",
            "A registration is four requests (form, check, send, acknowledgement), its "
            "confirmation three (the link's page, the button, the page that follows); of the "
            "form-builder page it is two (form, send). Mail is delivered meanwhile.",
        ]
