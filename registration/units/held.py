"""Reference rows held in each process for a short time: read once, not once for each visitor.

What is held may be ``HELD_SECONDS`` old, so nothing is held that decides about a person, and what
is held is never altered. Two processes may be of two minds for that long: who depends on a value
that changed in between asks for it ``anew``.
"""

import time
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from django.conf import settings

Found = TypeVar("Found")

# Addresses are typed by visitors: a process holds no more than this of one kind.
MOST = 10_000


class Held(Generic[Found]):
    """A function of hashable values whose answers are held; None is asked for each time."""

    every: list["Held[Any]"] = []

    def __init__(self, fetch: Callable[..., Found]) -> None:
        self.fetch = fetch
        self.kept: dict[tuple[Hashable, ...], tuple[float, Found]] = {}
        self.every.append(self)
        update_wrapper(self, fetch)

    def __call__(self, *key: Hashable) -> Found:
        kept = self.kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < settings.HELD_SECONDS:
            return kept[1]
        return self.anew(*key)

    def anew(self, *key: Hashable) -> Found:
        """What is true now, held from now on."""
        found = self.fetch(*key)
        if found is not None:
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[key] = (time.monotonic(), found)
        return found


def held(fetch: Callable[..., Found]) -> Held[Found]:
    return Held(fetch)


def forget() -> None:
    """Hold nothing of before any more, in this process."""
    for each in Held.every:
        each.kept.clear()
