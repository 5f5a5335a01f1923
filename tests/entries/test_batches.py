"""Batches: who opens and sees which, closing and opening again, the list's queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from registration.pledges.models import EntryBatch
from registration.units.models import Stewardship
from tests import factories
from tests.entries.typing import SIGNED_ON, address, batch_of, typed
from tests.pledges.registering import answers, register

LIST = "/desk/entries/"


def new_batch(reference: Any, **changes: Any) -> dict[str, Any]:
    return {
        "label": "Nhân viên Bãi Cháy, chiều",
        "channel": "paper",
        "signed_on_0": "18",
        "signed_on_1": "11",
        "signed_on_2": "2025",
        "unit": reference.hospital.pk,
        "province": reference.quang_ninh.pk,
        **changes,
    }


def test_steward_opens_a_batch_for_a_hospital(client: Client, reference: Any, steward: Any) -> None:
    client.force_login(steward)

    response = client.post(LIST + "open/", new_batch(reference))

    batch = EntryBatch.objects.get()
    assert (response.status_code, response["Location"]) == (303, address(batch))
    assert (batch.label, batch.channel) == ("Nhân viên Bãi Cháy, chiều", "paper")
    assert (batch.province, batch.unit) == (reference.quang_ninh, reference.hospital)
    assert (batch.staff, str(batch.signed_on), batch.closed_at) == (steward, "2025-11-18", None)


@pytest.mark.parametrize(
    "changes",
    [{"signed_on_2": "2199"}, {"label": " "}, {"channel": "web"}, {"unit": "0"}],
    ids=["future", "label", "channel", "unit"],
)
def test_a_batch_that_makes_no_sense_is_refused(
    client: Client, reference: Any, steward: Any, changes: dict[str, str]
) -> None:
    client.force_login(steward)

    response = client.post(LIST + "open/", new_batch(reference, **changes))

    assert (response.status_code, EntryBatch.objects.count()) == (422, 0)


def test_secretary_opens_batches_of_the_own_unit_only(
    client: Client, reference: Any, ayse: Any
) -> None:
    client.force_login(ayse)

    other_unit = client.post(LIST + "open/", new_batch(reference, unit=reference.steward.pk))
    other_place = client.post(LIST + "open/", new_batch(reference, province=reference.adana.pk))
    own = client.post(LIST + "open/", new_batch(reference))

    assert [r.status_code for r in (other_unit, other_place, own)] == [422, 422, 303]
    assert EntryBatch.objects.get().unit == reference.hospital


def test_secretary_sees_own_unit_s_batches_even_where_the_unit_is_steward(
    client: Client, reference: Any, ayse: Any, steward: Any
) -> None:
    own = batch_of(reference, ayse)
    others = batch_of(reference, steward, unit=reference.steward, label="Khác")
    Stewardship.objects.filter(province=reference.quang_ninh).delete()
    Stewardship.objects.create(
        province=reference.quang_ninh, unit=reference.hospital, starts_on="2024-01-01"
    )
    client.force_login(ayse)

    page = client.get(LIST).content.decode()

    assert (own.label in page, others.label in page) == (True, False)
    assert client.get(address(own)).status_code == 200
    for what in ("", "sheet/", "sheet/template/"):
        assert client.get(address(others, what), follow=True).status_code == 404
    assert client.post(address(others, "close/")).status_code == 404


def test_steward_sees_the_province_and_no_other(
    client: Client, reference: Any, steward: Any, ayse: Any
) -> None:
    batch = batch_of(reference, ayse)
    stranger = factories.StaffFactory(
        username="hoa", unit=reference.thanh_hoa_department, roles=["steward"]
    )

    client.force_login(steward)
    assert batch.label in client.get(LIST).content.decode()

    client.force_login(stranger)
    assert batch.label not in client.get(LIST).content.decode()
    assert client.get(address(batch), follow=True).status_code == 404
    assert client.post(address(batch), typed(reference)).status_code == 404
    assert batch.pledges.count() == 0


@pytest.mark.parametrize("who", ["linh", "charlie"])
def test_others_are_refused(
    client: Client, reference: Any, steward: Any, who: str, request: pytest.FixtureRequest
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(request.getfixturevalue(who))

    gets = [LIST, LIST + "open/", address(batch), address(batch, "sheet/")]
    posts = [address(batch), address(batch, "close/"), address(batch, "sheet/")]

    assert {client.get(url).status_code for url in gets} == {403}
    assert {client.post(url).status_code for url in posts} == {403}


def test_closed_batch_takes_nothing_until_it_is_opened_again(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)

    for _twice in range(2):
        client.post(address(batch, "close/"))
    refused = client.post(address(batch), typed(reference))
    table = client.get(address(batch, "sheet/"))
    count = batch.pledges.count()
    client.post(address(batch, "reopen/"))
    taken = client.post(address(batch), typed(reference))

    assert (refused.status_code, table.status_code, count) == (422, 422, 0)
    assert refused.context["trouble"].code == "batch_closed"
    assert (taken.status_code, batch.pledges.count()) == (303, 1)


def test_list_asks_as_much_for_one_batch_as_for_thirty(
    client: Client, reference: Any, steward: Any, count_queries: Callable[..., int]
) -> None:
    client.force_login(steward)
    batch = batch_of(reference, steward)
    for number in range(3):
        told = answers(reference, identity_number=f"02219012345{number}")
        register(reference, told, batch=batch, channel="phone")
    client.get(LIST)
    one = count_queries(lambda: client.get(LIST))
    for number in range(29):
        batch_of(reference, steward, label=f"Đợt {number}", signed_on=SIGNED_ON)

    many = count_queries(lambda: client.get(LIST))

    assert one == many
    assert many <= 10
    assert '<td class="number">3</td>' in client.get(LIST).content.decode()
