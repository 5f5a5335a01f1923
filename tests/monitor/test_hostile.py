"""What somebody may serve to stop the monitor costs little, and the rest is read."""

import tracemalloc
from collections.abc import Callable

import pytest

from registration.monitor import page
from registration.monitor.robots import OWN_NAME, read_robots
from tests.monitor.test_page import read


def megabytes_of(act: Callable[[], object]) -> float:
    """The most that was held at once while it ran."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_rules_for_thousands_of_others_are_not_kept() -> None:
    agents = "\n".join(f"User-agent: a{number}" for number in range(15_000))
    rules = "\n".join(f"Disallow: /{number}" for number in range(15_000))

    assert megabytes_of(lambda: read_robots(f"{agents}\n{rules}")) < 20


def test_our_own_group_counts_among_many() -> None:
    own = f"User-agent: other\nUser-agent: {OWN_NAME}\nDisallow: /private"
    text = f"{own}\n\nUser-agent: *\nDisallow: /"

    assert read_robots(text).rules == read_robots("User-agent: *\nDisallow: /private").rules


@pytest.mark.parametrize("tag", ["<a " + "a " * 900_000 + ">", "<x-y " + "a=b " * 450_000 + ">"])
def test_a_tag_without_end_costs_little(tag: str) -> None:
    assert len(tag) > 10 * page.LONGEST_TAG

    assert megabytes_of(lambda: read(tag.encode())) < 60
