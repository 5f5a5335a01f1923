"""What an officer does beside answering: hand over, correct, restrict and lift."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from registration.cards.choices import CardEnd
from registration.cards.models import Card
from registration.common.errors import RuleBroken
from registration.ledger.choices import EventKind, Sex
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.models import Particulars, Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.privacy.erasure import erase_things
from registration.privacy.holders import export_person, holders
from registration.privacy.models import View
from registration.rights.choices import ActKind, RequestKind
from registration.rights.labels import FIELDS, LEFT_TO_MACHINES, TABLES
from registration.rights.models import DataRequest, RequestAct
from registration.rights.services import (
    carry_out,
    correct_registration,
    lift_restriction,
    name_person,
)
from tests.cards.issuing import issue, issued
from tests.factories import StaffFactory
from tests.pledges.registering import NOW
from tests.rights.asking import ask

pytestmark = pytest.mark.usefixtures("clocks")

ANSWER = "Chúng tôi đã thực hiện yêu cầu của quý vị."
CORRECTED = {
    "full_name": "Nguyễn Thị Diệm",
    "birth_date": date(1990, 3, 27),
    "sex": Sex.FEMALE,
    "identity_number": "022190123456",
    "reason": "Tên sai so với căn cước.",
}
TYPED = {
    "full_name": "Nguyễn Thị Diệm",
    "birth_date_0": "27",
    "birth_date_1": "3",
    "birth_date_2": "1990",
    "sex": "female",
    "identity_number": "022190123456",
    "reason": "The name differs from the identity card.",
}


def named(
    reference: Any, kind: RequestKind, pledge: Pledge, officer: Any, **changes: Any
) -> DataRequest:
    filed = ask(reference, kind, **changes)
    return name_person(filed, reference=pledge.reference, staff=officer, now=NOW)


def no_log(*_args: Any, **_named: Any) -> None:
    raise RuleBroken("view_not_logged", "The view could not be logged.")


# --- learn --------------------------------------------------------------------------------------
def test_everything_is_handed_over_and_logged_first(
    client: Client, reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.LEARN, pledge, officer)
    client.force_login(officer)
    url = f"/desk/requests/{filed.pk}/"

    page = client.get(url).content.decode()
    paper, machines = client.get(f"{url}everything.pdf"), client.get(f"{url}everything.json")

    assert f"{url}everything.pdf" in page
    assert paper.content.startswith(b"%PDF")
    assert machines.json()["records"].keys() == export_person(pledge.person).keys()
    assert machines.json()["records"]["particulars"][0]["full_name"] == "Nguyễn Thị Diễm"
    for response, ending in ((paper, "pdf"), (machines, "json")):
        assert (
            response["Content-Disposition"] == f'attachment; filename="{filed.reference}.{ending}"'
        )
        assert "no-store" in response["Cache-Control"]
    seen = View.objects.filter(subject=pledge.person_id)
    assert list(seen.values_list("page", flat=True)) == ["rights_desk:everything"] * 2


def test_everything_is_not_shown_to_others_or_before_the_person_is_known(
    client: Client, reference: Any, pledge: Pledge, officer: Any, steward: Any, charlie: Any
) -> None:
    unknown = ask(reference, RequestKind.LEARN)
    erasing = named(reference, RequestKind.ERASE, pledge, officer)
    learning = named(reference, RequestKind.LEARN, pledge, officer)
    abroad = StaffFactory(
        username="mai", unit=reference.thanh_hoa_department, roles=["data_officer"]
    )
    asked = [(officer, unknown), (officer, erasing), (steward, learning)]
    answers = []
    for staff, filed in [*asked, (charlie, learning), (abroad, learning)]:
        client.force_login(staff)
        answers.append(client.get(f"/desk/requests/{filed.pk}/everything.json").status_code)

    assert answers == [404, 404, 403, 403, 404]
    assert not View.objects.exists()


def test_every_table_and_field_that_is_told_has_a_name_on_paper() -> None:
    kept = [each for holder in holders() for each in holder.kept]

    assert {each.name for each in kept} == set(TABLES)
    assert {name for each in kept for name in each.told} - LEFT_TO_MACHINES == set(FIELDS)


def test_final_message_leads_to_the_record_of_whoever_holds_the_contact(
    reference: Any, pledge: Pledge, officer: Any
) -> None:
    own = named(reference, RequestKind.LEARN, pledge, officer)
    strange = named(reference, RequestKind.LEARN, pledge, officer, email="stranger@example.org")
    for filed in (own, strange):
        carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    told = {
        message.recipient: message.text for message in Message.objects.filter(kind="rights/ended")
    }
    assert "/record/" in told["diem@example.org"]
    assert "/record/" not in told["stranger@example.org"]
    assert Pledge.objects.get().state == "confirmed"


# --- correct ------------------------------------------------------------------------------------
def test_officer_corrects_the_registration(
    client: Client, reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.CORRECT, pledge, officer)
    client.force_login(officer)
    url = f"/desk/requests/{filed.pk}/"

    shown = client.get(url).content.decode()
    seen = list(View.objects.values_list("subject", flat=True))
    wrong = client.post(f"{url}correct/", {**TYPED, "identity_number": "12"})
    done = client.post(f"{url}correct/", TYPED)

    assert 'value="022190123456"' in shown
    assert seen == [filed.pk, pledge.pk]
    assert wrong.status_code == 422
    assert (done.status_code, done["Location"]) == (302, url)
    pledge.refresh_from_db()
    assert pledge.particulars.full_name == "Nguyễn Thị Diệm"
    act = RequestAct.objects.get()
    assert (act.kind, act.staff, act.reason) == (ActKind.CORRECTED, officer, TYPED["reason"])
    assert DataRequest.objects.get().state == "received"


def test_correction_is_of_those_who_ask_for_one(
    client: Client, reference: Any, pledge: Pledge, officer: Any, charlie: Any
) -> None:
    erasing = named(reference, RequestKind.ERASE, pledge, officer)
    unknown = ask(reference, RequestKind.CORRECT)
    correcting = named(reference, RequestKind.CORRECT, pledge, officer)
    abroad = StaffFactory(
        username="mai", unit=reference.thanh_hoa_department, roles=["data_officer"]
    )
    asked = [(officer, erasing), (officer, unknown), (charlie, correcting), (abroad, correcting)]
    answers = []
    for staff, filed in asked:
        client.force_login(staff)
        answers.append(client.post(f"/desk/requests/{filed.pk}/correct/", TYPED).status_code)

    assert answers == [422, 404, 403, 404]
    assert Particulars.objects.count() == 1


def test_card_with_the_earlier_data_ends_and_is_issued_again(
    reference: Any, officer: Any, steward: Any
) -> None:
    card = issued(reference, steward)
    filed = named(reference, RequestKind.CORRECT, card.pledge, officer)

    correct_registration(filed, **CORRECTED, staff=officer, now=NOW)

    card.refresh_from_db()
    pledge = Pledge.objects.get()
    taken_back = Event.objects.get(kind=EventKind.ENTRY_TAKEN_BACK).corrects
    assert (card.ended_at, card.end_reason) == (NOW, CardEnd.REPLACED)
    assert pledge.next_step == StepKind.CARD_ISSUED
    assert taken_back.kind == EventKind.PLEDGE_CARD_ISSUED
    assert issue(pledge, steward, number="QN-000 124").pledge == pledge
    assert Card.objects.filter(ended_at=None).count() == 1


def test_erasure_takes_what_a_correction_replaced(
    reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.CORRECT, pledge, officer)
    correct_registration(filed, **CORRECTED, staff=officer, now=NOW)

    erase_things([pledge.pk])

    assert (Particulars.objects.count(), Person.objects.count()) == (0, 0)


# --- restrict -----------------------------------------------------------------------------------
def test_restriction_is_shown_and_lifted(
    client: Client, reference: Any, pledge: Pledge, officer: Any
) -> None:
    filed = named(reference, RequestKind.RESTRICT, pledge, officer)
    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)
    client.force_login(officer)
    url = f"/desk/requests/{filed.pk}/"

    shown = client.get(url).content.decode()
    without = client.post(f"{url}lift/", {"reason": ""})
    done = client.post(f"{url}lift/", {"reason": "She asked for it on the telephone."})

    assert "Lift the restriction" in shown
    assert (without.status_code, done.status_code) == (422, 302)
    assert Person.objects.get().restricted_at is None
    assert RequestAct.objects.get().kind == ActKind.LIFTED
    assert Message.objects.get(kind="rights/lifted").recipient == "diem@example.org"
    assert "Lift the restriction" not in client.get(url).content.decode()


def test_lifting_twice_is_once(reference: Any, pledge: Pledge, officer: Any) -> None:
    filed = named(reference, RequestKind.RESTRICT, pledge, officer)
    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)

    for _twice in range(2):
        lift_restriction(filed, reason="Theo yêu cầu.", staff=officer, now=NOW)

    assert RequestAct.objects.count() == 1


# --- what cannot be logged ----------------------------------------------------------------------
def test_nothing_is_shown_that_cannot_be_logged(
    client: Client, reference: Any, pledge: Pledge, officer: Any, monkeypatch: Any
) -> None:
    filed = named(reference, RequestKind.LEARN, pledge, officer)
    carry_out(filed, answer=ANSWER, staff=officer, now=NOW)
    client.force_login(officer)
    monkeypatch.setattr("registration.rights.desk.log_views", no_log)
    url = f"/desk/requests/{filed.pk}/"

    pages = [
        client.get(url + part) for part in ("", "letter/", "everything.pdf", "everything.json")
    ]

    assert [page.status_code for page in pages] == [503] * 4
    assert not [page for page in pages if "Diễm" in page.content.decode()]


def test_reason_in_the_log_is_in_the_countrys_language(
    client: Client, reference: Any, officer: Any
) -> None:
    filed = ask(reference, RequestKind.LEARN)
    client.force_login(officer)

    client.get(f"/desk/requests/{filed.pk}/")

    assert View.objects.get().reason.endswith(": Cung cấp dữ liệu đang được lưu")
