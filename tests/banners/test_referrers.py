"""What is learnt of the websites on which a banner is clicked, and what cannot be forged."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from registration.banners import referrers
from registration.banners.counting import count_notes
from registration.banners.models import Origin, Referrer
from tests.banners.noted import DAY, NOW, line, write
from tests.races import needs_postgresql, run_at_once

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SEEN_DIR = tmp_path / "seen"
    settings.BASE_URL = "https://portal.example.org"
    return settings.SEEN_DIR


@pytest.fixture
def click(reference: SimpleNamespace, folder: Path) -> Callable[..., None]:
    """Clicks from these websites, each by a network of its own, counted at once."""
    reference.hospital.website = "https://www.baichay.example.org/vi/"
    reference.hospital.save()
    networks = iter(range(100_000))

    def count(*hosts: str, at: datetime = NOW, network: str = "") -> None:
        code = reference.placement.code
        notes = [
            line(
                code,
                "click",
                at,
                network=network or f"198.{next(networks)}.",
                agent=f"Firefox {next(networks)}",
                referrer=host and f"https://{host}",
            )
            for host in hosts
        ]
        write(folder, *notes, name="clicks")
        count_notes(now=at)

    return count


def learnt(*fields: str) -> list[Any]:
    return list(Referrer.objects.order_by("host").values_list("host", *fields, flat=not fields))


def test_clicks_tell_on_which_website(
    reference: SimpleNamespace, folder: Path, click: Callable[..., None]
) -> None:
    own = "www.baichay.example.org"
    click(own, own, "portal.example.org", "", "tin.example.net:8080")
    view = line(reference.placement.code, network="192.0.2.", referrer="https://views.example.org")
    write(folder, view)
    click(own, at=TOMORROW)

    assert learnt("clicks", "first_seen_on", "last_seen_on") == [
        ("tin.example.net", 1, DAY, DAY),
        ("www.baichay.example.org", 3, DAY, date(2026, 11, 21)),
    ]


def test_invented_websites_keep_no_true_one_from_being_learnt(click: Callable[..., None]) -> None:
    click(*(f"h{number}.example.net" for number in range(150)))
    click(*(f"h{number}.baichay.example.org" for number in range(150)))

    click("news.example.net")
    click("baichay.example.org", "m.baichay.example.org")
    click(*(f"again{number}.baichay.example.org" for number in range(150)))

    hosts = learnt()
    own = [host for host in hosts if host.endswith("baichay.example.org")]
    assert (len(own), len(hosts)) == (referrers.MOST_OWN, 110)
    assert {"news.example.net", "baichay.example.org"} <= set(hosts)


def test_what_was_not_seen_for_long_gives_way_then_what_is_seldom(
    monkeypatch: pytest.MonkeyPatch, click: Callable[..., None]
) -> None:
    monkeypatch.setattr(referrers, "MOST_FOREIGN", 2)
    click("old.example.net", "old.example.net", "old.example.net")
    click("often.example.net", "often.example.net", "seldom.example.net", at=TOMORROW)
    first = learnt()
    click("new.example.net", at=TOMORROW)

    assert first == ["often.example.net", "seldom.example.net"]
    assert learnt() == ["new.example.net", "often.example.net"]


@pytest.mark.parametrize(
    ("hosts", "believed"),
    [
        (["www.baichay.example.org"] * 3, True),
        (["m.baichay.example.org"] * 3, True),
        (["old.example.net"] * 3, True),
        (["baichay.example.org"] * 2, False),
        (["baichay.example.org", "baichay.example.org", "m.baichay.example.org"], False),
        (["notbaichay.example.org"] * 5, False),
        (["example.org"] * 5, False),
    ],
    ids=["host", "below it", "further", "two networks", "not of one", "ends alike", "above it"],
)
def test_a_click_is_believed_from_the_units_own_website_and_of_three_networks(
    reference: SimpleNamespace, click: Callable[..., None], hosts: list[str], believed: bool
) -> None:
    Origin.objects.create(unit=reference.hospital, origin="https://old.example.net")

    click(*hosts)

    days = {day for _host, day in learnt("believed_on")}
    assert days == ({DAY} if believed else {None})


def test_one_network_is_not_believed_though_it_clicks_often(click: Callable[..., None]) -> None:
    for _time in range(10):
        click(*["baichay.example.org"] * 3, network="203.0.113.")

    assert learnt("clicks", "networks", "believed_on") == [("baichay.example.org", 30, 1, None)]


def test_networks_are_those_of_one_day_and_belief_stays_with_it(
    click: Callable[..., None],
) -> None:
    click(*["baichay.example.org"] * 2)
    click("baichay.example.org", at=TOMORROW)
    before = learnt("networks", "believed_on")
    click(*["baichay.example.org"] * 2, at=TOMORROW)
    click("baichay.example.org", at=TOMORROW + timedelta(days=1))

    assert before == [("baichay.example.org", 1, None)]
    assert learnt("networks", "believed_on") == [("baichay.example.org", 1, date(2026, 11, 21))]


def test_learning_asks_as_often_for_one_click_as_for_fifty(
    reference: SimpleNamespace,
    click: Callable[..., None],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    click("baichay.example.org")

    one = count_queries(lambda: click("one.example.net"))
    many = count_queries(lambda: click(*(f"h{n}.baichay.example.org" for n in range(50))))

    assert one == many


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_clicks_learnt_at_once_are_all_there(reference: SimpleNamespace) -> None:
    def visit(number: int) -> Any:
        return referrers.Visit(
            reference.placement, "click", DAY, f"{number:032}", "https://a.example.net", True
        )

    def learn() -> None:
        for number in range(20):
            referrers.learn_referrers([visit(number)])

    results = run_at_once([learn] * 4)

    row = Referrer.objects.get()
    assert (results, row.clicks, row.networks) == ([None] * 4, 80, 80)
