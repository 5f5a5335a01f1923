"""What a share says, and what it cannot say yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

# The 97.5th percentile of the normal distribution: intervals of 95 %.
Z = 1.959963985


@dataclass(frozen=True, slots=True)
class Interval:
    """Between these two the true share lies with 95 % certainty."""

    low: float
    high: float


def wilson(hits: int, tries: int) -> Interval:
    """The 95 % score interval of a share (Wilson 1927; Newcombe 1998, method 3).

    It holds for few tries and rare hits, where the usual one does not. Nothing tried, nothing
    known: from 0 to 1. Hits beyond the tries are tries that were not counted.
    """
    tries = max(tries, hits)
    if tries == 0:
        return Interval(0.0, 1.0)
    share, square = hits / tries, Z * Z
    middle = 2 * hits + square
    spread = Z * sqrt(square + 4 * hits * (1 - share))
    whole = 2 * (tries + square)
    # At the ends the root comes out a hair beside them.
    low = (middle - spread) / whole if hits else 0.0
    high = (middle + spread) / whole if hits < tries else 1.0
    return Interval(low, high)


def told_apart(intervals: Sequence[Interval]) -> tuple[int | None, list[int]]:
    """Which one is above all others, if one is; and which ones are below the best.

    Intervals that overlap tell nothing. Two that do not are further apart than a test of their
    difference would ask for: this errs on the side of waiting.
    """
    if len(intervals) < 2:
        return None, []
    best = max(range(len(intervals)), key=lambda each: intervals[each].low)
    behind = [
        each
        for each, interval in enumerate(intervals)
        if each != best and interval.high < intervals[best].low
    ]
    return (best if len(behind) == len(intervals) - 1 else None), behind
