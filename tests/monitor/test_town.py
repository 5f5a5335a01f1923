"""The monitor in a town where each website's truth is known."""

from collections import Counter
from datetime import timedelta

from registration.monitor.models import DayState, Lease, Site
from registration.monitor.rounds import visit_all
from tests.factories import NOON
from tests.outside.town import CLOSED, PUBLIC, House, Town


def test_round_finds_the_truth_of_every_website(town: Town, all_houses: list[House]) -> None:
    states = visit_all(now=NOON, fetcher=town.fetcher())

    found = {
        site.unit.code: (site.state, site.trouble, site.has_section)
        for site in Site.objects.select_related("unit")
    }
    truth = {house.name: (house.state, house.trouble, house.has_section) for house in all_houses}
    assert len(truth) >= 60
    assert {
        name: (found.get(name), what) for name, what in truth.items() if found.get(name) != what
    } == {}
    assert states == Counter(house.state for house in all_houses)
    assert DayState.objects.filter(day="2026-11-20").count() == len(all_houses)
    assert not Lease.objects.exists()
    # Nobody inside was spoken to, and each website only as often and as openly as it should be.
    assert set(town.connections) == {PUBLIC, CLOSED}
    asked = Counter(host for host, path in town.requests if path != "/robots.txt")
    expected = {house.host: house.visits for house in all_houses if house.visits is not None}
    assert {host: asked[host] for host in expected} == expected
    robots = Counter(host for host, path in town.requests if path == "/robots.txt")
    assert max(robots[house.host] for house in all_houses if house.name != "to-https") == 1
    assert town.agents == {
        "donationportal/1.0 (Donation portal, banner monitor; +http://testserver/)"
    }


def test_second_round_in_the_same_night_visits_nobody(town: Town) -> None:
    visit_all(now=NOON, fetcher=town.fetcher())
    asked = len(town.requests)

    states = visit_all(now=NOON + timedelta(minutes=2), fetcher=town.fetcher())

    assert (states, len(town.requests)) == (Counter(), asked)


def test_round_that_is_broken_off_is_taken_up(town: Town, all_houses: list[House]) -> None:
    first = visit_all(now=NOON, seconds=0.2, visitors=2, fetcher=town.fetcher())
    second = visit_all(now=NOON + timedelta(minutes=1), fetcher=town.fetcher())

    assert 0 < sum(first.values()) < len(all_houses)
    assert first + second == Counter(house.state for house in all_houses)
