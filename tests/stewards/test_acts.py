"""Comparison, new contact and withdrawal through the page of one registration."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from registration.outbox.models import Message
from registration.pledges.models import Pledge
from registration.privacy.models import View
from registration.stewards.models import WithdrawalRequest
from tests.pledges.registering import answers
from tests.stewards.desk_work import confirmed, one, second_steward, url, waiting


def state_of(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).state


def test_two_of_one_person_stand_side_by_side_and_both_views_are_logged(
    client: Client, reference: Any, steward: Any
) -> None:
    first, second = waiting(reference)
    client.force_login(steward)

    html = client.get(one(second)).content.decode()

    assert ("diem@example.org" in html, "khac@example.org" in html) == (True, True)
    assert set(View.objects.values_list("subject", flat=True)) == {first.pk, second.pk}


def test_earlier_one_of_another_province_stays_hidden(
    client: Client, reference: Any, steward: Any
) -> None:
    elsewhere = answers(reference, province=reference.thanh_hoa, locality=None)
    _first, second = waiting(reference, elsewhere)
    client.force_login(steward)

    html = client.get(one(second)).content.decode()

    assert "The earlier registration lies in another province" in html
    assert "diem@example.org" not in html
    assert View.objects.get().subject == second.pk


@pytest.mark.parametrize(
    ("name", "states"),
    [("accept", ("replaced", "confirmed")), ("contest", ("confirmed", "contested"))],
)
def test_comparison_is_decided_with_a_reason(
    client: Client, reference: Any, steward: Any, name: str, states: tuple[str, str]
) -> None:
    first, second = waiting(reference)
    client.force_login(steward)

    without = client.post(url(name, second), {"reason": ""})
    before = (state_of(first), state_of(second))
    decided = client.post(url(name, second), {"reason": "Compared the card"})

    assert (without.status_code, before) == (422, ("confirmed", "waiting"))
    assert decided.status_code == 303
    assert (state_of(first), state_of(second)) == states
    assert "Compared the card" in client.get(one(second)).content.decode()


def contact_data(**changes: Any) -> dict[str, Any]:
    return {
        "email": "moi@example.org",
        "phone": "0912 345 678",
        "reason": "Mailbox lost",
        "paper_seen": "on",
        "key": uuid4().hex,
        **changes,
    }


def test_lost_contact_is_set_anew_at_the_desk(client: Client, reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)
    data = contact_data()

    statuses = [client.post(url("contact", pledge), data).status_code for _again in range(2)]

    assert statuses == [303, 303]
    assert Pledge.objects.filter(replaces=pledge).count() == 1
    assert Message.objects.filter(kind="stewards/contact_changed").count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"paper_seen": ""}, {"reason": ""}, {"email": "no address"}, {"email": "diem@example.org"}],
)
def test_contact_is_not_changed_without_paper_reason_or_change(
    client: Client, reference: Any, steward: Any, changes: dict[str, str]
) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)

    response = client.post(url("contact", pledge), contact_data(**changes))

    assert response.status_code == 422
    assert Pledge.objects.count() == 1


def test_withdrawal_is_asked_by_one_and_confirmed_by_another(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)
    client.post(url("ask_to_withdraw", pledge), {"reason": "Came in person"})
    asked = WithdrawalRequest.objects.get()
    decide = url("decide", pledge, asked.pk)

    own = client.post(decide, {"decision": "withdraw"}, follow=True)
    assert "A second member of staff must confirm this" in own.content.decode()
    assert state_of(pledge) == "confirmed"
    client.force_login(second_steward(reference))
    html = client.get(one(pledge)).content.decode()
    response = client.post(decide, {"decision": "withdraw"})

    assert "Came in person" in html
    assert response.status_code == 303
    assert state_of(pledge) == "withdrawn"


def test_get_changes_nothing(client: Client, reference: Any, steward: Any) -> None:
    first, second = waiting(reference)
    client.force_login(steward)

    for name in ("take", "accept", "contest", "contact", "ask_to_withdraw"):
        assert client.get(url(name, second)).status_code == 405

    assert (state_of(first), state_of(second)) == ("confirmed", "waiting")
