from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from registration.banners import services, targets
from registration.banners.models import Placement
from registration.banners.services import find_placement
from registration.campaigns.models import Campaign
from tests import factories

DAY = date(2026, 11, 20)


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


def test_target_of_is_the_form_of_the_province_without_a_page(
    reference: SimpleNamespace,
) -> None:
    placement = reference.placement

    assert targets.target_of(placement, day=DAY) == f"/vi/pledge/vn-22/?b={placement.code}"


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

    assert targets.target_of(placement, day=DAY) == f"{path}?b={placement.code}"


def test_target_of_a_unit_without_a_province_is_the_front_page(
    reference: SimpleNamespace,
) -> None:
    Campaign.objects.update(province=None)
    unit = factories.UnitFactory(province=None, jurisdiction=reference.tr)
    placement = factories.PlacementFactory(banner=reference.banner, unit=unit, language="tr")
    placement = services.find_placement(placement.code)

    assert targets.target_of(placement, day=DAY) == f"/tr/?b={placement.code}"


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

    led = [targets.target_of(placement, day=DAY) for _click in range(3)]

    assert led == [
        f"/vi/pledge/vn-22/?b={placement.code}",
        f"/vi/hien-tang/?b={placement.code}",
        f"/vi/hien-tang/?b={placement.code}",
    ]
    assert asked == [("cho-di-la-con-mai-quang-ninh", "vi")] * 2
