"""What is held is read once in its time, anew on request, and never grows without end."""

from collections.abc import Iterator
from typing import Any

import pytest

from registration.units import held as house
from registration.units.held import Held, forget, held


@pytest.fixture(autouse=True)
def _holding(settings: Any) -> Iterator[None]:
    settings.HELD_SECONDS = 20
    yield
    forget()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(house.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def counted() -> tuple[Held[Any], list[str]]:
    asked: list[str] = []

    @held
    def look(name: str) -> str | None:
        asked.append(name)
        return name.upper() or None

    return look, asked


@pytest.mark.parametrize(("later", "times"), [(0.0, 1), (19.9, 1), (20.0, 2)])
def test_held_is_read_once_in_its_time(
    counted: Any, clock: list[float], later: float, times: int
) -> None:
    look, asked = counted
    look("a")

    clock[0] += later
    found = look("a")

    assert (found, asked) == ("A", ["a"] * times)


def test_held_for_no_time_is_read_each_time(counted: Any, settings: Any) -> None:
    look, asked = counted
    settings.HELD_SECONDS = 0

    look("a"), look("a")

    assert asked == ["a", "a"]


def test_anew_reads_and_is_held_from_then_on(counted: Any) -> None:
    look, asked = counted
    look("a")

    look.anew("a")
    look("a")

    assert asked == ["a", "a"]


def test_nothing_found_is_not_held(counted: Any) -> None:
    look, asked = counted

    assert (look(""), look("")) == (None, None)
    assert asked == ["", ""]


def test_held_never_grows_without_end(counted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    look, _asked = counted
    monkeypatch.setattr(house, "MOST", 3)

    for number in range(10):
        look(str(number))

    assert len(look.kept) <= 3
