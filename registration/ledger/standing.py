"""What waits at this moment, by step: numbers that rooms which know the registrations give.

A report tells of work that waits without knowing any registration: the rooms above register a
counter at start-up, as they do for the progress of campaigns.
"""

from collections.abc import Callable

from registration.units.models import Unit

# A department in, the number of registrations that wait for each step out.
Counter = Callable[[Unit], dict[str, int]]

_counters: list[Counter] = []


def register_waiting(counter: Counter) -> None:
    """Let a room count what waits in a department; its keys are its own."""
    if counter not in _counters:
        _counters.append(counter)


def count_waiting(department: Unit) -> dict[str, int]:
    """All that waits in a department, by key, sorted; a fixed number of queries."""
    found: dict[str, int] = {}
    for counter in _counters:
        found.update(counter(department))
    return dict(sorted(found.items()))
