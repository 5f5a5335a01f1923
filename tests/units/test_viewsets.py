from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from registration.units.models import CallLine, Jurisdiction, OrganOffer, Stewardship, Unit
from tests import factories

SCREENS = ["jurisdiction", "organoffer", "unit", "stewardship", "callline"]
LANGUAGES = ["Tiếng Việt", "Türkçe", "English"]


@pytest.fixture
def cms(administrator: Staff, client: Client) -> Client:
    client.force_login(administrator)
    return client


def url(screen: str, view: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_units_{screen}:{view}", args=args)


def names_on(page: Any) -> list[str]:
    return [unit.name_vi for unit in page.context["object_list"]]


@pytest.mark.parametrize("screen", SCREENS)
def test_each_screen_has_a_list_and_a_form(
    reference: SimpleNamespace, cms: Client, screen: str
) -> None:
    assert cms.get(url(screen, "list")).status_code == 200
    assert cms.get(url(screen, "add")).status_code == 200


def test_all_screens_stand_in_one_menu(reference: SimpleNamespace, cms: Client) -> None:
    page = cms.get("/cms/").content.decode()

    assert "Registration data" in page
    for screen in SCREENS:
        assert url(screen, "list") in page


def test_a_unit_is_made_with_its_name_in_each_language(
    reference: SimpleNamespace, cms: Client
) -> None:
    page = cms.get(url("unit", "add"))
    answers = {
        "code": "bach-mai",
        "kind": "hospital",
        "jurisdiction": "VN",
        "province": reference.quang_ninh.pk,
        "ownership": "public",
        "is_active": "on",
        "name_vi": "Bệnh viện Bạch Mai",
        "name_tr": "Bach Mai Hastanesi",
        "name_en": "Bach Mai Hospital",
    }

    response = cms.post(url("unit", "add"), answers)

    unit = Unit.objects.get(code="bach-mai")
    assert response["Location"] == url("unit", "list")
    assert [f"name ({language})" in page.content.decode() for language in LANGUAGES] == [True] * 3
    assert "name" not in page.context["form"].fields
    assert (unit.name_vi, unit.name_tr, unit.name_en, unit.folded) == (
        "Bệnh viện Bạch Mai",
        "Bach Mai Hastanesi",
        "Bach Mai Hospital",
        "benh vien bach mai",
    )
    with translation.override("tr"):
        assert str(unit) == "Bach Mai Hastanesi"


def test_a_changed_name_is_found_by_its_new_folded_form(
    reference: SimpleNamespace, cms: Client
) -> None:
    unit = reference.hospital
    page = cms.get(url("unit", "edit", unit.pk))
    answers = {k: v for k, v in page.context["form"].initial.items() if v is not None}

    cms.post(url("unit", "edit", unit.pk), answers | {"name_vi": "Bệnh viện Việt Nam – Thụy Điển"})

    unit.refresh_from_db()
    assert unit.folded == "benh vien viet nam – thuy dien"
    assert names_on(cms.get(url("unit", "list"), {"q": "THỤY điển"})) == [unit.name_vi]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("bai chay", ["Bệnh viện Bãi Cháy"], id="no-accents"),
        pytest.param("BÃI CHÁY", ["Bệnh viện Bãi Cháy"], id="capitals"),
        pytest.param("ilgin", ["Ilgın Devlet Hastanesi"], id="dotless-i"),
        pytest.param("ILGIN", ["Ilgın Devlet Hastanesi"], id="turkish-capitals"),
        pytest.param("ılgın", ["Ilgın Devlet Hastanesi"], id="small-dotless"),
        pytest.param("nothing such", [], id="nothing"),
    ],
)
def test_units_are_searched_without_accents(
    reference: SimpleNamespace, cms: Client, typed: str, found: list[str]
) -> None:
    factories.UnitFactory(
        province=reference.adana,
        name_tr="Ilgın Devlet Hastanesi",
        name_vi="Ilgın Devlet Hastanesi",
    )

    page = cms.get(url("unit", "list"), {"q": typed})
    chooser = cms.get(reverse("wagtailsnippetchoosers_units_unit:choose_results"), {"q": typed})

    assert names_on(page) == found
    assert [unit.name_vi for unit in chooser.context["results"]] == found


def test_units_are_filtered(reference: SimpleNamespace, cms: Client) -> None:
    page = cms.get(url("unit", "list"), {"kind": "department", "jurisdiction": "TR"})

    assert names_on(page) == ["Sở Y tế Adana"]


def test_a_unit_in_another_countrys_province_is_refused(
    reference: SimpleNamespace, cms: Client
) -> None:
    answers = {
        "code": "bach-mai",
        "kind": "hospital",
        "jurisdiction": "VN",
        "province": reference.adana.pk,
        "ownership": "public",
        "name_vi": "Bệnh viện Bạch Mai",
    }

    page = cms.post(url("unit", "add"), answers)

    assert page.context["form"].errors["province"] == ["This province belongs to another country."]
    assert not Unit.objects.filter(code="bach-mai").exists()


def test_a_jurisdictions_law_is_changed(reference: SimpleNamespace, cms: Client) -> None:
    page = cms.get(url("jurisdiction", "edit", "VN"))
    answers = {k: v for k, v in page.context["form"].initial.items() if v is not None}

    cms.post(url("jurisdiction", "edit", "VN"), answers | {"minimum_age": 20})
    wrong = cms.post(url("jurisdiction", "edit", "VN"), answers | {"time_zone": "Asia/Hanoi"})

    assert Jurisdiction.objects.get(code="VN").minimum_age == 20
    assert wrong.context["form"].errors["time_zone"] == [
        "Write a time zone by its name, such as Europe/Istanbul or Asia/Ho_Chi_Minh."
    ]


def test_an_organ_is_taken_off_the_form(reference: SimpleNamespace, cms: Client) -> None:
    offer = OrganOffer.objects.get(jurisdiction="VN", organ="cornea")

    cms.post(
        url("organoffer", "edit", offer.pk),
        {"jurisdiction": "VN", "organ": "cornea", "basis": "Letter", "confidence": "verified"},
    )

    offer.refresh_from_db()
    assert not offer.is_offered


def test_a_second_steward_at_a_time_is_refused(reference: SimpleNamespace, cms: Client) -> None:
    answers = {
        "province": reference.quang_ninh.pk,
        "unit": reference.hospital.pk,
        "starts_on": "2026-01-01",
    }

    page = cms.post(url("stewardship", "add"), answers)

    assert page.status_code == 200
    assert Stewardship.objects.count() == 1


def test_a_stewardship_ends_after_it_starts(reference: SimpleNamespace, cms: Client) -> None:
    stewardship = Stewardship.objects.get()
    answers = {
        "province": reference.quang_ninh.pk,
        "unit": reference.steward.pk,
        "starts_on": "2024-06-18",
        "ends_on": "2024-06-18",
    }

    page = cms.post(url("stewardship", "edit", stewardship.pk), answers)

    assert page.context["form"].errors["ends_on"] == ["The end must lie after the start."]


@pytest.mark.parametrize("screen", ["jurisdiction", "unit", "stewardship", "organoffer"])
def test_rows_that_others_lean_on_are_never_deleted(
    reference: SimpleNamespace, cms: Client, screen: str
) -> None:
    model = {
        "jurisdiction": Jurisdiction,
        "unit": Unit,
        "stewardship": Stewardship,
        "organoffer": OrganOffer,
    }[screen]
    row = model.objects.order_by("pk").last()
    before = model.objects.count()

    one = cms.post(url(screen, "delete", row.pk))
    many = cms.post(f"/cms/bulk/units/{screen}/delete/?id={row.pk}")

    assert one["Location"] == "/cms/"
    assert many.status_code in (302, 403)
    assert model.objects.count() == before


def test_a_call_line_may_be_deleted(reference: SimpleNamespace, cms: Client) -> None:
    line = CallLine.objects.create(
        unit=reference.hospital, number="0203 000 00 01", label_vi="Tổng đài"
    )

    cms.post(url("callline", "delete", line.pk))

    assert CallLine.objects.count() == 0


def test_an_editor_changes_contacts_and_not_whose_registrations_are_seen(
    reference: SimpleNamespace, client: Client
) -> None:
    editor = make_staff("dao", name="Đào", roles=["editor"])
    client.force_login(editor)
    unit = reference.hospital
    page = client.get(url("unit", "edit", unit.pk))
    answers = {
        "ownership": "public",
        "name_vi": "Bệnh viện Bãi Cháy",
        "website": "https://bai-chay.example.org",
        "kind": "department",
        "province": reference.thanh_hoa.pk,
        "is_active": "",
    }

    client.post(url("unit", "edit", unit.pk), answers)

    unit.refresh_from_db()
    closed = {"code", "kind", "jurisdiction", "province", "parent", "is_active"}
    assert closed & set(page.context["form"].fields) == set()
    assert unit.website == "https://bai-chay.example.org"
    assert (unit.kind, unit.province, unit.is_active) == ("hospital", reference.quang_ninh, True)


@pytest.mark.parametrize(
    ("screen", "view"),
    [
        ("unit", "add"),
        ("jurisdiction", "list"),
        ("stewardship", "list"),
        ("stewardship", "add"),
        ("organoffer", "add"),
    ],
)
def test_an_editor_does_not_touch_law_or_stewards(
    reference: SimpleNamespace, client: Client, screen: str, view: str
) -> None:
    client.force_login(make_staff("dao", name="Đào", roles=["editor"]))

    assert client.get(url(screen, view))["Location"] == "/cms/"


def test_the_list_of_units_asks_as_much_for_many_as_for_few(
    reference: SimpleNamespace, cms: Client, count_queries: Any
) -> None:
    cms.get(url("unit", "list"))
    few = count_queries(lambda: cms.get(url("unit", "list")))
    for _number in range(10):
        factories.UnitFactory(province=reference.thanh_hoa)

    assert count_queries(lambda: cms.get(url("unit", "list"))) == few


def test_a_day_is_read_in_the_jurisdictions_zone(reference: SimpleNamespace) -> None:
    assert str(reference.vn.zone) == "Asia/Ho_Chi_Minh"
    assert reference.vn.minimum_age_on == date(2007, 7, 1)
