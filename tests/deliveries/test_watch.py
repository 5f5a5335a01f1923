"""Alarms before and at the due time: once each, to the right people, saying what is known."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone, translation

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.deliveries import watch
from registration.deliveries.choices import Stage
from registration.deliveries.models import Alarm, Watch
from registration.deliveries.rules import alarm_of
from registration.deliveries.standing import standings_of
from registration.deliveries.watch import clock_line, raise_alarms, set_watch
from registration.outbox.choices import State
from registration.outbox.models import Message
from registration.reports.models import Window
from registration.reports.services import ensure_windows
from registration.units.models import Unit
from tests.deliveries.days import (
    CUT_OFF,
    DUE,
    MINUTE,
    WARN,
    ended_day,
    frozen,
    sent_to,
    watch_of,
)
from tests.races import needs_postgresql, run_at_once
from tests.reports.entries import hours_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def department(reference: SimpleNamespace, no_worker: None) -> Unit:
    made: Unit = reference.quang_ninh_department
    return made


def told() -> list[tuple[str, str]]:
    return [
        (each.kind.partition("/")[2], each.recipient)
        for each in Message.objects.exclude(kind="deliveries/summary").order_by("created_at", "pk")
    ]


def alarms() -> list[str]:
    return list(Alarm.objects.order_by("raised_at").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (WARN - SECOND, None),
        (WARN, "warning"),
        (DUE - SECOND, "warning"),
        (DUE, "overdue"),
        (DUE + timedelta(days=1) - SECOND, "overdue"),
        (DUE + timedelta(days=1), None),
    ],
)
def test_alarm_of(now: datetime, kind: str | None) -> None:
    assert alarm_of(ends_at=CUT_OFF, due_at=DUE, now=now) == kind


def test_alarm_of_a_due_time_close_to_the_cut_off_leaves_time_to_send() -> None:
    kinds = [
        alarm_of(ends_at=DUE - 5 * MINUTE, due_at=DUE, now=DUE - 5 * MINUTE + each * MINUTE)
        for each in range(6)
    ]

    assert kinds == [None, None, "warning", "warning", "warning", "overdue"]


def test_first_contact_is_warned_once_in_its_language(department: Unit) -> None:
    ended_day(department)
    watch_of(department)

    with translation.override("en"):
        raise_alarms(now=WARN - SECOND)
        early = told()
        raise_alarms(now=WARN)
        raise_alarms(now=WARN + MINUTE)

    assert (early, told()) == ([], [("warning", "first@soyte.example.org")])
    message = Message.objects.get()
    with translation.override("vi"):
        assert translation.gettext("The figures have not been compiled yet.") in message.text
    assert (message.language, "16h30 ngày 20/11/2025" in message.subject) == ("vi", True)
    assert "Sở Y tế Quảng Ninh" in message.text
    assert "http://testserver/desk/summaries/?department=quang-ninh" in message.text


def test_overdue_reaches_both_contacts_and_the_mobile_once(department: Unit) -> None:
    ended_day(department)
    watch_of(department)

    for minute in range(4):
        raise_alarms(now=DUE - 2 * MINUTE + minute * MINUTE)

    assert alarms() == ["warning", "overdue"]
    assert sorted(told()) == [
        ("overdue", "+84900000001"),
        ("overdue", "first@soyte.example.org"),
        ("overdue", "second@soyte.example.org"),
        ("warning", "first@soyte.example.org"),
    ]


def test_worker_that_was_down_over_both_moments_alarms_late_but_once(department: Unit) -> None:
    hours_of(department)
    watch_of(department, second_email="", second_phone="")

    raise_alarms(now=DUE + timedelta(hours=20))
    raise_alarms(now=DUE + timedelta(hours=21))

    assert (alarms(), told()) == (["overdue"], [("overdue", "first@soyte.example.org")])


def test_days_long_past_are_left_to_the_digest(department: Unit) -> None:
    hours_of(department)
    watch_of(department)

    raise_alarms(now=DUE + timedelta(days=2, hours=12))

    assert [each.day.day for each in Window.objects.order_by("day")] == [20, 21, 22]
    assert [each.window.day.day for each in Alarm.objects.all()] == [22]


@pytest.mark.parametrize("state", ["sent", "one of two", "kept", "came late in the window"])
def test_delivered_day_raises_nothing(department: Unit, state: str) -> None:
    window = ended_day(department)
    if state == "kept":
        Window.objects.filter(pk=window.pk).update(is_quiet=True)
    summary = frozen(window)
    if state != "kept":
        sent_to(summary, "Phòng Nghiệp vụ Y", sent_at=DUE - SECOND)
    if state == "one of two":
        sent_to(summary, "Văn phòng", State.FAILED, error="SMTPRecipientsRefused 550")

    raise_alarms(now=WARN)
    raise_alarms(now=DUE)

    assert (alarms(), told()) == ([], [])


@pytest.mark.parametrize(
    ("build", "sentences"),
    [
        pytest.param(
            lambda window: None, ["The figures have not been compiled yet."], id="not compiled"
        ),
        pytest.param(
            frozen,
            ["The summary is ready, but nobody is on the list of recipients."],
            id="nobody to send to",
        ),
        pytest.param(
            lambda window: frozen(window, finished_at=None),
            ["The figures are frozen; the messages have not all been written yet."],
            id="stuck after the freeze",
        ),
        pytest.param(
            lambda window: sent_to(frozen(window), "Văn phòng", State.WAITING, error="OSError"),
            [
                "Văn phòng: the message has not been taken yet. "
                "The mail server cannot be reached or does not answer."
            ],
            id="waits",
        ),
        pytest.param(
            lambda window: sent_to(
                frozen(window), "Văn phòng", State.FAILED, error="SMTPRecipientsRefused 550"
            ),
            [
                "Văn phòng: not delivered. The mail server says that this address does not exist."
                " Correct it in the list of recipients."
            ],
            id="refused",
        ),
        pytest.param(
            lambda window: sent_to(
                frozen(window), "Văn phòng", bounced_at=WARN, bounce_code="5.2.2"
            ),
            [
                "Văn phòng: not delivered. The office's mailbox is full. The office has to make"
                " room in it."
            ],
            id="came back",
        ),
    ],
)
def test_warning_says_what_is_known(
    department: Unit, build: Callable[[Window], Any], sentences: list[str]
) -> None:
    build(ended_day(department))
    watch_of(department, language="en")

    raise_alarms(now=WARN)

    text = Message.objects.get(kind="deliveries/warning").text
    for sentence in sentences:
        assert f"– {sentence}\n" in text


def test_second_copy_that_arrived_ends_the_alarm(department: Unit) -> None:
    summary = frozen(ended_day(department))
    sent_to(summary, "Văn phòng", bounced_at=WARN, bounce_code="5.2.2")
    sent_to(summary, "Văn phòng", copy=2, sent_at=DUE + MINUTE)

    (standing,) = standings_of(Window.objects.all())

    assert (standing.is_delivered, standing.is_late, standing.lost) == (True, True, [])
    assert standing.stage(DUE + 2 * MINUTE) == Stage.LATE


def test_trouble_with_one_department_holds_up_no_other(
    reference: SimpleNamespace, no_worker: None, caplog: pytest.LogCaptureFixture
) -> None:
    for code in ("quang_ninh_department", "thanh_hoa_department"):
        ended_day(getattr(reference, code))
    watch_of(reference.quang_ninh_department, first_email="nobody at all")
    watch_of(reference.thanh_hoa_department)

    raise_alarms(now=WARN)
    Watch.objects.filter(department=reference.quang_ninh_department).update(
        first_email="mended@soyte.example.org"
    )
    raise_alarms(now=WARN + MINUTE)

    assert told() == [
        ("warning", "first@soyte.example.org"),
        ("warning", "mended@soyte.example.org"),
    ]
    assert "nobody at all" not in caplog.text


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_many_watchers_raise_each_alarm_once(reference: SimpleNamespace, no_worker: None) -> None:
    ended_day(reference.quang_ninh_department)
    watch_of(reference.quang_ninh_department)

    results = run_at_once([lambda: len(raise_alarms(now=DUE))] * 8)

    assert sorted(results) == [0] * 7 + [1]
    assert (alarms(), len(told())) == (["overdue"], 3)


def kept(department: Unit, staff: Staff, **changes: str) -> Watch:
    facts = {
        "language": "vi",
        "first_email": "first@soyte.example.org",
        "second_email": "",
        "second_phone": "",
        "ping_address": "",
    }
    return set_watch(department, **{**facts, **changes}, staff=staff, now=CUT_OFF)


def test_set_watch_keeps_what_was_written(department: Unit, linh: Staff) -> None:
    kept(department, linh)
    made = kept(
        department,
        linh,
        second_email="second@soyte.example.org",
        second_phone="+84 900.000-001",
        ping_address="https://watch.example.org/ping/1",
    )

    assert Watch.objects.get() == made
    assert (made.second_phone, made.ping_address) == (
        "+84900000001",
        "https://watch.example.org/ping/1",
    )


def test_key_of_an_alarm_names_no_address(department: Unit) -> None:
    ended_day(department)
    watch_of(department)

    raise_alarms(now=WARN)
    raise_alarms(now=DUE)

    keys = Message.objects.values_list("dedupe_key", flat=True)
    assert sorted(key.split(":", 2)[2] for key in keys) == [
        "overdue:first",
        "overdue:second",
        "overdue:sms",
        "warning:first",
    ]


def test_old_contacts_and_other_keepers_are_told_of_a_change(
    department: Unit, linh: Staff, hoa: Staff
) -> None:
    kept(department, linh, ping_address="https://watch.example.org/secret-1")
    at_first = told()
    Message.objects.all().delete()

    kept(
        department,
        linh,
        first_email="new@soyte.example.org",
        ping_address="https://watch.example.org/secret-2",
    )

    assert at_first == [("contacts_changed", hoa.email)]
    assert sorted(told()) == [
        ("contacts_changed", "first@soyte.example.org"),
        ("contacts_changed", hoa.email),
    ]
    for message in Message.objects.all():
        assert "first@soyte.example.org → new@soyte.example.org" in message.text
        assert "Linh" in message.text
        assert "secret" not in message.text
        assert message.language == "vi"


def test_contacts_that_stay_as_they_are_write_to_nobody(
    department: Unit, linh: Staff, hoa: Staff
) -> None:
    kept(department, linh)
    Message.objects.all().delete()

    kept(department, linh)

    assert told() == []


def test_one_person_cannot_flood_the_others_with_changes(
    department: Unit, linh: Staff, hoa: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CHANGES", Limit("deliveries.contacts", 1, 3600))
    kept(department, linh)

    with pytest.raises(RuleBroken) as refused:
        kept(department, linh, first_email="new@soyte.example.org")

    assert refused.value.code == "too_often"
    assert Watch.objects.get().first_email == "first@soyte.example.org"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"first_email": "linh@"}, "not_one_address", "first_email"),
        ({"first_email": "a@soyte.example.org, b@soyte.example.org"}, "not_one_address", None),
        ({"second_email": "linh@soyte"}, "not_one_address", "second_email"),
        ({"second_email": "First@soyte.example.org"}, "same_contact", "second_email"),
        ({"second_phone": "0900000001"}, "not_one_number", "second_phone"),
        ({"second_phone": "call me"}, "not_one_number", "second_phone"),
        ({"ping_address": "http://watch.example.org/"}, "not_https", "ping_address"),
        ({"ping_address": "https://127.0.0.1/"}, "not_a_public_address", "ping_address"),
    ],
)
def test_set_watch_refuses_what_reaches_nobody(
    department: Unit, linh: Staff, changes: dict[str, str], code: str, field: str | None
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        kept(department, linh, **changes)

    assert (refusal.value.code, refusal.value.field) == (code, field or "first_email")
    assert not Watch.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "is_told"), [(-6, True), (-4, False), (0, False), (4, False), (6, True)]
)
def test_clock_line_tells_a_step_of_more_than_five_seconds(
    monkeypatch: pytest.MonkeyPatch, seconds: int, is_told: bool
) -> None:
    monkeypatch.setattr(watch, "database_now", lambda: timezone.now() + timedelta(seconds=seconds))

    assert ("6 seconds" in clock_line()) == is_told


def test_clock_that_was_set_back_is_told(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_step = clock_line()
    real = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: real - timedelta(hours=1))

    assert (in_step, "3600 seconds" in clock_line()) == ("", True)


def test_watch_lays_down_windows_itself(department: Unit) -> None:
    hours_of(department)

    raise_alarms(now=CUT_OFF)

    assert [each.day.day for each in ensure_windows(now=CUT_OFF)] == [20]
