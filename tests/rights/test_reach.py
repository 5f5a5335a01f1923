"""Whoever knows an identity number can register under it, and must end nothing by that."""

from typing import Any

import pytest
from django.test import Client

from registration.common.errors import RuleBroken
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.merging import merge_pledges
from registration.pledges.models import Pledge
from registration.pledges.services import accept_waiting, confirm_pledge, contest_pledge
from registration.privacy.models import View
from registration.rights.choices import RequestKind, RequestState
from registration.rights.models import DataRequest
from registration.rights.services import carry_out, correct_registration, name_person
from tests.pledges.registering import NOW, answers, contact_of, register
from tests.rights.asking import ask
from tests.rights.test_acts import CORRECTED

pytestmark = pytest.mark.usefixtures("clocks")

ANSWER = "Chúng tôi đã thực hiện yêu cầu của quý vị."


def confirmed(reference: Any, **told: Any) -> Pledge:
    made = register(reference, answers(reference, **told))
    return confirm_pledge(made, contact=contact_of(made), now=NOW)


@pytest.fixture
def pledge(reference: Any) -> Pledge:
    return confirmed(reference)


@pytest.fixture
def stranger(reference: Any, pledge: Pledge) -> Pledge:
    """Registered under the same number from a mailbox of its own, and confirmed there."""
    waiting = confirmed(reference, full_name="Kẻ Lạ", email="stranger@example.org", phone="")
    assert (waiting.state, waiting.person) == ("waiting", pledge.person)
    return waiting


def named(reference: Any, kind: RequestKind, pledge: Pledge, officer: Any, **typed: Any) -> Any:
    return name_person(
        ask(reference, kind, **typed), reference=pledge.reference, staff=officer, now=NOW
    )


def acted() -> list[str]:
    told = Message.objects.filter(kind="rights/acted")
    return sorted(message.recipient for message in told)


@pytest.mark.parametrize("kind", RequestKind)
def test_stranger_with_the_number_reaches_nothing(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any, kind: RequestKind
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        named(reference, kind, stranger, officer, email="stranger@example.org")

    assert refusal.value.code == "not_their_own"
    assert DataRequest.objects.get().person is None


def test_what_became_unsure_after_it_was_named_is_not_acted_on(
    reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.ERASE, pledge, officer)
    confirmed(reference, email="other@example.org", phone="")
    contest_pledge(pledge, now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert refusal.value.code == "not_their_own"
    assert DataRequest.objects.get().state == RequestState.RECEIVED


def test_only_registration_may_be_unconfirmed(reference: Any, officer: Any) -> None:
    filed = named(reference, RequestKind.ERASE, register(reference), officer)

    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert Person.objects.count() == 0


def test_owner_is_erased_and_the_strangers_entry_stays(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.ERASE, pledge, officer)

    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert list(Pledge.objects.values_list("pk", "state")) == [(stranger.pk, "waiting")]
    assert Message.objects.get(kind="rights/ended").recipient == "diem@example.org"
    assert acted() == []


def test_objection_withdraws_the_owners_registration_alone(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.OBJECT, pledge, officer)

    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert dict(Pledge.objects.values_list("pk", "state")) == {
        pledge.pk: "withdrawn",
        stranger.pk: "waiting",
    }


def test_person_is_not_restricted_while_another_registration_stands(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.RESTRICT, pledge, officer)

    with pytest.raises(RuleBroken) as refusal:
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)
    contest_pledge(stranger, now=NOW)
    done = carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert refusal.value.code == "another_registration"
    assert done.state == RequestState.DONE
    assert Person.objects.get().restricted_at == NOW


def test_number_is_not_corrected_while_another_registration_stands(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.CORRECT, pledge, officer)
    other = {**CORRECTED, "identity_number": "038301000123"}

    with pytest.raises(RuleBroken) as refusal:
        correct_registration(filed, **other, staff=officer, now=NOW)

    assert refusal.value.code == "another_registration"
    assert correct_registration(filed, **CORRECTED, staff=officer, now=NOW) is True


def test_owner_learns_nothing_of_the_stranger(
    client: Client, reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.LEARN, pledge, officer)
    client.force_login(officer)

    paper = client.get(f"/desk/requests/{filed.pk}/everything.pdf").content
    records = client.get(f"/desk/requests/{filed.pk}/everything.json").json()["records"]

    assert [row["reference"] for row in records["registrations"]] == [pledge.reference]
    assert [row["reference"] for row in records["requests"]] == [filed.reference]
    assert "stranger@example.org" not in str(records)
    assert paper.startswith(b"%PDF")
    assert set(View.objects.values_list("subject", flat=True)) == {filed.pk, pledge.pk}


def test_confirmed_contact_is_told_of_what_another_address_had_ended(
    reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.ERASE, pledge, officer, email="stranger@example.org")

    for _twice in range(2):
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    told = Message.objects.get(kind="rights/acted")
    assert (told.recipient, told.language) == ("diem@example.org", "vi")
    assert filed.reference in told.text
    assert pledge.reference in told.text
    assert ANSWER not in told.text


def test_contact_of_an_earlier_registration_is_told_too(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    accept_waiting(stranger, now=NOW)
    filed = named(reference, RequestKind.ERASE, stranger, officer, email="stranger@example.org")

    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert Person.objects.count() == 0
    assert acted() == ["diem@example.org"]


def test_replaced_registration_is_not_ended_while_its_successor_stands(
    reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.OBJECT, pledge, officer)
    accept_waiting(stranger, now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert refusal.value.code == "another_registration"


@pytest.mark.parametrize("kind", [RequestKind.ERASE, RequestKind.OBJECT])
def test_merged_reference_reaches_the_registration_that_stays(
    reference: Any, pledge: Pledge, officer: Any, steward: Any, kind: RequestKind
) -> None:
    twin = confirmed(reference, identity_number="038301000123", email="twin@example.org")
    merge_pledges(pledge, twin, staff=steward, reason="Cùng một người.", now=NOW)

    filed = named(reference, kind, twin, officer, email="twin@example.org")
    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert (filed.pledge_id, filed.person_id) == (pledge.pk, pledge.person_id)
    assert not Pledge.objects.filter(state="confirmed").exists()
    assert Pledge.objects.count() == (0 if kind == RequestKind.ERASE else 2)
    assert acted() == ["diem@example.org"]


def test_page_warns_of_a_registration_that_is_not_confirmed_as_the_persons_own(
    client: Client, reference: Any, pledge: Pledge, stranger: Pledge, officer: Any
) -> None:
    typed = {"email": "stranger@example.org", "registration_reference": stranger.reference}
    strange = ask(reference, **typed)
    own = ask(reference, registration_reference=pledge.reference)
    client.force_login(officer)

    pages = [client.get(f"/desk/requests/{each.pk}/").content.decode() for each in (strange, own)]

    warning, match = "is not confirmed as the person", "only what somebody typed"
    assert [warning in page for page in pages] == [True, False]
    assert [match in page for page in pages] == [False, True]
    assert list(View.objects.order_by("pk").values_list("subject", flat=True)) == [
        strange.pk,
        stranger.pk,
        own.pk,
        pledge.pk,
    ]
