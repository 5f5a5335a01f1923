from datetime import date

import pytest
from django.conf import settings
from wagtail.models import Workflow, WorkflowContentType

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


def test_load_lets_banners_be_approved_and_keeps_another_way(stage: None) -> None:
    shipped.load(Loading())
    first = Banner.get_default_workflow()
    other = Workflow.objects.create(name="Two departments", active=True)
    WorkflowContentType.objects.update(workflow=other)

    shipped.load(Loading())

    assert first is not None
    assert Banner.get_default_workflow() == other


def test_shipped_banners_are_published_and_each_is_told_when_it_ends(stage: None) -> None:
    shipped.load(Loading())

    ends = {b.code: b.ends_on for b in Banner.objects.exclude(ends_on=None)}
    assert not Banner.objects.filter(live=False).exists()
    assert ends == {"giot-hong-blu-trang-2023": date(2023, 12, 31)}
    assert {row["look"] for row in BANNERS} == {"deep", "light", "warm"}


def test_shipped_words_fit_their_fields_in_every_language() -> None:
    for row in BANNERS:
        for language, _name in settings.LANGUAGES:
            for field in ("headline", "call", "alt"):
                limit = Banner._meta.get_field(field).max_length
                assert 0 < len(row[f"{field}_{language}"]) <= limit, (row["code"], field, language)
