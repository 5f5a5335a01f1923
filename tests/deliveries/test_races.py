"""Two people and many workers at once, on real connections. Twins show what guards them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Manager, QuerySet

from registration.accounts.models import Staff
from registration.deliveries.models import Change, Delivery, Recipient
from registration.deliveries.sending import close_and_deliver, send_copies
from registration.deliveries.services import decide_change, propose_addition
from registration.outbox.models import Endpoint, MailboxItem, Message
from registration.outbox.tasks import deliver_message
from registration.reports.models import Summary, Window
from registration.reports.services import ensure_windows
from tests import factories
from tests.deliveries.conftest import CUT_OFF
from tests.deliveries.test_services import HOOK
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), needs_postgresql]

AT_ONCE = 6


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: rows are read and not locked."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    monkeypatch.setattr(
        Manager, "select_for_update", lambda self, *args, **kwargs: self.get_queryset()
    )


@pytest.fixture
def officers(reference: SimpleNamespace) -> list[Staff]:
    return [
        factories.StaffFactory(
            username=f"officer{number}",
            unit=reference.quang_ninh_department,
            roles=["department"],
        )
        for number in range(AT_ONCE)
    ]


def agree_at_once(window: Window, linh: Staff, officers: list[Staff]) -> int:
    """How many systems would be called after all officers agreed to one in the same moment."""
    change = propose_addition(window.department, wanted=HOOK, staff=linh, now=CUT_OFF)
    run_at_once(
        [
            lambda officer=officer: decide_change(change, agrees=True, staff=officer, now=CUT_OFF)
            for officer in officers
        ]
    )
    assert Change.objects.get().decision == "agreed"
    assert Recipient.objects.filter(way="webhook").count() == Endpoint.objects.count()
    return Endpoint.objects.count()


def test_many_who_agree_at_once_add_one_recipient(
    window: Window, linh: Staff, officers: list[Staff]
) -> None:
    assert agree_at_once(window, linh, officers) == 1


def test_twin_without_the_lock_many_are_added(
    window: Window, linh: Staff, officers: list[Staff], no_lock: None
) -> None:
    assert agree_at_once(window, linh, officers) > 1


def click_at_once(summary: Summary, office: Recipient, linh: Staff) -> list[Any]:
    key = str(uuid.uuid4())
    return run_at_once(
        [lambda: send_copies(summary, to=[office], key=key, staff=linh, now=CUT_OFF)] * AT_ONCE
    )


def test_a_click_that_comes_often_is_one_copy(
    summary: Summary, office: Recipient, linh: Staff
) -> None:
    results = click_at_once(summary, office, linh)

    assert sorted(results) == [0] * (AT_ONCE - 1) + [1]
    assert summary.deliveries.filter(recipient=office).count() == 2


def test_twin_without_the_lock_clicks_collide(
    summary: Summary, office: Recipient, linh: Staff, no_lock: None
) -> None:
    results = click_at_once(summary, office, linh)

    assert any(isinstance(each, Exception) for each in results)


def test_two_who_send_again_at_once_number_their_copies(
    summary: Summary, office: Recipient, linh: Staff
) -> None:
    run_at_once(
        [lambda: send_copies(summary, to=[office], key=str(uuid.uuid4()), staff=linh, now=CUT_OFF)]
        * AT_ONCE
    )

    copies = summary.deliveries.filter(recipient=office).order_by("copy")
    assert [each.copy for each in copies] == list(range(1, AT_ONCE + 2))


def finish_at_once(window: Window) -> list[Any]:
    (fresh,) = ensure_windows(now=CUT_OFF)
    return run_at_once(
        [lambda: close_and_deliver(Window.objects.get(pk=fresh.pk), now=CUT_OFF)] * AT_ONCE,
        timeout=90,
    )


def test_every_task_in_parallel_sends_each_message_once(
    window: Window, mailbox: Callable[[], list[MailboxItem]]
) -> None:
    """Each task by many workers at once (FI-16); out of order in ``test_trouble.py``."""
    results = finish_at_once(window)
    ids = [str(each.pk) for each in Message.objects.all()]
    run_at_once([lambda: [deliver_message(each) for each in ids]] * AT_ONCE)

    assert [each for each in results if isinstance(each, Exception)] == []
    assert Delivery.objects.count() == Message.objects.count() == 2
    assert len(mailbox()) == 2


def test_twin_without_the_claim_each_message_is_sent_by_all(
    window: Window,
    mailbox: Callable[[], list[MailboxItem]],
    monkeypatch: pytest.MonkeyPatch,
    no_worker: None,
) -> None:
    from registration.outbox import delivery

    close_and_deliver(window, now=CUT_OFF)
    ids = [each.pk for each in Message.objects.all()]
    monkeypatch.setattr(
        delivery, "claim", lambda message_id, *, now: Message.objects.get(pk=message_id)
    )

    run_at_once(
        [
            lambda: [
                delivery.deliver_message(each, now=CUT_OFF + timedelta(minutes=1)) for each in ids
            ]
        ]
        * AT_ONCE
    )

    assert len(mailbox()) == 2 * AT_ONCE
