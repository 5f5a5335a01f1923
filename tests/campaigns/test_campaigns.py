from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from registration.campaigns.models import Campaign, UnitTarget
from tests import factories


@pytest.fixture
def cms(administrator: Staff, client: Client) -> Client:
    client.force_login(administrator)
    return client


def url(screen: str, view: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_campaigns_{screen}:{view}", args=args)


def answers_for(reference: SimpleNamespace, **changed: Any) -> dict[str, Any]:
    return {
        "code": "giot-hong",
        "kind": "blood",
        "jurisdiction": "VN",
        "province": reference.thanh_hoa.pk,
        "owner": reference.thanh_hoa_department.pk,
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-31",
        "title_vi": "Giọt hồng Blu trắng",
        "title_tr": "Beyaz önlükten kırmızı damla",
        "title_en": "Red drops from white coats",
    } | changed


@pytest.mark.parametrize(
    ("day", "after_end", "takes"),
    [
        pytest.param(date(2026, 2, 28), False, False, id="the-day-before"),
        pytest.param(date(2026, 3, 1), False, True, id="the-first-day"),
        pytest.param(date(2026, 3, 31), False, True, id="the-last-day"),
        pytest.param(date(2026, 4, 1), False, False, id="the-day-after"),
        pytest.param(date(2026, 4, 1), True, True, id="after-the-end-where-the-letter-says-so"),
        pytest.param(date(2026, 2, 28), True, False, id="never-before-the-start"),
    ],
)
def test_registers_on(day: date, after_end: bool, takes: bool) -> None:
    campaign = Campaign(
        starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), registers_after_end=after_end
    )

    assert campaign.registers_on(day) is takes


def test_a_campaign_without_an_end_goes_on() -> None:
    campaign = Campaign(starts_on=date(2026, 3, 1), registers_after_end=False)

    assert campaign.registers_on(date(2099, 1, 1)) is True


def test_the_letters_campaigns_are_shipped(db: None) -> None:
    call_command("load_reference", stdout=StringIO())

    quang_ninh = Campaign.objects.get(code="cho-di-la-con-mai-quang-ninh")
    assert Campaign.objects.count() == 5
    assert (quang_ninh.parent.code, quang_ninh.owner.code) == ("cho-di-la-con-mai", "quang-ninh")
    assert (quang_ninh.plan_number, quang_ninh.starts_on) == ("2589/SYT-VP", date(2024, 6, 18))


def test_a_second_load_keeps_an_editors_words(db: None) -> None:
    call_command("load_reference", stdout=StringIO())
    campaign = Campaign.objects.get(code="giot-hong-blu-trang-2023")
    campaign.slogan_vi = "Một giọt máu cho đi, một cuộc đời ở lại"
    campaign.save()
    told = StringIO()

    call_command("load_reference", stdout=told)

    campaign.refresh_from_db()
    assert campaign.slogan_vi == "Một giọt máu cho đi, một cuộc đời ở lại"
    assert "campaigns: 0 created, 4 unchanged, 1 different here and kept" in told.getvalue()


def test_a_campaign_is_made_with_a_title_in_each_language(
    reference: SimpleNamespace, cms: Client
) -> None:
    assert cms.get(url("campaign", "add")).status_code == 200

    response = cms.post(url("campaign", "add"), answers_for(reference))

    made = Campaign.objects.get(code="giot-hong")
    assert response["Location"] == url("campaign", "list")
    assert (made.title_vi, made.title_tr, made.title_en) == (
        "Giọt hồng Blu trắng",
        "Beyaz önlükten kırmızı damla",
        "Red drops from white coats",
    )
    page = cms.get(url("campaign", "list"), {"q": "giot hong"})
    assert [found.code for found in page.context["object_list"]] == ["giot-hong"]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        pytest.param(
            {"ends_on": "2026-02-28"},
            "ends_on",
            "The campaign ends before it starts.",
            id="ends-before",
        ),
        pytest.param(
            {"jurisdiction": "TR"},
            "province",
            "This province belongs to another country.",
            id="other-country",
        ),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(
    reference: SimpleNamespace, cms: Client, changed: dict[str, str], field: str, sentence: str
) -> None:
    page = cms.post(url("campaign", "add"), answers_for(reference, **changed))

    assert page.context["form"].errors[field] == [sentence]
    assert not Campaign.objects.filter(code="giot-hong").exists()


def test_a_campaign_may_last_one_day(reference: SimpleNamespace, cms: Client) -> None:
    cms.post(url("campaign", "add"), answers_for(reference, ends_on="2026-03-01"))

    assert Campaign.objects.filter(code="giot-hong").exists()


def test_a_units_target_is_set_once(reference: SimpleNamespace, cms: Client) -> None:
    answers = {
        "campaign": reference.campaign.pk,
        "unit": reference.hospital.pk,
        "people": 80,
        "volume_ml": 28000,
    }

    cms.post(url("unittarget", "add"), answers)
    again = cms.post(url("unittarget", "add"), answers)

    target = UnitTarget.objects.get()
    assert (target.people, target.volume_ml) == (80, 28000)
    assert again.context["form"].errors["__all__"] == [
        "Target with this Campaign and Unit already exists."
    ]
    page = cms.get(url("unittarget", "list"), {"q": "bai chay"})
    assert list(page.context["object_list"]) == [target]


def test_an_editor_works_on_campaigns_and_deletes_none(
    reference: SimpleNamespace, client: Client
) -> None:
    client.force_login(make_staff("dao", name="Đào", roles=["editor"]))

    client.post(url("campaign", "add"), answers_for(reference))
    deleted = client.post(url("campaign", "delete", reference.campaign.pk))

    assert Campaign.objects.filter(code="giot-hong").exists()
    assert deleted["Location"] == "/cms/"
    assert Campaign.objects.filter(pk=reference.campaign.pk).exists()


def test_the_list_asks_as_much_for_three_as_for_one(
    reference: SimpleNamespace, cms: Client, count_queries: Any
) -> None:
    cms.get(url("campaign", "list"))
    for_one = count_queries(lambda: cms.get(url("campaign", "list")))
    for _number in range(2):
        factories.CampaignFactory(owner=reference.thanh_hoa_department)

    assert count_queries(lambda: cms.get(url("campaign", "list"))) == for_one
