from io import StringIO

from django.core.management import call_command
from django.utils import translation

from registration.campaigns.models import Campaign
from registration.units import reference
from registration.units.loading import Loading
from registration.units.models import (
    CallLine,
    FormerProvince,
    Holiday,
    Jurisdiction,
    Locality,
    OrganOffer,
    Province,
    Stewardship,
    Unit,
)
from registration.units.places import department_of


def reload() -> tuple[Loading, str]:
    """A second load through the command; what it printed, and the same load's own notes."""
    loading = Loading()
    with translation.override("en"):
        reference.load(loading)
    told = StringIO()
    call_command("load_reference", stdout=told)
    return loading, told.getvalue()


def test_first_load_brings_every_row(loaded: str) -> None:
    assert Province.objects.filter(jurisdiction="TR").count() == 81
    assert Province.objects.filter(jurisdiction="VN").count() == 34
    assert FormerProvince.objects.count() == 63
    assert Locality.objects.filter(province__jurisdiction="TR").count() == 973
    assert Locality.objects.filter(province__jurisdiction="VN").count() == 3321
    assert OrganOffer.objects.count() == 34
    assert Holiday.objects.count() == 125
    assert "provinces: 115 created, 0 unchanged, 0 different here and kept" in loaded.splitlines()


def test_every_province_has_one_department(loaded: str) -> None:
    departments = Unit.objects.filter(kind="department")

    assert departments.count() == Province.objects.count()
    assert {d.province_id for d in departments} == {p.pk for p in Province.objects.all()}
    quang_ninh = department_of(Province.objects.get(jurisdiction="VN", code="22"))
    assert quang_ninh is not None
    assert (quang_ninh.code, quang_ninh.name_vi) == ("quang-ninh", "Sở Y tế tỉnh Quảng Ninh")


def test_names_are_kept_in_each_language_and_folded_in_their_own(loaded: str) -> None:
    turkey = Jurisdiction.objects.get(code="TR")
    gol = Locality.objects.get(province__jurisdiction="TR", full_name="Ilgın")
    hospital = Unit.objects.get(code="benh-vien-da-khoa-tinh-quang-ninh")

    assert (turkey.name_vi, turkey.name_tr, turkey.name_en) == ("Thổ Nhĩ Kỳ", "Türkiye", "Türkiye")
    assert gol.folded == "ilgin"
    assert hospital.folded == "benh vien da khoa tinh quang ninh"


def test_shipped_units_would_pass_the_form(loaded: str) -> None:
    for unit in Unit.objects.all():
        unit.full_clean()
    for jurisdiction in Jurisdiction.objects.all():
        jurisdiction.full_clean()
    for campaign in Campaign.objects.all():
        campaign.full_clean()


def test_only_demo_contacts_have_made_up_addresses(loaded: str) -> None:
    reachable = Unit.objects.filter(is_demo_contact=False).exclude(email="")

    assert [unit.email for unit in reachable] == []
    assert CallLine.objects.filter(is_demo=False).count() == 0
    assert set(Unit.objects.exclude(email="").values_list("is_demo_contact", flat=True)) == {True}


def test_uterus_is_not_offered_until_a_ministry_confirms(loaded: str) -> None:
    offers = OrganOffer.objects.filter(organ="uterus").values_list("jurisdiction", "is_offered")

    assert sorted(offers) == [("TR", False), ("VN", False)]


def test_second_load_changes_nothing_and_says_so(loaded: str) -> None:
    before = list(Unit.objects.order_by("pk").values())

    loading, told = reload()

    assert sum(loading.created.values()) == 0
    assert loading.kept == []
    assert loading.unchanged["units.locality"] == 4294
    assert list(Unit.objects.order_by("pk").values()) == before
    assert "provinces: 0 created, 115 unchanged, 0 different here and kept" in told.splitlines()


def test_an_edited_row_is_kept_and_reported(loaded: str) -> None:
    unit = Unit.objects.get(code="quang-ninh")
    shipped = unit.website
    unit.website = "https://soyte.quang-ninh.example.org"
    unit.save()

    loading, told = reload()

    unit.refresh_from_db()
    assert unit.website == "https://soyte.quang-ninh.example.org"
    assert loading.kept == [
        f"unit quang-ninh: website is 'https://soyte.quang-ninh.example.org', shipped {shipped!r}"
    ]
    assert f"  kept: {loading.kept[0]}" in told.splitlines()


def test_a_newly_shipped_row_is_added(loaded: str) -> None:
    Unit.objects.filter(code="vnhot").delete()

    loading, _told = reload()

    assert loading.created["units.unit"] == 1
    assert Unit.objects.get(code="vnhot").parent.code == "bo-y-te"


def test_a_changed_number_does_not_come_back(loaded: str) -> None:
    line = CallLine.objects.select_related("unit").order_by("pk").first()
    shipped = line.number
    line.number = "0322 000 99 99"
    line.save()

    loading, _told = reload()

    assert [found.number for found in line.unit.call_lines.all()] == ["0322 000 99 99"]
    assert loading.kept == [
        f"callline {line.unit} {shipped}: shipped, the list there is kept",
    ]


def test_a_new_steward_is_not_put_beside_by_the_shipped_one(loaded: str) -> None:
    stewardship = Stewardship.objects.get()
    stewardship.unit = Unit.objects.get(code="quang-ninh")
    stewardship.save()

    loading, _told = reload()

    assert [s.unit.code for s in Stewardship.objects.all()] == ["quang-ninh"]
    assert loading.different["units.stewardship"] == 1


def test_loading_asks_few_questions(loaded: str, max_queries: object) -> None:
    with max_queries(100):  # type: ignore[operator]
        reference.load(Loading())
