import pytest

from registration.reach.rules import Interval, told_apart, wilson


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilson_gives_the_published_values(hits: int, tries: int, low: float, high: float) -> None:
    found = wilson(hits, tries)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_knows_nothing_without_tries_and_stays_within_0_and_1() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    # More registrations than views: the picture was blocked, the link was not.
    assert wilson(7, 3) == wilson(7, 7)
    for tries in range(1, 200):
        for hits in {0, tries}:
            found = wilson(hits, tries)
            assert 0 <= found.low <= hits / tries <= found.high <= 1


A, B, C = Interval(0.1, 0.2), Interval(0.15, 0.3), Interval(0.25, 0.4)


@pytest.mark.parametrize(
    ("intervals", "leader", "behind"),
    [
        ([A], None, []),
        ([A, B], None, []),
        ([A, C], 1, [0]),
        ([A, B, C], None, [0]),
        ([C, A, A], 0, [1, 2]),
        # They touch: that is no distance.
        ([Interval(0.1, 0.2), Interval(0.2, 0.3)], None, []),
        ([], None, []),
    ],
)
def test_told_apart_waits_while_intervals_overlap(
    intervals: list[Interval], leader: int | None, behind: list[int]
) -> None:
    assert told_apart(intervals) == (leader, behind)
