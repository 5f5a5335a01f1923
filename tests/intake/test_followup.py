"""Reminders to make the statement that counts, and the three answers of their page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from registration.accounts.models import Staff
from registration.intake import followup
from registration.intake.followup import LINK_LIFE, answer_by_link, remind_due
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.outbox.services import stop_messages
from registration.people.models import OneTimeLink, Person
from registration.people.services import issue_link
from registration.pledges.choices import LinkPurpose, StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.pledges.steps import take_step
from tests import factories
from tests.intake.test_confirm_page import digest
from tests.pledges.registering import NOW, contact_of, register, turkish

DAY = timedelta(days=1)
# Noon in Adana, three days after the confirmation at NOW (12:00 there).
THIRD, FOURTEENTH = NOW + 3 * DAY, NOW + 14 * DAY


def confirmed(reference: Any, **person: Any) -> Pledge:
    pledge = register(reference, turkish(reference, **person))
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)


def reminders() -> list[Message]:
    return list(Message.objects.filter(kind="intake/reminder").order_by("created_at"))


def token_in(message: Message) -> str:
    return message.text.partition("/pledge/follow-up/")[2].partition("/")[0]


def step_of(pledge: Pledge, kind: StepKind, staff: Staff | None = None) -> None:
    take_step(pledge, kind, staff=staff, happened_on=NOW.date(), now=NOW)


# ---- Who is reminded, when, how often


@pytest.mark.parametrize(
    ("age", "sent"),
    [
        (3 * DAY - timedelta(minutes=1), 0),
        (3 * DAY, 1),
        (14 * DAY - timedelta(minutes=1), 1),
        (14 * DAY, 1),
    ],
    ids=["before", "third day", "before the second", "both due at once"],
)
def test_reminder_is_due_after_three_days(reference: Any, age: timedelta, sent: int) -> None:
    confirmed(reference)

    assert remind_due(now=NOW + age) == sent

    assert len(reminders()) == sent


def test_two_reminders_go_out_and_no_third(reference: Any) -> None:
    pledge = confirmed(reference, language="en")

    counts = [remind_due(now=NOW + day * DAY) for day in range(40)]

    assert [day for day, count in enumerate(counts) if count] == [3, 14]
    pledge.refresh_from_db()
    assert pledge.reminders == 2
    first, last = reminders()
    assert "If we do not hear from you, we remind you once more." in first.text
    assert "This is our last reminder." in last.text
    assert (first.dedupe_key, last.dedupe_key) == (
        f"intake/reminder:{pledge.pk}:1",
        f"intake/reminder:{pledge.pk}:2",
    )


def test_reminder_that_came_too_late_is_left_out_for_the_next(reference: Any) -> None:
    pledge = confirmed(reference)

    first = remind_due(now=NOW + 20 * DAY)
    again = remind_due(now=NOW + 40 * DAY)

    pledge.refresh_from_db()
    assert (first, again, pledge.reminders) == (1, 0, 2)


@pytest.mark.parametrize(
    ("hour", "sent"), [(5, 0), (6, 1), (16, 1), (17, 0)], ids=["8:00", "9:00", "19:00", "20:00"]
)
def test_nobody_is_reminded_at_night(reference: Any, hour: int, sent: int) -> None:
    confirmed(reference)

    assert remind_due(now=datetime(2026, 11, 25, hour, 0, tzinfo=UTC)) == sent


def test_unconfirmed_and_vietnamese_are_not_reminded(reference: Any) -> None:
    register(reference, turkish(reference))
    application = register(reference)
    confirm_pledge(application, contact=contact_of(application), now=NOW)

    assert remind_due(now=THIRD) == 0


def test_done_and_withdrawn_are_not_reminded(reference: Any) -> None:
    step_of(confirmed(reference), StepKind.HANDED_OVER)
    other = confirmed(reference, full_name="Çiğdem Öz", email="cigdem@example.org")
    withdraw_pledge(other, now=NOW)

    assert remind_due(now=FOURTEENTH) == 0
    assert reminders() == []


def test_who_waits_for_help_is_reminded_only_after_the_offices_call(
    reference: Any, ayse: Staff
) -> None:
    pledge = confirmed(reference)
    step_of(pledge, StepKind.HELP_ASKED)
    before = remind_due(now=THIRD)

    take_step(pledge, StepKind.CONTACTED, staff=ayse, happened_on=THIRD.date(), now=THIRD)

    assert before == 0
    assert remind_due(now=THIRD + 3 * DAY - timedelta(minutes=1)) == 0
    assert remind_due(now=THIRD + 3 * DAY) == 1


def test_who_stopped_messages_gets_none(reference: Any) -> None:
    pledge = confirmed(reference)
    stop_messages("isil@example.org", str(pledge.pk), now=NOW)

    remind_due(now=THIRD)
    remind_due(now=FOURTEENTH)

    assert [(m.state, m.last_error) for m in reminders()] == [("failed", "stopped")] * 2


def test_second_worker_finds_the_claim_taken(reference: Any) -> None:
    pledge = confirmed(reference)
    listed = followup._due(THIRD)

    # Both workers listed the row before either of them claimed it.
    won = [followup._remind(key, seen=0, number=1, now=THIRD) for key in (*listed, *listed)]

    assert listed == {pledge.pk: (0, 1)}
    assert won == [True, False]
    assert len(reminders()) == 1
    assert OneTimeLink.objects.filter(purpose=LinkPurpose.FOLLOW_UP).count() == 1


def test_claim_fails_for_who_answered_meanwhile(reference: Any) -> None:
    pledge = confirmed(reference)
    step_of(pledge, StepKind.HANDED_OVER)

    assert followup._remind(pledge.pk, seen=0, number=1, now=THIRD) is False
    assert reminders() == []


def test_row_that_fails_stays_due_and_stops_no_other(
    reference: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = confirmed(reference)
    fine = confirmed(reference, full_name="Çiğdem Öz", email="cigdem@example.org")
    send = followup._send_reminder

    def fail_for_one(pledge: Pledge, *args: Any, **kwargs: Any) -> None:
        if pledge.pk == broken.pk:
            raise ValueError("isil@example.org")
        send(pledge, *args, **kwargs)

    monkeypatch.setattr(followup, "_send_reminder", fail_for_one)

    assert remind_due(now=THIRD) == 1

    counts: dict[UUID, int] = dict(Pledge.objects.values_list("pk", "reminders"))
    assert counts == {broken.pk: 0, fine.pk: 1}
    assert "ValueError" in caplog.text
    assert "isil@example.org" not in caplog.text


def test_batch_has_an_end_and_the_next_goes_on(
    reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followup, "AT_MOST", 2)
    for number in range(3):
        confirmed(reference, full_name=f"Işıl {'ABC'[number]}", email=f"p{number}@example.org")

    assert [remind_due(now=THIRD) for _turn in range(3)] == [2, 1, 0]
    assert {message.recipient for message in reminders()} == {
        f"p{number}@example.org" for number in range(3)
    }


# ---- What the reminder says


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Is your statement made? Reference {}"), ("tr", None), ("vi", None)],
)
def test_reminder_is_in_the_persons_language_with_one_link(
    reference: Any, language: str, subject: str | None
) -> None:
    pledge = confirmed(reference, language=language)

    remind_due(now=THIRD)

    [message] = reminders()
    assert message.language == language
    assert message.recipient == "isil@example.org"
    assert message.about == pledge.pk
    assert message.text.count("http") == 1
    assert message.html.count("http") == 1
    assert f"http://testserver/{language}/pledge/follow-up/{token_in(message)}/" in message.text
    assert pledge.reference in message.text
    assert "Işıl" not in message.text + message.html
    if subject:
        assert message.subject == subject.format(pledge.reference)


def test_link_of_a_reminder_lives_thirty_days(reference: Any) -> None:
    pledge = confirmed(reference)

    remind_due(now=THIRD)

    link = OneTimeLink.objects.get(purpose=LinkPurpose.FOLLOW_UP)
    assert (link.about, link.expires_at) == (pledge.pk, THIRD + timedelta(days=30))


def test_reminder_goes_to_the_telephone_where_there_is_no_mailbox(
    reference: Any, settings: Any
) -> None:
    settings.SMS_URL = "mailbox://"
    confirmed(reference, email="", phone="+905321234567")

    remind_due(now=THIRD)

    [message] = reminders()
    assert (message.channel, message.recipient) == ("sms", "+905321234567")
    assert "/pledge/follow-up/" in message.text


# ---- The page


@pytest.fixture
def pledge(reference: Any) -> Pledge:
    return confirmed(reference)


@pytest.fixture
def token(pledge: Pledge) -> str:
    return issue_link(
        contact_of(pledge),
        purpose=LinkPurpose.FOLLOW_UP,
        about=pledge.pk,
        now=timezone.now(),
        life=LINK_LIFE,
    )


def page_of(token: str) -> str:
    return f"/en/pledge/follow-up/{token}/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client: Client, token: str, method: str) -> None:
    before = digest()

    for _turn in range(3):
        response = getattr(client, method)(page_of(token))

    assert response.status_code == 200
    assert digest() == before


def test_page_shows_three_buttons_and_nothing_personal(
    client: Client, pledge: Pledge, token: str
) -> None:
    response = client.get(page_of(token))

    html = response.content.decode()
    assert [value in html for value in ('value="done"', 'value="help"', 'value="withdraw"')] == [
        True
    ] * 3
    assert pledge.reference in html
    assert not any(value in html for value in ("Işıl", "Şimşek", "isil@example.org", "Kidney"))
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"


def test_button_needs_its_token_against_forged_requests(token: str, pledge: Pledge) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(page_of(token), {"answer": "withdraw"}).status_code == 403
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"


def test_done_is_recorded_as_the_persons_own_word(
    client: Client, pledge: Pledge, token: str
) -> None:
    responses = [client.post(page_of(token), {"answer": "done"}) for _turn in range(2)]

    assert [(r.status_code, r["Location"]) for r in responses] == [(303, page_of(token))] * 2
    [step] = PledgeStep.objects.all()
    assert (step.kind, step.staff) == ("handed_over", None)
    pledge.refresh_from_db()
    assert (pledge.state, pledge.next_step) == ("confirmed", "")
    assert Event.objects.filter(kind="pledge.handed_over").count() == 1
    html = client.get(page_of(token)).content.decode()
    assert "We record it as your own word" in html
    assert 'value="done"' not in html


def test_help_comes_onto_the_work_list_and_shows_where_to_ask(
    client: Client, reference: Any, pledge: Pledge, token: str
) -> None:
    factories.UnitFactory(
        code="near", province=reference.adana, name_en="State Hospital", phone="0322 000 00 02"
    )

    for _turn in range(2):
        client.post(page_of(token), {"answer": "help"})

    pledge.refresh_from_db()
    assert pledge.next_step == "contacted"
    assert [(s.kind, s.staff) for s in PledgeStep.objects.all()] == [("help_asked", None)]
    html = client.get(page_of(token)).content.decode()
    assert "We will help you" in html
    assert "State Hospital" in html
    assert 'href="tel:03220000002"' in html
    assert 'value="help"' not in html


def test_change_of_mind_withdraws_at_once_with_proof(
    client: Client, pledge: Pledge, token: str
) -> None:
    for _turn in range(2):
        client.post(page_of(token), {"answer": "withdraw"})

    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"
    assert Event.objects.filter(kind="pledge.withdrawn").count() == 1
    [proof] = Message.objects.filter(kind="intake/reminder_withdrawn")
    assert (proof.recipient, proof.language) == ("isil@example.org", "tr")
    assert pledge.reference in proof.text
    html = client.get(page_of(token)).content.decode()
    assert "Your registration is withdrawn" in html
    assert "Withdrawing here does not withdraw an e-Devlet statement" in html
    assert 'href="https://www.turkiye.gov.tr/"' in html
    assert "<button" not in html


def test_withdrawal_by_a_reminder_is_told_to_every_confirmed_contact(
    client: Client, pledge: Pledge, token: str
) -> None:
    pledge.particulars.contacts.create(
        kind="phone", value="+905321234567", value_hash="0" * 64, confirmed_at=NOW
    )

    for _turn in range(2):
        client.post(page_of(token), {"answer": "withdraw"})

    proofs = Message.objects.filter(kind="intake/reminder_withdrawn")
    assert sorted((proof.recipient, proof.state) for proof in proofs) == [
        ("+905321234567", "waiting"),
        ("isil@example.org", "waiting"),
    ]


def test_link_takes_other_answers_until_withdrawn(
    client: Client, pledge: Pledge, token: str
) -> None:
    for answer in ("help", "done", "withdraw", "done", "help"):
        client.post(page_of(token), {"answer": answer})

    kinds = PledgeStep.objects.order_by("recorded_at").values_list("kind", flat=True)
    assert list(kinds) == ["help_asked", "handed_over"]
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"


def test_page_answers_to_what_was_said_last(client: Client, token: str) -> None:
    titles = []
    for answer in ("help", "done"):
        client.post(page_of(token), {"answer": answer})
        html = client.get(page_of(token)).content.decode()
        titles += re.findall(r"<h1>([^<]+)</h1>", html)

    assert titles == ["We will help you", "Thank you. Noted: your statement is made."]


@pytest.mark.parametrize("answer", ["", "yes", "DONE", "done "])
def test_other_answers_change_nothing(client: Client, token: str, answer: str) -> None:
    before = digest()

    assert client.post(page_of(token), {"answer": answer}).status_code == 303
    assert digest() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_ended_link_says_so_and_does_nothing(client: Client, pledge: Pledge, method: str) -> None:
    token = issue_link(
        contact_of(pledge),
        purpose=LinkPurpose.FOLLOW_UP,
        about=pledge.pk,
        now=timezone.now() - LINK_LIFE,
        life=LINK_LIFE,
    )

    response = getattr(client, method)(page_of(token), {"answer": "withdraw"})

    assert response.status_code == 410
    assert "it was good for 30 days" in response.content.decode()
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5000, "%E2%80%AE"])
def test_unknown_link_says_so(client: Client, reference: Any, method: str, token: str) -> None:
    response = getattr(client, method)(page_of(token), {"answer": "withdraw"})

    assert response.status_code == 404
    assert "This link is not known." in response.content.decode()


def test_link_for_another_purpose_opens_nothing(client: Client, pledge: Pledge) -> None:
    token = issue_link(
        contact_of(pledge), purpose=LinkPurpose.CONTEST, about=pledge.pk, now=timezone.now()
    )

    assert client.post(page_of(token), {"answer": "withdraw"}).status_code == 404
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"


def test_page_of_a_replaced_registration_offers_nothing(
    client: Client, pledge: Pledge, token: str
) -> None:
    Pledge.objects.filter(pk=pledge.pk).update(state="replaced", next_step="")
    before = digest()

    html = client.get(page_of(token)).content.decode()
    answer_by_link(token, "withdraw", now=timezone.now())

    assert "This registration has ended. You need do nothing." in html
    assert "<button" not in html
    assert digest() == before


def test_page_asks_few_queries(client: Client, token: str, max_queries: Any) -> None:
    client.get(page_of(token))

    with max_queries(8):
        client.get(page_of(token))


# ---- Who asked that the registration is only kept


def restrict(pledge: Pledge) -> None:
    Person.objects.filter(pk=pledge.person_id).update(restricted_at=NOW)


def test_restricted_person_is_not_reminded(reference: Any) -> None:
    restrict(confirmed(reference))

    assert remind_due(now=FOURTEENTH) == 0
    assert reminders() == []


def test_claim_fails_for_who_was_restricted_meanwhile(reference: Any) -> None:
    pledge = confirmed(reference)
    restrict(pledge)

    assert followup._remind(pledge.pk, seen=0, number=1, now=THIRD) is False
    assert Pledge.objects.get().reminders == 0


@pytest.mark.parametrize("answer", ["done", "help"])
def test_restricted_person_s_answer_is_met_kindly_and_not_written_down(
    client: Client, pledge: Pledge, token: str, answer: str
) -> None:
    restrict(pledge)
    before = digest()

    response = client.post(page_of(token), {"answer": answer}, follow=True)

    html = response.content.decode()
    assert response.status_code == 200
    assert "Your registration is only kept" in html
    assert [f'value="{name}"' in html for name in ("done", "help", "withdraw")] == [
        False,
        False,
        True,
    ]
    assert digest() == before


def test_restricted_person_may_withdraw_by_the_link(
    client: Client, pledge: Pledge, token: str
) -> None:
    restrict(pledge)

    html = client.post(page_of(token), {"answer": "withdraw"}, follow=True).content.decode()

    assert Pledge.objects.get(pk=pledge.pk).state == "withdrawn"
    assert "Your registration is withdrawn" in html
