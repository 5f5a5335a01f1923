"""Whether two lists of times can be told apart: the two-sided test of Mann and Whitney."""

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt


def chance_of_no_difference(first: Sequence[float], second: Sequence[float]) -> float:
    """The p-value, by the normal approximation with its corrections for ties and for continuity.

    1 where both lists are one and the same value; small where one tends to be longer.
    """
    n, m = len(first), len(second)
    ordered = sorted([(value, True) for value in first] + [(value, False) for value in second])
    rank_sum, place, ties = 0.0, 0, 0
    for _value, equal in groupby(ordered, key=lambda pair: pair[0]):
        group = list(equal)
        size = len(group)
        rank_sum += (place + (size + 1) / 2) * sum(is_first for _same, is_first in group)
        place += size
        ties += size**3 - size
    wins = rank_sum - n * (n + 1) / 2
    spread = sqrt(n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1))))
    if spread == 0:
        return 1.0
    return erfc(max(abs(wins - n * m / 2) - 0.5, 0) / spread / sqrt(2))
