"""The editors' screen of registration channels: one for each province at a time."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from registration.units.models import RegistrationChannel
from registration.units.places import channel_of

NO_ADDRESS = "Write the address of the form, with https://."


def url(view: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_units_registrationchannel:{view}", args=args)


@pytest.fixture
def cms(administrator: Staff, client: Client) -> Client:
    client.force_login(administrator)
    return client


def answers(reference: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    return {
        "province": reference.quang_ninh.pk,
        "purpose": "pledge",
        "kind": "outside",
        "address": "https://forms.example.org/quang-ninh",
        "starts_on": "2026-01-01",
        "source": "Letter 2589/SYT-VP",
        **changes,
    }


def made(reference: SimpleNamespace, **changes: Any) -> RegistrationChannel:
    values = {
        "province": reference.quang_ninh,
        "kind": "outside",
        "address": "https://forms.example.org/",
        "starts_on": date(2026, 1, 1),
    }
    return RegistrationChannel.objects.create(**{**values, **changes})


def errors_of(page: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in page.context["form"].errors.items()}


def test_a_channel_is_made_and_listed(reference: SimpleNamespace, cms: Client) -> None:
    response = cms.post(url("add"), answers(reference))

    channel = RegistrationChannel.objects.get()
    assert response["Location"] == url("list")
    assert (channel.kind, channel.address) == ("outside", "https://forms.example.org/quang-ninh")
    assert channel_of(reference.quang_ninh, day=date(2026, 11, 22)) == channel
    assert "Quảng Ninh" in cms.get(url("list")).content.decode()
    assert url("list") in cms.get("/cms/").content.decode()


def test_a_second_open_channel_is_refused_with_the_reason(
    reference: SimpleNamespace, cms: Client
) -> None:
    made(reference)

    page = cms.post(url("add"), answers(reference, kind="ours", address="", starts_on="2026-06-01"))

    assert errors_of(page) == {
        "__all__": [
            "At that time the province has another channel already: Quảng Ninh: An outside form.",
            "This province has a registration channel already. "
            "Write the day on which it ends first.",
        ]
    }
    assert RegistrationChannel.objects.count() == 1


def test_the_next_channel_follows_on_the_day_the_earlier_ends(
    reference: SimpleNamespace, cms: Client
) -> None:
    first = made(reference, ends_on=date(2026, 6, 1))

    cms.post(url("add"), answers(reference, kind="ours", address="", starts_on="2026-06-01"))

    days = [date(2026, 5, 31), date(2026, 6, 1)]
    kinds = [channel_of(reference.quang_ninh, day=day).kind for day in days]  # type: ignore[union-attr]
    assert kinds == ["outside", "ours"]
    assert first.ends_on == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"address": ""}, "address", NO_ADDRESS),
        ({"address": "http://forms.example.org/"}, "address", NO_ADDRESS),
        ({"address": "javascript:alert(1)"}, "address", NO_ADDRESS),
        ({"kind": "desk"}, "unit", "Choose the unit whose desk takes registrations."),
        ({"ends_on": "2026-01-01"}, "ends_on", "The end must lie after the start."),
        ({"province": ""}, "province", "This field is required."),
        ({"starts_on": ""}, "starts_on", "This field is required."),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    reference: SimpleNamespace, cms: Client, changes: dict[str, Any], field: str, sentence: str
) -> None:
    page = cms.post(url("add"), answers(reference, **changes))

    assert page.status_code == 200
    assert errors_of(page)[field][-1] == sentence
    assert not RegistrationChannel.objects.exists()


def test_a_channel_is_never_deleted(reference: SimpleNamespace, cms: Client) -> None:
    channel = made(reference)

    one = cms.post(url("delete", channel.pk))
    many = cms.post(f"/cms/bulk/units/registrationchannel/delete/?id={channel.pk}")

    assert one["Location"] == "/cms/"
    assert many.status_code in (302, 403)
    assert RegistrationChannel.objects.count() == 1


@pytest.mark.parametrize("view", ["list", "add"])
def test_an_editor_does_not_touch_channels(
    reference: SimpleNamespace, client: Client, view: str
) -> None:
    client.force_login(make_staff("dao", name="Đào", roles=["editor"]))

    assert client.get(url(view))["Location"] == "/cms/"


def test_the_list_asks_as_much_for_many_as_for_few(
    reference: SimpleNamespace, cms: Client, count_queries: Any
) -> None:
    made(reference)
    cms.get(url("list"))
    few = count_queries(lambda: cms.get(url("list")))
    made(reference, province=reference.thanh_hoa)
    made(reference, province=reference.adana)

    assert count_queries(lambda: cms.get(url("list"))) == few
