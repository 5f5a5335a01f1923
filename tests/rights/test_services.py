import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.outbox.models import Attachment, Message
from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.rights.choices import RequestKind, RequestState
from registration.rights.models import DataRequest
from registration.rights.reminders import remind_due
from registration.rights.services import (
    answer_first,
    asks_from_own_contact,
    carry_out,
    extend_request,
    file_request,
    name_person,
    refuse_request,
)
from tests.pledges.registering import NOW
from tests.rights.asking import ask

pytestmark = pytest.mark.usefixtures("clocks")

ANSWER = "Chúng tôi đã thực hiện yêu cầu của quý vị."


def test_filing_starts_both_clocks_and_is_acknowledged(reference: Any) -> None:
    filed = ask(reference)

    # Friday 20 November; Tuesday 24 has no holiday row here, so two working days end on it.
    assert filed.answer_due_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert filed.act_due_at == datetime(2026, 12, 10, 17, 0, tzinfo=UTC)
    message = Message.objects.get(kind="rights/received")
    assert (message.recipient, message.language) == ("diem@example.org", "vi")
    assert filed.reference in message.text


def test_filing_twice_is_once(reference: Any) -> None:
    first = ask(reference)
    asked_again = file_request(
        None,  # type: ignore[arg-type]
        province=reference.quang_ninh,
        language="vi",
        form_key=first.form_key,
        now=NOW,
    )

    assert asked_again == first
    assert Message.objects.count() == 1


def test_request_of_a_stranger_is_not_of_the_registration(reference: Any, pledge: Pledge) -> None:
    own = ask(reference)
    strange = ask(reference, email="stranger@example.org")

    mixed = ask(reference, phone="+905321234567")
    unreachable = ask(reference, email="", phone="")

    assert asks_from_own_contact(own, pledge) is True
    assert asks_from_own_contact(mixed, pledge) is False
    assert asks_from_own_contact(unreachable, pledge) is False
    assert asks_from_own_contact(strange, pledge) is False


def test_first_answer_goes_out_once(reference: Any, officer: Any) -> None:
    filed = ask(reference)

    answer_first(filed, staff=officer, now=NOW)
    answered = answer_first(filed, staff=officer, now=NOW + timedelta(days=1))

    assert (answered.state, answered.answered_at) == (RequestState.ANSWERED, NOW)
    assert Message.objects.filter(kind="rights/first_answer").count() == 1


def test_extension_moves_the_clock_once(reference: Any, officer: Any) -> None:
    filed = ask(reference)
    due = filed.act_due_at

    extended = extend_request(filed, reason="Cần thêm thời gian.", staff=officer, now=NOW)

    assert extended.act_due_at == due + timedelta(days=20)
    assert "Cần thêm thời gian." in Message.objects.get(kind="rights/extended").text
    with pytest.raises(RuleBroken) as refusal:
        extend_request(filed, reason="Cần thêm thời gian.", staff=officer, now=NOW)
    assert refusal.value.code == "extended_before"


def test_nothing_is_carried_out_before_the_person_is_known(reference: Any, officer: Any) -> None:
    with pytest.raises(RuleBroken) as refusal:
        carry_out(ask(reference), answer=ANSWER, staff=officer, now=NOW)

    assert refusal.value.code == "person_unknown"
    assert DataRequest.objects.get().state == RequestState.RECEIVED


def test_registration_of_another_province_is_not_named(
    reference: Any, officer: Any, pledge: Pledge
) -> None:
    Pledge.objects.update(province=reference.thanh_hoa)

    with pytest.raises(RuleBroken) as refusal:
        name_person(ask(reference), reference=pledge.reference, staff=officer, now=NOW)

    assert refusal.value.code == "registration_unknown"


def test_erasure_takes_the_person_and_leaves_the_figures(
    reference: Any, officer: Any, pledge: Pledge
) -> None:
    events = Event.objects.count()
    filed = name_person(ask(reference), reference=pledge.reference.lower(), staff=officer, now=NOW)

    done = carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    assert done.state == RequestState.DONE
    assert (Person.objects.count(), Pledge.objects.count()) == (0, 0)
    assert Event.objects.count() >= events
    told = Message.objects.get(kind="rights/ended")
    assert ANSWER in told.text
    assert told.recipient == "diem@example.org"
    assert not Attachment.objects.exists()
    assert not Message.objects.filter(kind="rights/acted").exists()


def test_objection_withdraws_and_restriction_stops_work(
    reference: Any, officer: Any, pledge: Pledge
) -> None:
    for kind in (RequestKind.RESTRICT, RequestKind.OBJECT):
        filed = name_person(
            ask(reference, kind), reference=pledge.reference, staff=officer, now=NOW
        )
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"
    assert Person.objects.get().restricted_at == NOW


def test_refusal_says_where_to_complain(reference: Any, officer: Any) -> None:
    refused = refuse_request(ask(reference), answer=ANSWER, staff=officer, now=NOW)

    assert refused.state == RequestState.REFUSED
    assert "A05" in Message.objects.get(kind="rights/ended").text
    with pytest.raises(RuleBroken):
        answer_first(refused, staff=officer, now=NOW)


def test_department_is_reminded_once_a_day_of_what_is_due(reference: Any) -> None:
    department = reference.quang_ninh_department
    department.email = "syt@example.org"
    department.save()
    filed = ask(reference)
    soon = filed.act_due_at - timedelta(days=1)

    told = [remind_due(now=at) for at in (NOW, soon, soon, soon + timedelta(hours=21))]

    # At once the first answer is due within two days in any case only from Sunday on.
    assert told == [0, 1, 0, 1]
    messages = Message.objects.filter(kind="rights/due")
    assert {message.recipient for message in messages} == {"syt@example.org"}
    assert all(re.search(filed.reference, message.text) for message in messages)
