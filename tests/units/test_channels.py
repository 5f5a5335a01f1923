"""The editors' screen of registration channels: one for each province at a time."""

from datetime import date
from functools import partial
from time import sleep
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from registration.common.errors import RuleBroken
from registration.units import services
from registration.units.models import RegistrationChannel, Unit
from registration.units.places import channel_of
from registration.units.services import save_channel
from tests.races import needs_postgresql, run_at_once

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
            "The province has another channel from 01/01/2026 on: Quảng Ninh: An outside form "
            "(forms.example.org). Write the day on which it ends first."
        ]
    }
    assert page.context["form"]["starts_on"].value() == "2026-06-01"
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
        (
            {"notice_until": "2025-12-31"},
            "notice_until",
            "The notice must last until the first day at least.",
        ),
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


def test_our_own_address_is_no_outside_form(
    reference: SimpleNamespace, cms: Client, settings: Any
) -> None:
    settings.BASE_URL = "https://hien-tang.example.org:8443"
    ours = "https://Hien-Tang.example.org/vi/pledge/vn-22/"

    page = cms.post(url("add"), answers(reference, address=ours))

    assert errors_of(page) == {
        "address": ["This is an address of this portal: choose its form as the kind."]
    }


def test_a_desk_that_nobody_would_find_is_refused(reference: SimpleNamespace, cms: Client) -> None:
    desk = {"kind": "desk", "address": "", "unit": reference.hospital.pk}
    Unit.objects.update(phone="", address="")

    page = cms.post(url("add"), answers(reference, **desk))

    assert errors_of(page) == {
        "unit": ["This unit has no telephone and no address: nobody would find it."]
    }
    reference.hospital.call_lines.create(number="1900 0000", label_vi="Tổng đài")
    assert cms.post(url("add"), answers(reference, **desk))["Location"] == url("list")


@pytest.mark.parametrize(
    ("starts", "ends", "is_free"),
    [
        ("2025-12-01", "2026-01-31", True),
        ("2025-12-01", "2026-02-01", True),
        ("2025-12-01", "2026-02-02", False),
        ("2026-02-10", "2026-02-11", False),
        ("2025-12-01", None, False),
        ("2026-02-28", None, False),
        ("2026-03-01", "2026-03-02", True),
        ("2026-03-01", None, True),
        ("2026-02-01", "2026-03-01", False),
    ],
)
def test_two_channels_never_share_a_day(
    reference: SimpleNamespace, starts: str, ends: str | None, is_free: bool
) -> None:
    made(reference, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    second = unsaved(reference, starts, ends)

    if is_free:
        save_channel(second)
    else:
        with pytest.raises(RuleBroken, match="from 01/02/2026 until 01/03/2026") as refused:
            save_channel(second)
        assert refused.value.code == "channel_taken"

    assert RegistrationChannel.objects.count() == 1 + is_free


def unsaved(reference: SimpleNamespace, starts: str, ends: str | None) -> RegistrationChannel:
    return RegistrationChannel(
        province=reference.quang_ninh,
        kind="ours",
        starts_on=date.fromisoformat(starts),
        ends_on=date.fromisoformat(ends) if ends else None,
    )


def test_channels_of_another_province_or_purpose_are_no_second_one(
    reference: SimpleNamespace,
) -> None:
    made(reference, province=reference.thanh_hoa)
    made(reference, purpose="blood")

    save_channel(unsaved(reference, "2026-01-01", None))

    assert RegistrationChannel.objects.count() == 3


def test_the_reason_is_written_in_the_editors_language(reference: SimpleNamespace) -> None:
    made(reference)

    with pytest.raises(RuleBroken) as refused, translation.override("vi"):
        save_channel(unsaved(reference, "2026-06-01", None))

    assert "1/1/2026" in refused.value.sentence


def test_an_edited_channel_may_not_reach_into_the_next(
    reference: SimpleNamespace, cms: Client
) -> None:
    first = made(reference, ends_on=date(2026, 6, 1))
    made(reference, kind="ours", starts_on=date(2026, 6, 1))

    page = cms.post(url("edit", first.pk), answers(reference, ends_on="2026-06-02"))

    first.refresh_from_db()
    assert errors_of(page)["__all__"][0].startswith(
        "The province has another channel from 01/06/2026 on: Quảng Ninh: The form of this portal."
    )
    assert first.ends_on == date(2026, 6, 1)
    assert "ends_earlier" not in page.context["form"].fields


def test_a_change_is_written_ahead_in_one_act(reference: SimpleNamespace, cms: Client) -> None:
    first = made(reference)
    change = {
        "kind": "ours",
        "address": "",
        "starts_on": "2027-01-01",
        "notice_until": "2027-03-31",
        "ends_earlier": "on",
    }

    response = cms.post(url("add"), answers(reference, **change))

    assert response["Location"] == url("list")
    days = [date(2026, 12, 31), date(2027, 1, 1)]
    kinds = [channel_of(reference.quang_ninh, day=day).kind for day in days]  # type: ignore[union-attr]
    assert kinds == ["outside", "ours"]
    first.refresh_from_db()
    assert first.ends_on == date(2027, 1, 1)


def test_a_change_that_is_refused_ends_nothing(reference: SimpleNamespace) -> None:
    first = made(reference, ends_on=date(2027, 1, 1))
    made(reference, kind="ours", starts_on=date(2027, 1, 1))

    with pytest.raises(RuleBroken):
        save_channel(unsaved(reference, "2026-06-01", None), ends_earlier=True)

    first.refresh_from_db()
    assert first.ends_on == date(2027, 1, 1)


def write_two_at_once(reference: SimpleNamespace) -> list[Any]:
    """Both have an end, so that no constraint of the database sees that they overlap."""
    rows = [
        unsaved(reference, "2026-01-01", "2026-07-01"),
        unsaved(reference, "2026-06-01", "2027-01-01"),
    ]
    return run_at_once([partial(save_channel, row) for row in rows])


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_of_two_channels_written_at_once_one_is_kept(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down(monkeypatch)

    results = write_two_at_once(reference)

    assert [getattr(r, "code", "kept") for r in results if r] in (
        ["kept", "channel_taken"],
        ["channel_taken", "kept"],
    )
    assert RegistrationChannel.objects.count() == 1


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_twin_without_the_lock_keeps_both(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down(monkeypatch)
    monkeypatch.setattr(services, "_lock_province", lambda _channel: None)

    write_two_at_once(reference)

    assert RegistrationChannel.objects.count() == 2


def slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time between the look and the writing, in which the other one looks too."""
    look = services._require_alone

    def look_and_wait(channel: RegistrationChannel) -> None:
        look(channel)
        sleep(0.5)

    monkeypatch.setattr(services, "_require_alone", look_and_wait)
