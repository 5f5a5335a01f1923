"""Getting a code: what a unit may carry, once, however many ask."""

from datetime import date
from types import SimpleNamespace

import pytest

from registration.banners.choices import Size
from registration.banners.models import Banner, Placement
from registration.banners.services import place
from registration.common.errors import RuleBroken
from registration.kit.finding import banners_for, find_units
from tests import factories
from tests.races import needs_postgresql, run_at_once

DAY = date(2026, 11, 20)
NOW = factories.NOON


def get_code(reference: SimpleNamespace, **changes: object) -> Placement:
    how = {"language": "tr", "size": Size.RECTANGLE, **changes}
    return place(reference.banner, reference.hospital, now=NOW, **how)


def test_place_gives_the_same_code_to_whoever_asks_again(reference: SimpleNamespace) -> None:
    first, second = get_code(reference), get_code(reference)

    assert first == second
    assert (first.unit, first.banner) == (reference.hospital, reference.banner)
    assert (first.language, first.size, first.prompt, first.closed_at) == (
        "tr",
        "300x250",
        None,
        None,
    )


def test_place_tells_languages_and_sizes_apart(reference: SimpleNamespace) -> None:
    codes = {
        get_code(reference, language=language, size=size).code
        for language in ("vi", "tr")
        for size in (Size.LARGE, Size.PHONE)
    }

    assert len(codes) == 4


def test_place_gives_a_new_code_after_the_old_one_was_closed(reference: SimpleNamespace) -> None:
    closed = get_code(reference)
    closed.closed_at = NOW
    closed.save()

    assert get_code(reference).code != closed.code


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda r: setattr(r.banner, "live", False), id="draft"),
        pytest.param(lambda r: setattr(r.banner, "ends_on", date(2026, 11, 19)), id="over"),
        pytest.param(lambda r: setattr(r.campaign, "starts_on", date(2026, 11, 21)), id="not-yet"),
        pytest.param(lambda r: setattr(r.campaign, "province", r.thanh_hoa), id="other-province"),
        pytest.param(lambda r: setattr(r.campaign, "jurisdiction", r.tr), id="other-country"),
        pytest.param(lambda r: setattr(r.hospital, "is_active", False), id="unit-left"),
    ],
)
def test_place_refuses_what_the_unit_may_not_carry(reference: SimpleNamespace, spoil) -> None:
    reference.banner.campaign = reference.campaign
    spoil(reference)

    with pytest.raises(RuleBroken) as refused:
        get_code(reference)

    assert refused.value.code == "banner_over"
    assert Placement.objects.exclude(pk=reference.placement.pk).count() == 0


def test_place_at_noon_counts_the_day_of_the_units_zone(reference: SimpleNamespace) -> None:
    reference.banner.ends_on = DAY
    late = NOW.replace(hour=17)

    with pytest.raises(RuleBroken):
        place(reference.banner, reference.hospital, language="vi", size=Size.LARGE, now=late)


def test_banners_for_a_unit_are_its_provinces_then_its_countrys(reference: SimpleNamespace) -> None:
    national = factories.BannerFactory(campaign__owner=reference.steward, campaign__province=None)
    factories.BannerFactory(campaign__owner=reference.thanh_hoa_department)
    factories.BannerFactory(campaign__owner=reference.adana_department)

    found = banners_for(reference.hospital, day=DAY)

    assert found == [reference.banner, national]
    assert banners_for(reference.adana_department, day=DAY)[0].campaign.province == reference.adana


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("bãi cháy", ["bai-chay"], id="as-written"),
        pytest.param("BAI CHAY", ["bai-chay"], id="bare"),
        pytest.param("chay quang ninh", ["bai-chay"], id="words-and-province"),
        pytest.param("adana il", ["adana"], id="another-country"),
        pytest.param("ADANA İL", ["adana"], id="turkish-capitals"),
        pytest.param("bãi thanh hóa", [], id="wrong-province"),
        pytest.param("", [], id="nothing"),
        pytest.param("%", [], id="wildcard"),
        pytest.param("bai\x00chay", ["bai-chay"], id="nul"),
    ],
)
def test_find_units_by_words_of_the_name(
    reference: SimpleNamespace, typed: str, found: list[str]
) -> None:
    assert [unit.code for unit in find_units(typed, language="vi")] == found


def test_find_units_leaves_out_who_left_and_who_carries_none(reference: SimpleNamespace) -> None:
    factories.UnitFactory(name_vi="Bãi Cháy A", is_active=False, province=reference.quang_ninh)
    factories.UnitFactory(name_vi="Bãi Cháy B", kind="ministry", province=reference.quang_ninh)

    assert [unit.code for unit in find_units("bai chay", language="vi")] == ["bai-chay"]


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_place_raced_gives_one_code(reference: SimpleNamespace) -> None:
    banner = Banner.objects.select_related("campaign").get(pk=reference.banner.pk)

    def ask() -> str:
        return place(banner, reference.hospital, language="tr", size=Size.LARGE, now=NOW).code

    codes = run_at_once([ask] * 8)

    assert len(set(codes)) == 1
    assert Placement.objects.filter(size=Size.LARGE).count() == 1
