import json
import logging
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from registration.deliveries import editions, sending
from registration.deliveries.choices import Way
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.sending import close_and_deliver, deliver, send_copies
from registration.deliveries.services import add_recipient
from registration.outbox import services as outbox
from registration.outbox.models import Attachment, Endpoint, Message
from registration.outbox.rules import RuleBroken
from registration.reports.choices import Edition
from registration.reports.models import Summary, Window
from registration.reports.services import ensure_windows
from tests.deliveries.conftest import CUT_OFF
from tests.reports.entries import hours_of

LATER = CUT_OFF + timedelta(minutes=1)
KEY = "5f0c6f3e-8d5a-4c1e-9b1a-0a8f3f6f2d11"


class PowerIsGone(BaseException):
    """Not an error that anything could catch: the process ends."""


def names_sent() -> dict[str, list[str]]:
    """The files of each message, by the reader's language."""
    return {
        message.language: [each.name for each in message.attachments.order_by("pk")]
        for message in Message.objects.all()
    }


def test_each_recipient_gets_one_message_in_the_own_language(summary: Summary) -> None:
    told = {each.recipient.language: each.message for each in summary.deliveries.all()}

    assert sorted(told) == ["tr", "vi"]
    for language, message in told.items():
        with translation.override(language):
            assert str(translation.gettext("Cumulative")).lower() in message.html.lower()
            assert message.language == language
    assert told["vi"].subject == "Sở Y tế Quảng Ninh: " + _("vi", summary)
    summary.window.refresh_from_db()
    assert summary.window.finished_at == CUT_OFF


def _(language: str, summary: Summary) -> str:
    with translation.override(language):
        text = translation.gettext("%(department)s: summary no. %(serial)s of %(day)s")
    return text.partition(": ")[2] % {"serial": 1, "day": "20/11/2025"}


def test_deliver_twice_is_once(summary: Summary) -> None:
    deliver(summary, now=LATER)
    close_and_deliver(summary.window, now=LATER)

    assert Message.objects.count() == Delivery.objects.count() == 2


def test_a_recipient_gets_the_documents_of_its_choice_to_the_byte(
    window: Window, office: Recipient
) -> None:
    Recipient.objects.filter(pk=office.pk).update(formats="csv;json")

    summary = close_and_deliver(window, now=CUT_OFF)

    assert names_sent()["vi"] == ["quang-ninh-2025-11-20.csv", "quang-ninh-2025-11-20.json"]
    kept = {each.name: bytes(each.content) for each in summary.documents.all()}
    sent = {each.name: bytes(each.content) for each in Attachment.objects.all()}
    assert sent == {name: kept[name] for name in sent}
    assert len(sent) == 4


def test_an_office_outside_gets_the_edition_without_small_figures(
    window: Window, office: Recipient
) -> None:
    Recipient.objects.filter(pk=office.pk).update(is_outside=True, formats="pdf;json")

    close_and_deliver(window, now=CUT_OFF)

    assert names_sent()["vi"] == [
        "quang-ninh-2025-11-20-shared.pdf",
        "quang-ninh-2025-11-20-shared.json",
    ]
    shared = json.loads(bytes(Attachment.objects.get(name__endswith="shared.json").content))
    assert shared["edition"] == "shared"
    # Three people came by one channel: no row tells of them.
    assert [row for row in shared["by_channel"] if row["received"]] == []


def test_a_link_comes_without_documents_and_leads_to_the_desk(
    window: Window, office: Recipient
) -> None:
    Recipient.objects.filter(pk=office.pk).update(way=Way.LINK)

    close_and_deliver(window, now=CUT_OFF)

    assert names_sent()["vi"] == []
    message = Message.objects.get(language="vi")
    assert "/desk/deliveries/d/" in message.text
    assert "/desk/deliveries/d/" in message.html


def test_a_webhook_carries_the_figures_of_its_edition(
    window: Window, office: Recipient, no_worker: None
) -> None:
    endpoint = Endpoint.objects.create(
        address="https://hooks.example.org", secret="whsec_x", made_at=CUT_OFF
    )
    Recipient.objects.filter(pk=office.pk).update(way=Way.WEBHOOK, email="", endpoint=endpoint)

    summary = close_and_deliver(window, now=CUT_OFF)

    message = Delivery.objects.get(recipient=office).message
    assert (message.channel, message.endpoint, message.state) == ("webhook", endpoint, "waiting")
    assert json.loads(message.text) == {
        "type": "summary.frozen",
        "timestamp": summary.frozen_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": json.loads(summary.figures),
    }


def test_a_quiet_holiday_is_frozen_and_finished_and_sends_nothing(window: Window) -> None:
    window.is_quiet = True
    window.save()

    close_and_deliver(window, now=CUT_OFF)

    window.refresh_from_db()
    assert window.finished_at == CUT_OFF
    assert not Message.objects.exists()


def test_an_unusable_recipient_holds_nobody_back_and_is_tried_again_until_mended(
    window: Window, office: Recipient, caplog: pytest.LogCaptureFixture
) -> None:
    Recipient.objects.filter(pk=office.pk).update(email="two@example.org, three@example.org")

    with caplog.at_level(logging.ERROR):
        summary = close_and_deliver(window, now=CUT_OFF)

    assert [each.recipient.language for each in summary.deliveries.all()] == ["tr"]
    assert "not_one_address" in caplog.text
    assert "example.org" not in caplog.text
    (left,) = ensure_windows(now=LATER)
    Recipient.objects.filter(pk=office.pk).update(email="two@example.org")
    close_and_deliver(left, now=LATER)
    assert sorted(each.recipient.language for each in summary.deliveries.all()) == ["tr", "vi"]
    assert ensure_windows(now=LATER) == []


def test_documents_that_cannot_be_made_hold_back_only_who_wants_them(
    window: Window, office: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Recipient.objects.filter(pk=office.pk).update(is_outside=True)
    documents_of = editions.documents_of

    def fail(summary: Summary, *, edition: Edition) -> Any:
        if edition == Edition.SHARED:
            raise ValueError
        return documents_of(summary, edition=edition)

    monkeypatch.setattr(editions, "documents_of", fail)

    summary = close_and_deliver(window, now=CUT_OFF)

    assert [each.recipient.language for each in summary.deliveries.all()] == ["tr"]


def test_power_that_goes_between_two_recipients_sends_nothing_and_then_each_once(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, calls = outbox.queue_email, []

    def fail_at_second(*args: Any, **kwargs: Any) -> Message:
        calls.append(kwargs["to"])
        if len(calls) == 2:
            raise PowerIsGone
        return queue(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(sending.outbox, "queue_email", fail_at_second)
        with pytest.raises(PowerIsGone):
            close_and_deliver(window, now=CUT_OFF)
    left, frozen = Message.objects.count(), Summary.objects.get()

    finished = close_and_deliver(Window.objects.get(pk=window.pk), now=LATER)

    assert left == 0
    assert (finished.pk, finished.sha256) == (frozen.pk, frozen.sha256)
    assert sorted(Message.objects.values_list("dedupe_key", flat=True)) == sorted(
        f"summary:{frozen.pk}:{each.pk}" for each in Recipient.objects.all()
    )


def test_an_office_added_later_gets_the_next_summary_only(summary: Summary) -> None:
    add_recipient(
        summary.department, office="Văn phòng", email="vp@soyte.example.org", language="vi"
    )
    day_after = CUT_OFF + timedelta(days=1)
    (window,) = ensure_windows(now=day_after)

    following = close_and_deliver(window, now=day_after)

    assert summary.deliveries.count() == 2
    assert following.deliveries.count() == 3


def test_an_office_that_no_longer_receives_gets_nothing(window: Window, office: Recipient) -> None:
    Recipient.objects.exclude(pk=office.pk).update(is_active=False)

    close_and_deliver(window, now=CUT_OFF)

    assert [each.recipient for each in Delivery.objects.all()] == [office]


def test_a_day_without_entries_says_so(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    add_recipient(
        reference.quang_ninh_department, office="Phòng", email="p@example.org", language="vi"
    )
    (window,) = ensure_windows(now=CUT_OFF)

    close_and_deliver(window, now=CUT_OFF)

    with translation.override("vi"):
        sentence = translation.gettext("Nothing to report for this day.")
    assert sentence in Message.objects.get().text


def test_send_copies_numbers_each_copy_and_repeats_every_byte(
    summary: Summary, office: Recipient, linh: Any
) -> None:
    again = {"to": [office], "staff": linh}
    assert send_copies(summary, key=KEY, now=LATER, **again) == 1

    assert send_copies(summary, key=KEY, now=LATER, **again) == 0
    assert send_copies(summary, key=KEY[::-1], now=LATER, **again) == 1

    copies = list(summary.deliveries.filter(recipient=office).order_by("copy"))
    assert [each.copy for each in copies] == [1, 2, 3]
    assert [each.asked_by for each in copies] == [None, linh, linh]
    files = [
        [(file.name, bytes(file.content)) for file in each.message.attachments.order_by("pk")]
        for each in copies
    ]
    assert files[0] == files[1] == files[2]
    assert "2" in copies[1].message.subject.removeprefix(copies[0].message.subject)


def test_add_recipient_is_for_setting_up(summary: Summary, office: Recipient, linh: Any) -> None:
    from registration.deliveries.choices import ChangeKind
    from registration.deliveries.services import propose_switch

    propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=LATER)

    with pytest.raises(RuleBroken) as refused:
        add_recipient(summary.department, office="Văn phòng", email="vp@example.org", language="vi")

    assert refused.value.code == "list_is_kept"
