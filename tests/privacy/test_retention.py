"""Rules of retention: shipped rows that rooms know, carried out in batches, counted."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from registration.outbox.models import MailboxItem, Message
from registration.outbox.services import deliver_message, queue_email
from registration.people.models import OneTimeCode, OneTimeLink
from registration.pledges.models import Pledge
from registration.privacy import retention
from registration.privacy.models import Erasure, RetentionRule, RetentionRun
from registration.privacy.record_classes import record_class
from registration.privacy.reference import load, read_rules
from registration.privacy.retention import run_retention
from registration.privacy.tasks import run_retention as nightly
from registration.rights.models import DataRequest
from registration.units.reference import Loading
from tests.pledges.registering import NOW, answers, contact_of, register
from tests.pledges.test_erasure import rule
from tests.races import needs_postgresql, run_at_once

LATER = NOW + timedelta(days=8)
RULES = "/cms/snippets/privacy/retentionrule/"


def test_every_shipped_rule_is_known_to_a_room_and_within_the_law() -> None:
    rules = read_rules()

    for row in rules:
        kind = record_class(row["record_class"])
        assert kind is not None, row
        assert row["state"] in kind.states, row
        assert kind.act == row["act"], row
        assert 1 <= row["after_days"] <= (row["at_most_days"] or row["after_days"]), row
        assert row["source"], row
    countries = {row["jurisdiction"] for row in rules}
    assert countries == {"VN", "TR"}
    for country in countries:
        kept = {(r["record_class"], r["state"]) for r in rules if r["jurisdiction"] == country}
        assert {("pledge", s) for s in ("received", "withdrawn", "consent_withdrawn")} <= kept


def test_shipped_rules_are_loaded_once_and_a_changed_one_stays(reference: Any) -> None:
    load(Loading())
    RetentionRule.objects.filter(state="received").update(after_days=3)
    again = Loading()

    load(again)

    assert RetentionRule.objects.count() == len(read_rules())
    assert again.created["privacy.retentionrule"] == 0
    assert [days for _rule, days in _days("received")] == [3, 3]


def _days(state: str) -> list[tuple[int, int]]:
    return list(RetentionRule.objects.filter(state=state).values_list("pk", "after_days"))


@pytest.mark.parametrize("days", [{"after_days": 0}, {"after_days": 21, "at_most_days": 20}])
def test_time_below_a_day_or_above_the_law_is_refused(reference: Any, days: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rule("received", **days)


def test_dry_run_counts_and_changes_nothing(reference: Any) -> None:
    register(reference)
    rule("received")

    outcomes = run_retention(now=LATER, is_dry_run=True)

    assert [outcome.count for outcome in outcomes] == [1]
    assert (Pledge.objects.count(), RetentionRun.objects.count()) == (1, 0)


def test_rule_that_is_off_does_nothing(reference: Any) -> None:
    register(reference)
    rule("received", is_active=False)

    assert run_retention(now=LATER) == []


@pytest.mark.parametrize(
    "changes", [{"record_class": "ghost"}, {"state": "ghost"}, {"act": "anonymise"}]
)
def test_rule_that_no_room_knows_is_passed_over_and_said(reference: Any, changes: Any) -> None:
    register(reference)
    rule(**{"state": "received", **changes})

    outcomes = run_retention(now=LATER)

    assert [outcome.count for outcome in outcomes] == [None]
    assert Pledge.objects.count() == 1


def test_many_are_erased_batch_by_batch(reference: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        register(reference, answers(reference, identity_number=f"02219099900{number}"))
    rule("received")

    first = run_retention(now=LATER, at_most=3)
    left = Pledge.objects.count()
    second = run_retention(now=LATER)

    assert ([o.count for o in first], left, [o.count for o in second]) == ([3], 2, [2])
    assert sum(RetentionRun.objects.values_list("count", flat=True)) == 5
    assert Erasure.objects.count() == 5


def test_nightly_task_runs_twice_without_harm(reference: Any) -> None:
    register(reference)
    rule("received", after_days=1)

    nightly()
    nightly()

    assert Pledge.objects.count() == 0
    assert Erasure.objects.count() == 1


def test_command_prints_what_it_would_erase(reference: Any) -> None:
    register(reference)
    rule("received", after_days=1)
    told = StringIO()

    call_command("erase_due", "--dry-run", stdout=told)

    assert told.getvalue().splitlines()[1:] == [
        "VN       pledge          received             1 d  erase             1",
        "Nothing was changed.",
    ]
    assert Pledge.objects.count() == 1


def test_text_of_a_message_goes_and_that_it_was_sent_stays(reference: Any) -> None:
    pledge = register(reference)
    message = Message.objects.get(about=pledge.pk)
    deliver_message(message.pk, now=NOW)
    rule("sent", record_class="message", act="anonymise")

    first, second = run_retention(now=LATER), run_retention(now=LATER)

    message.refresh_from_db()
    assert ([o.count for o in first], [o.count for o in second]) == ([1], [0])
    assert (message.recipient, message.subject, message.text, message.html) == ("", "", "", "")
    assert (message.kind, message.state, message.sent_at) == ("pledges/receipt", "sent", NOW)
    assert MailboxItem.objects.count() == 0


def test_message_to_an_office_is_no_record_of_a_person(reference: Any) -> None:
    sent = queue_email(
        "pledges/replaced",
        to="tong-hop@example.org",
        language="vi",
        context={},
        dedupe_key="office",
        now=NOW,
    )
    deliver_message(sent.pk, now=NOW)
    rule("sent", record_class="message", act="anonymise")

    assert [outcome.count for outcome in run_retention(now=LATER)] == [0]


def test_links_and_codes_go_after_their_end(reference: Any) -> None:
    pledge = register(reference)
    contact = contact_of(pledge)
    for days in (0, 5):
        OneTimeCode.objects.create(
            code_hash="x",
            purpose="pledge.confirm",
            contact=contact,
            about=pledge.pk,
            expires_at=NOW + timedelta(days=days),
        )
    rule("ended", record_class="one_time_link", after_days=4)
    rule("ended", record_class="one_time_code")

    outcomes = run_retention(now=LATER)

    assert [outcome.count for outcome in outcomes] == [1, 1]
    assert OneTimeLink.objects.filter(purpose="pledge.confirm").count() == 0
    assert OneTimeCode.objects.count() == 1


def test_request_is_blanked_and_its_clock_stays(reference: Any) -> None:
    pledge = register(reference)
    request = DataRequest.objects.create(
        reference="7KQM-2XHT",
        jurisdiction=reference.vn,
        province=reference.quang_ninh,
        kind="learn",
        state="done",
        person=pledge.person,
        full_name="Nguyễn Thị Diễm",
        email="diem@example.org",
        text="Xin cho biết",
        language="vi",
        form_key="k",
        received_at=NOW,
        act_due_at=NOW,
        ended_at=NOW,
        answer="Đã trả lời",
    )
    rule("done", record_class="data_request", act="anonymise")

    first, second = run_retention(now=LATER), run_retention(now=LATER)

    request.refresh_from_db()
    assert ([o.count for o in first], [o.count for o in second]) == ([1], [0])
    assert (request.full_name, request.email, request.text, request.answer) == ("", "", "", "")
    assert (request.person, request.reference, request.ended_at) == (None, "7KQM-2XHT", NOW)
    assert Pledge.objects.filter(pk=pledge.pk).exists()


def test_administrator_changes_the_days_and_nothing_else(
    client: Client, administrator: Any, reference: Any
) -> None:
    client.force_login(administrator)
    received = rule("received", at_most_days=20)
    sent = {"after_days": "10", "is_active": "on", "source": "Letter 1", "state": "withdrawn"}

    listed = client.get(RULES)
    changed = client.post(f"{RULES}edit/{received.pk}/", sent)
    client.post(f"{RULES}edit/{received.pk}/", {**sent, "after_days": "0"})
    refused = client.post(f"{RULES}edit/{received.pk}/", {**sent, "after_days": "21"})
    added = client.get(f"{RULES}add/")

    received.refresh_from_db()
    assert (listed.status_code, changed.status_code) == (200, 302)
    assert (received.after_days, received.source, received.state) == (10, "Letter 1", "received")
    assert "The law does not allow to keep this for so long." in refused.content.decode()
    assert added.status_code == 302


@pytest.mark.parametrize("who", ["steward", "charlie"])
def test_others_do_not_reach_the_rules(
    client: Client, request: Any, reference: Any, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    received = rule("received")

    client.post(f"{RULES}edit/{received.pk}/", {"after_days": "1", "source": "x"})

    received.refresh_from_db()
    assert received.after_days == 7


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_entry_confirmed_while_the_night_runs_is_not_lost(reference: Any) -> None:
    from registration.people.models import Person
    from registration.pledges.services import confirm_pledge

    pledges = [
        register(reference, answers(reference, identity_number=f"02219099900{n}")) for n in range(6)
    ]
    rule("received")
    contacts = [contact_of(pledge) for pledge in pledges]

    def confirm(number: int) -> Any:
        return confirm_pledge(pledges[number], contact=contacts[number], now=LATER).pk

    results = run_at_once(
        [
            *[lambda number=number: confirm(number) for number in range(6)],
            *[lambda: run_retention(now=LATER)] * 2,
        ]
    )

    told = {result for result in results[:6] if not isinstance(result, Exception)}
    assert told == set(Pledge.objects.values_list("pk", flat=True))
    assert Erasure.objects.count() == 6 - len(told)
    assert Person.objects.count() == len(told)
    assert not [result for result in results[6:] if isinstance(result, Exception)]
    assert connection.vendor == "postgresql"
