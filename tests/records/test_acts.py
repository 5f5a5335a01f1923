"""What can be done with an open record: change, withdraw, stop messages, tell somebody close."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from registration.cards.services import issue_card
from registration.common.limits import Limit
from registration.ledger.models import Event
from registration.outbox.models import Message, Stop
from registration.outbox.services import may_write_to
from registration.people.models import Contact
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, Relative
from registration.pledges.services import accept_waiting, confirm_pledge, contest_pledge
from registration.pledges.steps import take_step
from registration.privacy.models import Consent, RetentionRule
from registration.records import services
from registration.records.history import changed_while_waiting
from registration.records.relatives import tell_due_relatives
from tests.intake.visits import acts_of, hidden
from tests.pledges.registering import answers, contact_of, register, turkish
from tests.records.visiting import CHANGE, ISIL_BORN, SHOW, confirmed, open_record, sent

VN = {
    "sex": "female",
    "phone": "0912 345 678",
    "email": "diem@example.org",
    "identity_issued_on_0": "5",
    "identity_issued_on_1": "6",
    "identity_issued_on_2": "2021",
    "identity_issued_by": "Cục Cảnh sát",
    "permanent_address": "Số 9 Hải Thịnh",
    "card_to_home": "on",
    "organ_choice": "some",
    "organs": ["cornea"],
    "identity_secret": "no",
}


def change(client: Client, reference: Any, **changes: Any) -> Any:
    """Open the form, check and send with every box ticked."""
    key = changes.pop("form_key", "") or hidden(client.get(CHANGE).content.decode(), "form_key")
    sent_values = {**VN, "locality": reference.ha_long.code, "form_key": key, **changes}
    checked = client.post(CHANGE, {**sent_values, "action": "check"})
    acts = acts_of(checked.content.decode())
    return client.post(CHANGE, {**sent_values, **acts, "action": "send"})


def kinds(pledge: Pledge) -> list[str]:
    events = Event.objects.filter(subject=pledge.pk).order_by("pk")
    return [str(event.kind) for event in events]


# --- change -------------------------------------------------------------------------------------
def test_change_form_shows_what_is_stored_and_locks_who_it_is(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    open_record(client)

    html = client.get(CHANGE).content.decode()

    assert 'value="Số 7 Hải Thịnh"' in html
    assert 'value="diem@example.org"' in html
    for name in ("full_name", "birth_date_0", "identity_number"):
        assert f'name="{name}"' not in html
    assert "•••••••••456" in html
    assert "022190123456" not in html


def test_change_counts_at_once_and_the_contact_that_stays_is_told(
    client: Client, reference: Any
) -> None:
    earlier = confirmed(reference)
    open_record(client)

    response = change(client, reference, full_name="Somebody Else", identity_number="001190000000")

    assert (response.status_code, response["Location"]) == (303, SHOW)
    earlier.refresh_from_db()
    newer = Pledge.objects.get(state="confirmed")
    assert (earlier.state, newer.replaces_id) == ("replaced", earlier.pk)
    assert newer.organ_codes == ("cornea",)
    assert newer.keeps_identity_secret is False
    told = newer.particulars
    assert (told.full_name, told.birth_date) == ("Nguyễn Thị Diễm", "1990-03-27")
    assert told.person.identity_number == "022190123456"
    assert told.permanent_address == "Số 9 Hải Thịnh"
    assert kinds(newer) == ["pledge.changed"]
    assert Consent.objects.filter(about=newer.pk).count() == 3
    assert set(sent("records/changed")) == {"diem@example.org"}
    page = client.get(SHOW).content.decode()
    assert newer.reference in page
    assert "Your change is stored and counts from now on." in page


def test_change_can_be_taken_back_by_its_message(client: Client, reference: Any) -> None:
    earlier = confirmed(reference)
    open_record(client)
    change(client, reference)
    found = re.search(
        r"http://testserver(/\S+/not-mine/\S+/)", sent("records/changed")["diem@example.org"].text
    )
    assert found

    Client().post(found.group(1), {"answer": "not_mine"})

    earlier.refresh_from_db()
    assert earlier.state == "confirmed"


def test_change_sent_twice_is_one(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    key = hidden(client.get(CHANGE).content.decode(), "form_key")

    responses = [change(client, reference, form_key=key) for _turn in range(2)]

    assert [(r.status_code, r["Location"]) for r in responses] == [(303, SHOW)] * 2
    assert Pledge.objects.count() == 2


def test_change_with_a_key_of_another_person_is_refused(client: Client, reference: Any) -> None:
    confirmed(reference)
    confirmed(reference, turkish(reference))
    open_record(client)
    other = Client()
    open_record(other, "isil@example.org", birth=ISIL_BORN)
    key = hidden(other.get(CHANGE).content.decode(), "form_key")

    response = change(client, reference, form_key=key)

    assert response.status_code == 422
    assert Pledge.objects.count() == 2


def test_change_to_another_address_waits_for_it_and_the_lost_one_is_told(
    client: Client, reference: Any
) -> None:
    earlier = confirmed(reference)
    open_record(client, "+84912345678")
    assert set(sent("records/opened")) == {"diem@example.org", "+84912345678"}

    change(client, reference, email="new@example.org")

    earlier.refresh_from_db()
    assert earlier.state == "confirmed"
    newer = Pledge.objects.get(state="received")
    assert set(sent("pledges/receipt")) == {"new@example.org"}
    assert sent("pledges/replaced") == {}
    contact = Contact.objects.get(particulars=newer.particulars_id, kind="email")
    confirm_pledge(newer, contact=contact, now=timezone.now())
    earlier.refresh_from_db()
    assert earlier.state == "replaced"
    assert set(sent("pledges/replaced")) == {"diem@example.org"}
    assert client.get(SHOW).status_code == 303


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organs": []}, "Tick at least one organ or tissue."),
        ({"email": "", "phone": ""}, "Write your telephone number."),
        ({"locality": "x"}, "Ward or commune"),
    ],
)
def test_change_refuses_what_the_form_refuses(
    client: Client, reference: Any, changes: dict[str, Any], sentence: str
) -> None:
    confirmed(reference)
    open_record(client)

    response = change(client, reference, **changes)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Pledge.objects.count() == 1


def test_change_without_the_boxes_is_not_stored(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    key = hidden(client.get(CHANGE).content.decode(), "form_key")

    response = client.post(
        CHANGE, {**VN, "locality": reference.ha_long.code, "form_key": key, "action": "send"}
    )

    assert response.status_code == 422
    assert Pledge.objects.count() == 1


def test_change_in_turkey_can_leave_the_organs_open(client: Client, reference: Any) -> None:
    confirmed(reference, turkish(reference))
    open_record(client, "isil@example.org", birth=ISIL_BORN)
    told = {
        "full_name": "Işıl Şimşek Öz",
        "birth_date_0": "1",
        "birth_date_1": "2",
        "birth_date_2": "1985",
        "locality": reference.seyhan.code,
        "email": "isil@example.org",
        "phone": "",
        "organ_choice": "later",
        "organs": [],
    }

    response = change(client, reference, **told)

    assert response.status_code == 303
    newer = Pledge.objects.get(state="confirmed")
    assert newer.organ_codes == ()
    assert newer.particulars.full_name == "Işıl Şimşek Öz"
    assert newer.particulars.locality == reference.seyhan


def test_change_of_a_waiting_registration_waits_as_well(client: Client, reference: Any) -> None:
    mine = confirmed(reference)
    other = register(
        reference,
        answers(reference, email="new@example.org", phone="+84912345679"),
        now=timezone.now(),
    )
    confirm_pledge(other, contact=contact_of(other), now=timezone.now())
    open_record(client, "new@example.org")

    response = change(client, reference, email="new@example.org", phone="0912 345 679")

    assert (response.status_code, response["Location"]) == (303, SHOW)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == ("confirmed", "replaced")
    newer = Pledge.objects.get(state="waiting")
    assert (newer.replaces_id, newer.organ_codes) == (mine.pk, ("cornea",))
    assert set(sent("records/changed")) == {"new@example.org"}
    assert client.get(SHOW).status_code == 200


@pytest.fixture
def moved(client: Client, reference: Any) -> tuple[Pledge, Pledge, Pledge]:
    """A registration, one that waits beside it, and its change to an address not yet confirmed."""
    mine = confirmed(reference)
    told = answers(reference, email="new@example.org", phone="+84912345679")
    waiting = register(reference, told, now=timezone.now())
    confirm_pledge(waiting, contact=contact_of(waiting), now=timezone.now())
    open_record(client, "new@example.org")
    change(client, reference, email="third@example.org", phone="0912 345 670")
    return mine, waiting, Pledge.objects.get(state="received")


def states(*pledges: Pledge) -> list[str]:
    return [Pledge.objects.get(pk=pledge.pk).state for pledge in pledges]


def test_change_of_a_waiting_registration_to_another_address_takes_its_place_when_confirmed(
    moved: Any,
) -> None:
    mine, waiting, newer = moved
    before = states(*moved)

    newer = confirm_pledge(newer, contact=contact_of(newer), now=timezone.now())

    assert before == ["confirmed", "waiting", "received"]
    assert states(*moved) == ["confirmed", "replaced", "waiting"]
    assert newer.replaces == mine
    assert changed_while_waiting(newer) == [waiting]
    assert kinds(newer) == []


def test_change_of_a_waiting_registration_takes_its_place_when_that_was_accepted_meanwhile(
    moved: Any,
) -> None:
    _mine, waiting, newer = moved
    accept_waiting(waiting, now=timezone.now())

    newer = confirm_pledge(newer, contact=contact_of(newer), now=timezone.now())

    assert states(*moved) == ["replaced", "replaced", "confirmed"]
    assert (newer.replaces_id, kinds(newer)) == (waiting.pk, ["pledge.changed"])


def test_change_of_a_waiting_registration_stands_aside_when_that_was_found_another_s(
    moved: Any,
) -> None:
    _mine, waiting, newer = moved
    contest_pledge(waiting, now=timezone.now())

    confirm_pledge(newer, contact=contact_of(newer), now=timezone.now())

    assert states(*moved) == ["confirmed", "contested", "waiting"]


# --- withdraw -----------------------------------------------------------------------------------
def test_withdraw_page_changes_nothing(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    open_record(client)

    html = client.get("/en/record/withdraw/").content.decode()

    pledge.refresh_from_db()
    assert pledge.state == "confirmed"
    assert "No donor card will be issued for it." in html


def test_withdraw_is_at_once_with_proof_on_page_paper_and_message(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)
    open_record(client, "+84912345678")

    response = client.post("/en/record/withdraw/")
    page = client.get(response["Location"]).content.decode()
    paper = client.get("/en/record/withdrawn/proof.pdf")

    pledge.refresh_from_db()
    assert response.status_code == 303
    assert pledge.state == "withdrawn"
    assert kinds(pledge)[-1] == "pledge.withdrawn"
    assert pledge.reference in page
    assert "The registration has had no effect since the moment of the withdrawal." in page
    reader = PdfReader(io.BytesIO(paper.content))
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert pledge.reference in reader.pages[0].extract_text()
    told = sent("records/withdrawn")
    assert set(told) == {"diem@example.org", "+84912345678"}
    assert {message.language for message in told.values()} == {"vi"}
    assert set(Consent.objects.values_list("withdrawn_at", flat=True)) == {None}


def test_withdraw_twice_is_once_and_its_record_stays_open_for_the_visit(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)
    open_record(client)

    statuses = [client.post("/en/record/withdraw/").status_code for _turn in range(2)]

    assert statuses == [303, 303]
    assert kinds(pledge).count("pledge.withdrawn") == 1
    assert len(sent("records/withdrawn")) == 1
    page = client.get(SHOW).content.decode()
    assert "It is withdrawn and has no effect any more." in page
    assert client.get(CHANGE).status_code == 409


def test_withdraw_with_a_card_asks_to_hand_it_back(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    today = timezone.now().astimezone(reference.vn.zone).date()
    for kind in (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED):
        take_step(pledge, kind, staff=steward, happened_on=today, now=timezone.now())
    issue_card(
        pledge,
        number="QN 0001",
        issuer=reference.steward,
        issued_on=today,
        staff=steward,
        now=timezone.now(),
    )
    open_record(client)

    html = client.get("/en/record/withdraw/").content.decode()

    assert "Your donor card is no longer valid from that moment. Hand it back" in html
    assert "A change ends the validity of your donor card." in client.get(CHANGE).content.decode()


def test_withdraw_in_turkey_does_not_touch_e_devlet_and_says_so(
    client: Client, reference: Any
) -> None:
    confirmed(reference, turkish(reference))
    open_record(client, "isil@example.org", birth=ISIL_BORN)

    before = client.get("/en/record/withdraw/").content.decode()
    client.post("/en/record/withdraw/")
    after = client.get("/en/record/withdrawn/").content.decode()

    for page in (before, after):
        assert "https://www.turkiye.gov.tr/" in page
        assert "https://enabiz.gov.tr/" in page
        assert "card" not in page.split("<main")[1].split("</main")[0].lower()
    assert "turkiye.gov.tr" in sent("records/withdrawn")["isil@example.org"].text


def test_withdrawn_page_without_a_withdrawal_shows_no_proof(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)

    assert client.get("/en/record/withdrawn/")["Location"] == SHOW
    assert client.get("/en/record/withdrawn/proof.pdf")["Location"] == SHOW


# --- consent ------------------------------------------------------------------------------------
def test_withdrawn_consent_ends_the_registration_and_says_when_data_is_erased(
    client: Client, reference: Any
) -> None:
    RetentionRule.objects.update_or_create(
        jurisdiction=reference.vn,
        record_class="pledge",
        state="consent_withdrawn",
        defaults={"act": "erase", "after_days": 20, "source": "Law", "is_active": True},
    )
    confirmed(reference)
    pledge = confirmed(reference)
    open_record(client)

    html = client.get("/en/record/consent/").content.decode()
    response = client.post("/en/record/consent/")
    page = client.get(response["Location"]).content.decode()

    pledge.refresh_from_db()
    assert "What names you is erased after 20 days." in html
    assert pledge.state == "withdrawn"
    withdrawn = Consent.objects.filter(withdrawn_at__isnull=False)
    assert {row.act for row in withdrawn} == {"agreed"}
    assert withdrawn.count() == 2
    assert "The consent to data is withdrawn too." in page
    assert set(sent("records/consent")) == {"diem@example.org"}
    assert sent("records/withdrawn") == {}


# --- messages -----------------------------------------------------------------------------------
def test_messages_can_be_stopped_and_sent_again(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    open_record(client)
    topic = str(pledge.pk)

    client.post("/en/record/messages/", {"messages": "off"})
    stopped = [may_write_to(to, topic) for to in ("diem@example.org", "+84912345678")]
    page = client.get(SHOW).content.decode()
    client.post("/en/record/messages/", {"messages": "on"})

    assert stopped == [False, False]
    assert "Send messages again" in page
    assert Stop.objects.count() == 0


def test_stopped_messages_stay_stopped_after_a_change(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    client.post("/en/record/messages/", {"messages": "off"})

    change(client, reference)

    newer = Pledge.objects.get(state="confirmed")
    assert may_write_to("diem@example.org", str(newer.pk)) is False
    assert {message.state for message in sent("records/changed").values()} == {"waiting"}


# --- somebody close -----------------------------------------------------------------------------
def name(client: Client, **changes: Any) -> Any:
    told = {"full_name": "Trần Văn Đức", "email": "duc@example.org", "phone": "", **changes}
    return client.post("/en/record/relative/", told)


def tell_relatives() -> None:
    """The sweep, as it runs a little later."""
    tell_due_relatives(now=timezone.now() + timedelta(minutes=11))


def decline_path(recipient: str) -> str:
    text = sent("records/relative")[recipient].text
    found = re.search(r"http://testserver/\w+(/record/not-me/\S+/)", text)
    assert found, text
    return f"/en{found.group(1)}"


def test_relative_is_told_once_and_nothing_of_the_answers(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    open_record(client)

    responses = [name(client).status_code for _turn in range(2)]
    at_once = client.get(SHOW).content.decode()
    tell_relatives()
    tell_relatives()

    message = sent("records/relative")["duc@example.org"]
    relative = Relative.objects.get()
    assert responses == [303, 303]
    assert (relative.full_name, relative.email) == ("Trần Văn Đức", "duc@example.org")
    assert relative.told_at is not None
    assert "Will be told" in at_once
    assert (message.language, message.about) == ("vi", pledge.pk)
    assert "Nguyễn Thị Diễm" in message.text
    # The link's own letters are of chance, and might spell anything.
    told = re.sub(r"/not-me/[^/]+/", "", message.text + message.html + message.subject)
    for value in ("Thận", "Kidney", "1990", "diem@example.org", "912", pledge.reference):
        assert value not in told
    assert "Trần Văn Đức" in client.get(SHOW).content.decode()


def test_relative_can_be_told_by_sms(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)

    name(client, email="", phone="0912 345 670")
    tell_relatives()

    message = sent("records/relative")["+84912345670"]
    assert message.channel == "sms"


def test_relatives_are_three_at_most_and_can_be_taken_off(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    three = [name(client, email=f"r{number}@example.org").status_code for number in range(3)]

    fourth = name(client, email="r3@example.org")
    client.post(f"/en/record/relative/{Relative.objects.all()[0].pk}/remove/")

    assert three == [303] * 3
    assert fourth.status_code == 422
    assert Relative.objects.count() == 2


def test_relative_of_another_person_cannot_be_taken_off(client: Client, reference: Any) -> None:
    confirmed(reference)
    confirmed(reference, turkish(reference))
    open_record(client)
    name(client)
    other = Client()
    open_record(other, "isil@example.org", birth=ISIL_BORN)

    other.post(f"/en/record/relative/{Relative.objects.get().pk}/remove/")

    assert Relative.objects.count() == 1


def test_relative_declines_by_a_post_and_is_never_told_again(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    confirmed(reference, turkish(reference))
    open_record(client)
    name(client)
    tell_relatives()
    path = decline_path("duc@example.org")
    theirs = Client()

    shown = theirs.get(path).content.decode()
    before = Relative.objects.get().declined_at
    answers_ = [theirs.post(path).status_code for _turn in range(2)]
    other = Client()
    open_record(other, "isil@example.org", birth=ISIL_BORN)
    name(other, email="DUC@example.org")
    tell_relatives()

    assert before is None
    assert [v for v in ("Nguyễn", "Trần", "duc@example.org") if v in shown] == []
    assert answers_ == [303, 303]
    assert "You get no more of these messages" in theirs.get(path).content.decode()
    states = Message.objects.filter(kind="records/relative").values_list("state", "last_error")
    assert sorted(states) == [("failed", "stopped"), ("waiting", "")]
    assert Relative.objects.get(declined_at=None).told_at is None
    assert "Wants no more messages" in client.get(SHOW).content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 80, "0" * 32 + ":" + "A" * 43])
def test_decline_with_a_made_up_token_does_nothing(
    client: Client, reference: Any, token: str
) -> None:
    statuses = [
        getattr(client, m)(f"/en/record/not-me/{token}/").status_code for m in ("get", "post")
    ]

    assert statuses == [404, 404]
    assert Stop.objects.count() == 0


def test_relative_named_while_waiting_is_told_after_the_comparison(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    waiting = register(
        reference,
        answers(reference, email="new@example.org", phone="+84912345679"),
        now=timezone.now(),
    )
    confirm_pledge(waiting, contact=contact_of(waiting), now=timezone.now())
    open_record(client, "new@example.org")
    name(client)
    tell_relatives()
    held = len(sent("records/relative"))
    accept_waiting(waiting, now=timezone.now())

    tell_relatives()

    assert held == 0
    assert set(sent("records/relative")) == {"duc@example.org"}


def test_relatives_go_along_with_a_change(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    name(client)

    change(client, reference)
    tell_relatives()

    assert Relative.objects.get().pledge.state == "confirmed"
    assert len(sent("records/relative")) == 1


def test_relative_is_not_told_before_the_pause_or_when_taken_off(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    open_record(client)
    name(client)
    early = tell_due_relatives(now=timezone.now() + timedelta(minutes=9))

    client.post(f"/en/record/relative/{Relative.objects.get().pk}/remove/")
    tell_relatives()

    assert early == 0
    assert sent("records/relative") == {}


def test_changes_of_one_who_waits_do_not_spend_those_of_the_owner(
    client: Client, reference: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(services, "CHANGES", Limit("record.changes", times=1, seconds=3600))
    confirmed(reference)
    told = answers(reference, email="new@example.org", phone="")
    waiting = register(reference, told, now=timezone.now())
    confirm_pledge(waiting, contact=contact_of(waiting), now=timezone.now())
    stranger = Client()
    open_record(stranger, "new@example.org")
    theirs = change(stranger, reference, email="new@example.org")
    open_record(client)

    assert (theirs.status_code, change(client, reference).status_code) == (303, 303)
    assert change(client, reference).status_code == 429
