from datetime import date
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.models import Contact, OneTimeLink, Particulars, Person
from registration.people.services import issue_link
from registration.pledges.choices import LinkPurpose, StepKind
from registration.pledges.correcting import correct_pledge, superseded
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.pledges.steps import take_step
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

OTHER_NUMBER = "038301000123"


@pytest.fixture
def pledge(reference: Any) -> Pledge:
    made = register(reference)
    return confirm_pledge(made, contact=contact_of(made), now=NOW)


def correct(pledge: Pledge, staff: Any, **changes: Any) -> Pledge:
    values = {
        "full_name": "Nguyễn Thị Diễm",
        "birth_date": date(1990, 3, 27),
        "sex": Sex.FEMALE,
        "identity_number": "022190123456",
        "reason": "Tên sai so với căn cước.",
        **changes,
    }
    return correct_pledge(pledge, **values, staff=staff, now=NOW)


def test_correction_is_a_new_row_and_the_earlier_one_stays(pledge: Pledge, steward: Any) -> None:
    earlier, events = pledge.particulars, Event.objects.count()

    corrected = correct(pledge, steward, full_name="Nguyễn Thị Diệm", birth_date=date(1990, 3, 28))

    earlier.refresh_from_db()
    told = corrected.particulars
    assert (earlier.full_name, earlier.birth_date) == ("Nguyễn Thị Diễm", "1990-03-27")
    assert (told.full_name, told.birth_date) == ("Nguyễn Thị Diệm", "1990-03-28")
    assert (told.card_address, told.locality) == (earlier.card_address, earlier.locality)
    assert told.twin_hash != earlier.twin_hash
    assert list(told.contacts.order_by("kind").values_list("value_hash", "confirmed_at")) == list(
        earlier.contacts.order_by("kind").values_list("value_hash", "confirmed_at")
    )
    assert Event.objects.count() == events


def test_confirmed_contact_is_told_which_fields_and_no_value(pledge: Pledge, steward: Any) -> None:
    correct(pledge, steward, full_name="Nguyễn Thị Diệm", sex=Sex.UNKNOWN)

    told = Message.objects.get(kind="pledges/corrected")
    assert (told.recipient, told.language) == ("diem@example.org", "vi")
    assert pledge.reference in told.text
    assert OneTimeLink.objects.filter(purpose=LinkPurpose.CONTEST, about=pledge.pk).count() == 2
    assert "http://testserver/vi/" in told.text
    assert "Diệm" not in told.text


def test_link_that_was_sent_goes_on_working(pledge: Pledge, steward: Any) -> None:
    issue_link(contact_of(pledge), purpose=LinkPurpose.RECORD, about=pledge.pk, now=NOW)

    corrected = correct(pledge, steward, birth_date=date(1990, 3, 28))

    assert set(OneTimeLink.objects.values_list("contact__particulars", flat=True)) == {
        corrected.particulars_id
    }


def test_corrected_number_is_the_persons_anchor(
    reference: Any, pledge: Pledge, steward: Any
) -> None:
    correct(pledge, steward, identity_number=OTHER_NUMBER)

    again = register(reference, answers(reference, identity_number=OTHER_NUMBER))
    assert again.person_id == pledge.person_id
    assert Person.objects.get().identity_number == OTHER_NUMBER


def test_corrected_name_is_the_anchor_where_there_is_no_number(
    reference: Any, steward: Any
) -> None:
    made = register(reference, turkish(reference))
    pledge = confirm_pledge(made, contact=contact_of(made), now=NOW)

    told = {"birth_date": date(1985, 2, 1), "sex": Sex.UNKNOWN, "identity_number": ""}
    correct(pledge, steward, full_name="Işıl Şimşekoğlu", **told)

    again = register(reference, turkish(reference, full_name="Işıl Şimşekoğlu"))
    assert again.person_id == pledge.person_id


def test_number_of_another_person_is_refused(reference: Any, pledge: Pledge, steward: Any) -> None:
    register(reference, answers(reference, identity_number=OTHER_NUMBER, email="khoa@example.org"))

    with pytest.raises(RuleBroken) as refusal:
        correct(pledge, steward, identity_number=OTHER_NUMBER)

    assert (refusal.value.code, refusal.value.field) == ("number_taken", "identity_number")
    assert "merge the two registrations" in str(refusal.value.sentence)
    assert Particulars.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_date": date(2015, 1, 1)}, "under_age"),
        ({"full_name": "Nguyễn Thị Diệm", "reason": " "}, "reason_missing"),
    ],
    ids=["age", "reason"],
)
def test_correction_is_refused(
    pledge: Pledge, steward: Any, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        correct(pledge, steward, **changes)

    assert refusal.value.code == code
    assert Particulars.objects.count() == 1


def test_ended_registration_is_not_corrected(pledge: Pledge, steward: Any) -> None:
    withdraw_pledge(pledge, now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        correct(pledge, steward, full_name="Nguyễn Thị Diệm")

    assert refusal.value.code == "pledge_ended"


def test_same_values_change_nothing(pledge: Pledge, steward: Any) -> None:
    for _twice in range(2):
        correct(pledge, steward, full_name="Nguyễn Thị Diệm")

    assert Particulars.objects.count() == 2
    assert Message.objects.filter(kind="pledges/corrected").count() == 1


def test_steps_before_the_card_stand(pledge: Pledge, steward: Any) -> None:
    take_step(pledge, StepKind.PAPER_SEEN, staff=steward, happened_on=NOW.date(), now=NOW)

    corrected = correct(pledge, steward, full_name="Nguyễn Thị Diệm")

    assert [step.kind for step in corrected.steps.filter(undone_at=None)] == ["paper_seen"]
    assert corrected.next_step == StepKind.PASSED_ON


def test_superseded_are_those_of_whom_nothing_else_is_kept(pledge: Pledge, steward: Any) -> None:
    earlier = pledge.particulars
    correct(pledge, steward, full_name="Nguyễn Thị Diệm")

    assert list(superseded([pledge.pk])) == [earlier]
    assert list(superseded([])) == []
    assert Contact.objects.filter(particulars=earlier).count() == 2
