"""Signs of life to an outside watch, against receivers on this machine."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from registration.deliveries.models import Ping, Watch
from registration.deliveries.pings import (
    PAUSES,
    call_watch,
    due_pings,
    expect_pings,
    failure_address,
)
from registration.deliveries.tasks import watch_due
from registration.deliveries.watch import raise_alarms
from registration.outbox.choices import State
from registration.reports.models import Window
from registration.units.models import Unit
from tests.deliveries.days import CUT_OFF, DUE, MINUTE, ended_day, frozen, sent_to, watch_of
from tests.outside.town import House, Reply, Town, to

OUT = Reply(status=500)


@pytest.fixture
def department(reference: SimpleNamespace, no_worker: None) -> Unit:
    made: Unit = reference.quang_ninh_department
    return made


@pytest.fixture
def outside(tmp_path: Path, settings: Any, department: Unit) -> Iterator[Callable[..., Town]]:
    """``outside(reply)`` opens the outside watch of the department."""
    settings.OUTSIDE_ALLOW_PRIVATE = True
    opened = []

    def build(reply: Reply) -> Town:
        pages = {"/ping/1": reply, "/ping/1/fail": reply}
        context = Town([House("", "", pages, website="http://127.0.0.1/")], tmp_path).open()
        opened.append(context)
        town = context.__enter__()
        watch_of(department, ping_address=f"http://127.0.0.1:{town.ports[80]}/ping/1?key=2")
        return town

    yield build
    for context in opened:
        context.__exit__(None, None, None)


def minute(now: datetime) -> None:
    """What the clock does each minute."""
    raise_alarms(now=now)
    expect_pings(now=now)
    for ping_id in list(due_pings(now=now).values_list("pk", flat=True)):
        call_watch(ping_id, now=now)


def called(town: Town) -> list[str]:
    return [path for _host, path in town.requests]


def delivered_day(department: Unit) -> Window:
    window = ended_day(department)
    sent_to(frozen(window), "Văn phòng")
    return window


def test_delivered_day_calls_once(outside: Callable[..., Town], department: Unit) -> None:
    town = outside(Reply())
    delivered_day(department)

    minute(CUT_OFF + MINUTE)
    minute(DUE)

    assert (called(town), town.posted) == (["/ping/1"], [])
    ping = Ping.objects.get()
    assert (ping.done_at, ping.attempts, ping.is_failure) == (CUT_OFF + MINUTE, 1, False)


@pytest.mark.parametrize("state", [State.WAITING, State.FAILED])
def test_day_that_one_office_lacks_does_not_call(
    outside: Callable[..., Town], department: Unit, state: str
) -> None:
    town = outside(Reply())
    summary = frozen(ended_day(department))
    sent_to(summary, "Văn phòng")
    sent_to(summary, "Phòng Nghiệp vụ Y", state)

    minute(DUE)

    assert called(town) == []


def test_day_that_is_kept_calls(outside: Callable[..., Town], department: Unit) -> None:
    town = outside(Reply())
    window = ended_day(department)
    Window.objects.filter(pk=window.pk).update(is_quiet=True)
    frozen(window)

    minute(CUT_OFF)

    assert called(town) == ["/ping/1"]


def test_overdue_day_calls_fail_and_later_that_all_is_well(
    outside: Callable[..., Town], department: Unit
) -> None:
    town = outside(Reply())
    window = ended_day(department)

    minute(DUE)
    minute(DUE + MINUTE)
    sent_to(frozen(window), "Văn phòng", sent_at=DUE + 2 * MINUTE)
    minute(DUE + 3 * MINUTE)

    assert called(town) == ["/ping/1/fail", "/ping/1"]


def test_failure_that_nobody_took_is_dropped_once_the_day_is_delivered(
    outside: Callable[..., Town], department: Unit
) -> None:
    town = outside(OUT)
    window = ended_day(department)
    minute(DUE)
    sent_to(frozen(window), "Văn phòng", sent_at=DUE + MINUTE)

    minute(DUE + 2 * MINUTE)

    assert called(town) == ["/ping/1/fail", "/ping/1"]
    assert list(Ping.objects.values_list("is_failure", flat=True)) == [False]


@pytest.mark.parametrize(
    ("reply", "error"), [(OUT, "status 500"), (to("/elsewhere"), "status 302")]
)
def test_refused_call_is_tried_for_a_day(
    outside: Callable[..., Town], department: Unit, reply: Reply, error: str
) -> None:
    town = outside(reply)
    delivered_day(department)
    expect_pings(now=CUT_OFF)
    ping, moments = Ping.objects.get(), []
    while due_pings(now=ping.not_before).exists() and len(moments) < 20:
        moments.append(ping.not_before)
        call_watch(ping.pk, now=ping.not_before)
        ping.refresh_from_db()

    pauses = tuple(later - earlier for earlier, later in pairwise(moments))
    assert (pauses, len(called(town))) == (PAUSES, len(PAUSES) + 1)
    assert timedelta(hours=22) < sum(pauses, timedelta()) < timedelta(hours=26)
    assert (ping.done_at, ping.last_error) == (None, error)


def test_two_workers_call_once(outside: Callable[..., Town], department: Unit) -> None:
    town = outside(OUT)
    delivered_day(department)
    expect_pings(now=CUT_OFF)
    ping = Ping.objects.get()

    call_watch(ping.pk, now=CUT_OFF)
    call_watch(ping.pk, now=CUT_OFF)

    assert called(town) == ["/ping/1"]


def test_inside_is_not_called(
    outside: Callable[..., Town], department: Unit, settings: Any
) -> None:
    town = outside(Reply())
    settings.OUTSIDE_ALLOW_PRIVATE = False
    delivered_day(department)

    minute(CUT_OFF)

    assert (town.accepted, Ping.objects.get().last_error) == (0, "not_public")


def test_department_without_an_outside_watch_has_no_pings(department: Unit) -> None:
    watch_of(department)
    delivered_day(department)

    minute(DUE)

    assert not Ping.objects.exists()


def test_address_that_was_taken_away_is_not_called(
    outside: Callable[..., Town], department: Unit
) -> None:
    town = outside(Reply())
    delivered_day(department)
    expect_pings(now=CUT_OFF)
    Watch.objects.update(ping_address="")

    call_watch(Ping.objects.get().pk, now=CUT_OFF)

    assert (called(town), Ping.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("address", "failure"),
    [
        ("https://w.example.org/1", "https://w.example.org/1/fail"),
        ("https://w.example.org/1/", "https://w.example.org/1/fail"),
        ("https://w.example.org/1?key=2", "https://w.example.org/1/fail?key=2"),
        ("https://w.example.org", "https://w.example.org/fail"),
    ],
)
def test_failure_address(address: str, failure: str) -> None:
    assert failure_address(address) == failure


def test_the_schedule_names_the_tasks() -> None:
    from portal.schedule import SCHEDULE
    from registration.deliveries.tasks import send_digest

    names = {entry["task"] for entry in SCHEDULE.values()}

    assert names >= {watch_due.name, send_digest.name}
