import pytest
from django.conf import settings

from registration.banners import reference as shipped
from registration.banners.models import Banner, Placement
from registration.units.reference import Loading, read_rows
from tests import factories

pytestmark = pytest.mark.django_db
BANNERS = read_rows(shipped.DATA / "banners.csv")
PLACEMENTS = read_rows(shipped.DATA / "placements.csv")


@pytest.fixture
def stage() -> None:
    """The campaigns and units that the shipped rows name."""
    for code in sorted({row["campaign"] for row in BANNERS}):
        factories.CampaignFactory(code=code)
    for code in sorted({row["unit"] for row in PLACEMENTS}):
        factories.UnitFactory(code=code)


def codes() -> dict[tuple[str, str, str, str], str]:
    rows = Placement.objects.values_list("unit__code", "banner__code", "language", "size", "code")
    return {tuple(row[:4]): row[4] for row in rows}


def test_load_brings_every_row_once(stage: None) -> None:
    first, second = Loading(), Loading()
    shipped.load(first)
    before = codes()

    shipped.load(second)

    assert first.created == {"banners.banner": len(BANNERS), "banners.placement": len(PLACEMENTS)}
    assert (+second.created, second.kept) == ({}, [])
    assert codes() == before
    assert len(set(before.values())) == len(PLACEMENTS)


def test_load_keeps_what_an_editor_changed_and_closed(stage: None) -> None:
    shipped.load(Loading())
    Banner.objects.filter(code="organ-bagisi").update(headline_tr="Değişti")
    closed = Placement.objects.first()
    Placement.objects.filter(pk=closed.pk).update(closed_at=closed.created_at)
    loading = Loading()

    shipped.load(loading)

    assert Banner.objects.get(code="organ-bagisi").headline_tr == "Değişti"
    assert [line.partition(":")[0] for line in loading.kept] == ["banner organ-bagisi"]
    assert Placement.objects.count() == len(PLACEMENTS)


def test_shipped_words_fit_their_fields_in_every_language() -> None:
    for row in BANNERS:
        for language, _name in settings.LANGUAGES:
            for field in ("headline", "call", "alt"):
                limit = Banner._meta.get_field(field).max_length
                assert 0 < len(row[f"{field}_{language}"]) <= limit, (row["code"], field, language)
