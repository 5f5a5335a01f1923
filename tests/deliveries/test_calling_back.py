"""What waits for an office that was stopped or moved must not reach the old place for days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registration.accounts.models import Staff
from registration.deliveries import sending
from registration.deliveries.choices import ChangeKind, WindowState
from registration.deliveries.digest import groups_of
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.sending import deliver
from registration.deliveries.services import (
    decide_change,
    facts_of,
    propose_addition,
    propose_edit,
    propose_switch,
)
from registration.deliveries.shown import state_of_window, with_deliveries
from registration.deliveries.standing import standings_of
from registration.outbox import delivery as post
from registration.outbox.models import Endpoint, MailboxItem, Message
from registration.outbox.rules import NotNow
from registration.reports.models import Summary, Window
from tests.deliveries.conftest import CUT_OFF
from tests.deliveries.test_services import HOOK
from tests.races import needs_postgresql, run_at_once

LATER = CUT_OFF + timedelta(minutes=1)
NEW = "moi@soyte.example.org"

pytestmark = pytest.mark.usefixtures("no_worker")


@pytest.fixture
def stop(office: Recipient, linh: Staff, hoa: Staff) -> Callable[[], Any]:
    def agree() -> Any:
        change = propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=LATER)
        return decide_change(change, agrees=True, staff=hoa, now=LATER)

    return agree


@pytest.fixture
def edit(office: Recipient, linh: Staff, hoa: Staff) -> Callable[..., Any]:
    def agree(**changes: Any) -> Any:
        wanted = facts_of(office) | changes
        change = propose_edit(office, wanted=wanted, staff=linh, now=LATER)
        return decide_change(change, agrees=True, staff=hoa, now=LATER)

    return agree


def told(office: Recipient) -> list[tuple[int, str, str, str]]:
    rows = Delivery.objects.filter(recipient=office).select_related("message").order_by("copy")
    return [
        (each.copy, each.message.recipient, each.message.state, each.message.last_error)
        for each in rows
    ]


def send_all(now: Any = LATER) -> None:
    for message in Message.objects.filter(kind="deliveries/summary"):
        post.deliver_message(message.pk, now=now)


def state(summary: Summary) -> WindowState:
    return state_of_window(with_deliveries(Window.objects.all()).get(pk=summary.window_id))


def test_what_waits_for_a_stopped_office_never_leaves(
    summary: Summary,
    office: Recipient,
    stop: Callable[[], Any],
    mailbox: Callable[[], list[MailboxItem]],
) -> None:
    stop()
    send_all()

    address = "nghiepvu@soyte.example.org"
    assert told(office) == [(1, address, "failed", "recipient_stopped")]
    assert [each.recipient for each in mailbox()] == ["bilgi@saglik.example.org"]
    assert "taken off the list" in reason_in_words("recipient_stopped")


def test_a_stop_makes_no_failed_day(
    summary: Summary, office: Recipient, stop: Callable[[], Any]
) -> None:
    stop()
    send_all()

    (standing,) = standings_of(Window.objects.filter(pk=summary.window_id))
    assert state(summary) == WindowState.SENT
    assert [each.name for each in standing.offices] == ["İl Sağlık Müdürlüğü"]
    assert standing.is_complete
    day = timedelta(days=1)
    lines = [group["lines"] for group in groups_of(CUT_OFF - day, CUT_OFF + day, language="en")]
    assert lines == []


def test_a_called_back_copy_does_not_hide_the_one_that_arrived(
    summary: Summary, office: Recipient, stop: Callable[[], Any], linh: Staff
) -> None:
    send_all()
    sending.send_copies(summary, to=[office], key="again", staff=linh, now=LATER)

    stop()

    found = with_deliveries(Window.objects.all()).get(pk=summary.window_id)
    assert (found.sent, found.waiting, found.failed) == (2, 0, 0)  # type: ignore[attr-defined]


def test_what_waited_for_the_old_address_goes_to_the_new_one_once(
    summary: Summary,
    office: Recipient,
    edit: Callable[..., Any],
    hoa: Staff,
    mailbox: Callable[[], list[MailboxItem]],
) -> None:
    edit(email=NEW)
    deliver(summary, now=LATER)
    send_all()

    assert told(office) == [
        (1, "nghiepvu@soyte.example.org", "failed", "recipient_changed"),
        (2, NEW, "sent", ""),
    ]
    assert Delivery.objects.get(recipient=office, copy=2).asked_by == hoa
    assert sorted(each.recipient for each in mailbox()) == ["bilgi@saglik.example.org", NEW]
    assert state(summary) == WindowState.SENT


def test_what_has_gone_is_not_sent_again_and_a_new_purpose_moves_nothing(
    summary: Summary, office: Recipient, edit: Callable[..., Any]
) -> None:
    edit(purpose="information")
    waiting = told(office)
    send_all()
    office.refresh_from_db()
    edit(email=NEW)

    old = "nghiepvu@soyte.example.org"
    assert (waiting, told(office)) == ([(1, old, "waiting", "")], [(1, old, "sent", "")])


def test_an_office_that_turns_out_to_be_outside_gets_the_other_edition(
    summary: Summary, office: Recipient, edit: Callable[..., Any]
) -> None:
    edit(is_outside=True)

    assert [row[2] for row in told(office)] == ["failed", "waiting"]
    message = Delivery.objects.get(recipient=office, copy=2).message
    own, shared = (
        [bytes(each.content) for each in found.attachments.order_by("name")]
        for found in (Delivery.objects.get(recipient=office, copy=1).message, message)
    )
    assert len(own) == len(shared)
    assert own != shared


@pytest.mark.parametrize("arrives", [True, False])
def test_what_a_worker_holds_is_told_as_it_ends_and_never_tried_again(
    summary: Summary,
    office: Recipient,
    stop: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
    arrives: bool,
) -> None:
    """The stop is agreed to while the worker speaks with the mail server."""

    def stop_meanwhile(*args: Any, **kwargs: Any) -> None:
        stop()
        if not arrives:
            raise NotNow("timeout")

    monkeypatch.setattr(post, "send", stop_meanwhile)
    message = Delivery.objects.get(recipient=office).message
    post.deliver_message(message.pk, now=LATER)

    ended = ("sent", "") if arrives else ("failed", "recipient_stopped")
    assert [row[2:] for row in told(office)] == [ended]
    assert post.claim(message.pk, now=LATER + timedelta(days=1)) is None


def test_a_stopped_webhook_has_ended_and_resumes(window: Window, linh: Staff, hoa: Staff) -> None:
    added = propose_addition(window.department, wanted=HOOK, staff=linh, now=CUT_OFF)
    decide_change(added, agrees=True, staff=hoa, now=CUT_OFF)
    hook = Recipient.objects.get(way="webhook")
    sending.close_and_deliver(window, now=CUT_OFF)

    for kind in (ChangeKind.STOP, ChangeKind.RESUME):
        change = propose_switch(hook, kind=kind, staff=linh, now=LATER)
        decide_change(change, agrees=True, staff=hoa, now=LATER)
        hook.refresh_from_db()
        ended = kind == ChangeKind.STOP
        assert hook.is_active is not ended
        assert Endpoint.objects.get().ended_at == (LATER if ended else None)
    assert [row[2:] for row in told(hook)] == [("failed", "recipient_stopped")]


def test_a_moved_webhook_gets_what_waited_at_its_new_address(
    window: Window, linh: Staff, hoa: Staff
) -> None:
    added = propose_addition(window.department, wanted=HOOK, staff=linh, now=CUT_OFF)
    decide_change(added, agrees=True, staff=hoa, now=CUT_OFF)
    hook = Recipient.objects.get(way="webhook")
    sending.close_and_deliver(window, now=CUT_OFF)
    wanted = facts_of(hook) | {"address": "https://new.example.org/in"}

    change = propose_edit(hook, wanted=wanted, staff=linh, now=LATER)
    decide_change(change, agrees=True, staff=hoa, now=LATER)

    assert told(hook) == [
        (1, HOOK["address"], "failed", "recipient_changed"),
        (2, "https://new.example.org/in", "waiting", ""),
    ]


def test_an_office_stopped_while_the_documents_are_made_gets_nothing(
    window: Window, office: Recipient, stop: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = sending._papers_for

    def stop_meanwhile(*args: Any) -> Any:
        papers = make(*args)
        stop()
        return papers

    monkeypatch.setattr(sending, "_papers_for", stop_meanwhile)
    sending.close_and_deliver(window, now=CUT_OFF)

    assert told(office) == []


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_worker_and_change_at_once_send_to_one_address_or_say_so(
    summary: Summary, office: Recipient, edit: Callable[..., Any]
) -> None:
    """Whoever is first, the state says what happened: sent is sent, called back never leaves."""
    message = Delivery.objects.get(recipient=office, copy=1).message
    results = run_at_once(
        [lambda: edit(email=NEW)] + [lambda: post.deliver_message(message.pk, now=LATER)] * 3
    )

    assert [each for each in results if isinstance(each, Exception)] == []
    arrived = MailboxItem.objects.count()
    first = told(office)[0]
    assert (first[2], arrived) in {("sent", 1), ("failed", 0)}
    assert first[2] == "sent" or told(office)[1:] == [(2, NEW, "waiting", "")]


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_day_closed_while_the_address_changes_never_waits_for_the_old_one(
    window: Window, office: Recipient, edit: Callable[..., Any]
) -> None:
    results = run_at_once(
        [lambda: edit(email=NEW), lambda: sending.close_and_deliver(window, now=CUT_OFF)]
    )

    assert [each for each in results if isinstance(each, Exception)] == []
    waiting = [row[1] for row in told(office) if row[2] == "waiting"]
    assert waiting == [NEW]
