from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone, translation

from registration.banners import services, targets
from registration.banners.models import Banner, DayClicks, Placement
from registration.banners.services import (
    code_to_paste,
    count_click,
    find_placement,
)
from registration.campaigns.models import Campaign
from tests import factories
from tests.races import needs_postgresql, run_at_once

DAY = date(2026, 11, 20)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def clicks() -> list[tuple[int, date, int]]:
    return list(DayClicks.objects.order_by("day").values_list("placement_id", "day", "count"))


def test_find_placement_in_any_case(reference: SimpleNamespace) -> None:
    placement = reference.placement

    found = [find_placement(code) for code in (placement.code, placement.code.upper())]

    assert found == [placement, placement]


@pytest.mark.parametrize("code", ["", "zzzzzzzzzz", "abcde2345\x00", "' OR 1=1 --", "x" * 5000])
def test_find_placement_of_an_unknown_code(reference: SimpleNamespace, code: str) -> None:
    assert find_placement(code) is None


def test_find_placement_does_not_find_a_closed_one(reference: SimpleNamespace) -> None:
    Placement.objects.update(closed_at=timezone.now())

    assert find_placement(reference.placement.code) is None


def test_count_click_adds_to_the_day(reference: SimpleNamespace) -> None:
    for day in (DAY, DAY, date(2026, 11, 21)):
        count_click(reference.placement, day=day)

    pk = reference.placement.pk
    assert clicks() == [(pk, DAY, 2), (pk, date(2026, 11, 21), 1)]


def test_count_click_is_one_statement(
    reference: SimpleNamespace, max_queries: Callable[[int], Any]
) -> None:
    with max_queries(1):
        count_click(reference.placement, day=DAY)


def read_then_write(placement: Placement, *, day: date) -> None:
    row, _made = DayClicks.objects.get_or_create(placement=placement, day=day)
    row.count += 1
    row.save()


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("count", "exact"),
    [(count_click, True), (read_then_write, False)],
    ids=["one statement", "twin that reads and writes"],
)
def test_count_click_at_once(
    reference: SimpleNamespace, count: Callable[..., None], exact: bool
) -> None:
    def click_often() -> None:
        for _click in range(40):
            count(reference.placement, day=DAY)

    results = run_at_once([click_often] * 6)

    counted = DayClicks.objects.get().count
    if exact:
        assert (results, counted) == ([None] * 6, 240)
    else:
        assert counted < 240


def test_code_to_paste_is_a_plain_link_and_image(reference: SimpleNamespace, settings: Any) -> None:
    settings.BASE_URL = "https://portal.example.org"
    placement = reference.placement
    Banner.objects.update(alt_vi='Hiến "mô" & <tạng>')
    placement.refresh_from_db()
    placement.banner.refresh_from_db()

    with translation.override("tr"):
        html = code_to_paste(placement)

    assert html == (
        f'<a href="https://portal.example.org/b/{placement.code}/">'
        f'<img src="https://portal.example.org/b/{placement.code}/banner.png"'
        ' width="728" height="90" alt="Hiến &quot;mô&quot; &amp; &lt;tạng&gt;"></a>'
    )
    assert [tag for tag, _attributes in Tags(html).found] == ["a", "img"]
    assert Tags(html).found[1][1]["alt"] == 'Hiến "mô" & <tạng>'


def test_target_of_is_the_form_of_the_province_without_a_page(
    reference: SimpleNamespace,
) -> None:
    placement = reference.placement

    assert targets.target_of(placement) == f"/vi/pledge/vn-22/?b={placement.code}"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "blood"}, "/vi/"),
        ({"province": None}, "/vi/pledge/vn-22/"),
    ],
)
def test_target_of_falls_back(
    reference: SimpleNamespace, changes: dict[str, Any], path: str
) -> None:
    Campaign.objects.update(**changes)
    placement = services.find_placement(reference.placement.code)

    assert targets.target_of(placement) == f"{path}?b={placement.code}"


def test_target_of_a_unit_without_a_province_is_the_front_page(
    reference: SimpleNamespace,
) -> None:
    Campaign.objects.update(province=None)
    unit = factories.UnitFactory(province=None, jurisdiction=reference.tr)
    placement = factories.PlacementFactory(banner=reference.banner, unit=unit, language="tr")
    placement = services.find_placement(placement.code)

    assert targets.target_of(placement) == f"/tr/?b={placement.code}"


def test_target_of_asks_the_finder_and_remembers_what_it_found(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def find(campaign: Campaign, language: str) -> str | None:
        asked.append((campaign.code, language))
        return None if len(asked) == 1 else "/vi/hien-tang/"

    monkeypatch.setattr(targets, "_finders", [])
    targets.register_finder(find)
    targets.register_finder(find)
    placement = reference.placement

    led = [targets.target_of(placement) for _click in range(3)]

    assert led == [
        f"/vi/pledge/vn-22/?b={placement.code}",
        f"/vi/hien-tang/?b={placement.code}",
        f"/vi/hien-tang/?b={placement.code}",
    ]
    assert asked == [("cho-di-la-con-mai-quang-ninh", "vi")] * 2
