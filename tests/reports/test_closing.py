import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from registration.common.errors import RuleBroken
from registration.ledger.clock import BarrierBusy
from registration.ledger.kept import NoAlteration
from registration.outbox.models import Attachment, Message
from registration.reports import closing
from registration.reports.choices import Purpose
from registration.reports.models import Delivery, Document, Recipient, Summary, Window
from registration.reports.rules import digest
from registration.reports.services import add_recipient, close_window, ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")


@pytest.fixture
def window(reference: SimpleNamespace) -> Window:
    """Quảng Ninh's 20 November, with three entries and two offices that receive it."""
    department = reference.quang_ninh_department
    hours_of(department)
    add_recipient(
        department, office="Phòng Nghiệp vụ Y", email="nghiepvu@soyte.example.org", language="vi"
    )
    add_recipient(
        department,
        office="İl Sağlık Müdürlüğü",
        email="bilgi@saglik.example.org",
        language="tr",
        purpose=Purpose.INFORMATION,
    )
    entry(reference, hanoi("2025-11-20 09:00"), number=3)
    (made,) = ensure_windows(now=CUT_OFF)
    return made


def test_close_window_freezes_figures_documents_and_deliveries(window: Window) -> None:
    summary = close_window(window, now=CUT_OFF)

    window.refresh_from_db()
    assert json.loads(summary.figures)["counts"]["received"] == 3
    assert summary.sha256 == digest(summary.figures)
    assert (summary.serial, summary.previous_sha256) == (1, "")
    assert {each.name: digest(bytes(each.content)) for each in summary.documents.all()} == {
        each.name: each.sha256 for each in summary.documents.all()
    }
    assert sorted(summary.documents.values_list("name", flat=True)) == [
        "quang-ninh-2025-11-20.json",
        "quang-ninh-2025-11-20.pdf",
        "quang-ninh-2025-11-20.xlsx",
    ]
    assert [each.recipient.office for each in summary.deliveries.order_by("pk")] == [
        "Phòng Nghiệp vụ Y",
        "İl Sağlık Müdürlüğü",
    ]
    assert window.finished_at == CUT_OFF


def test_the_json_document_is_the_text_that_was_hashed(window: Window) -> None:
    summary = close_window(window, now=CUT_OFF)

    document = summary.documents.get(format="json")
    assert bytes(document.content) == summary.figures.encode()
    assert document.sha256 == summary.sha256


def test_close_window_twice_changes_nothing(window: Window) -> None:
    first = close_window(window, now=CUT_OFF)
    state = _state()

    second = close_window(window, now=CUT_OFF + timedelta(minutes=1))

    assert second == first
    assert _state() == state


def test_close_window_before_the_cut_off_is_refused(window: Window) -> None:
    with pytest.raises(RuleBroken) as refused:
        close_window(window, now=CUT_OFF - timedelta(microseconds=1))

    assert refused.value.code == "window_open"
    assert not Summary.objects.exists()


def test_close_window_trusts_the_database_clock_and_not_only_the_caller(
    reference: SimpleNamespace,
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2126, 11, 20))
    century = hanoi("2126-11-20 16:15")
    (window,) = ensure_windows(now=century)

    with pytest.raises(RuleBroken) as refused:
        close_window(window, now=century)

    assert refused.value.code == "window_open"


def test_windows_close_in_order_and_are_chained(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 18))
    entry(reference, hanoi("2025-11-18 10:00"), number=2)
    entry(reference, hanoi("2025-11-19 10:00"), number=5)
    first, second, third = ensure_windows(now=CUT_OFF)

    with pytest.raises(RuleBroken) as refused:
        close_window(second, now=CUT_OFF)
    summaries = [close_window(each, now=CUT_OFF) for each in (first, second, third)]

    assert refused.value.code == "earlier_window_open"
    assert [each.serial for each in summaries] == [1, 2, 3]
    assert [each.previous_sha256 for each in summaries] == [
        "",
        summaries[0].sha256,
        summaries[1].sha256,
    ]
    told = [json.loads(each.figures) for each in summaries]
    assert [each["counts"]["received"] for each in told] == [2, 5, 0]
    assert [each["cumulative"]["received"] for each in told] == [2, 7, 7]
    assert [row["received"] for row in told[2]["trend"]] == [0] * 11 + [2, 5, 0]


@pytest.mark.parametrize("step", ["make_documents", "deliver"])
def test_a_crash_after_the_freeze_is_finished_by_the_next_run(
    window: Window, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise SystemError("power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(closing, step, crash)
        with pytest.raises(SystemError):
            close_window(window, now=CUT_OFF)
    frozen = Summary.objects.get()
    again = ensure_windows(now=CUT_OFF + timedelta(minutes=1))

    finished = close_window(again[0], now=CUT_OFF + timedelta(minutes=1))

    assert again == [window]
    assert (finished.pk, finished.sha256) == (frozen.pk, frozen.sha256)
    assert Message.objects.count() == 2
    assert ensure_windows(now=CUT_OFF + timedelta(minutes=2)) == []


def test_a_crash_between_two_recipients_sends_nothing_and_then_each_once(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, calls = closing.queue_email, []

    def fail_at_second(*args: Any, **kwargs: Any) -> Message:
        calls.append(kwargs["to"])
        if len(calls) == 2:
            raise SystemError("power is gone")
        return queue(*args, **kwargs)

    monkeypatch.setattr(closing, "queue_email", fail_at_second)
    with pytest.raises(SystemError):
        close_window(window, now=CUT_OFF)
    left = Message.objects.count()

    close_window(window, now=CUT_OFF)

    assert left == 0
    assert sorted(Message.objects.values_list("dedupe_key", flat=True)) == sorted(
        f"summary:{Summary.objects.get().pk}:{each.pk}" for each in Recipient.objects.all()
    )


def test_an_unusable_address_does_not_hold_back_the_others(window: Window) -> None:
    Recipient.objects.filter(language="tr").update(email="two@example.org, more@example.org")

    close_window(window, now=CUT_OFF)

    assert [each.recipient.office for each in Delivery.objects.all()] == ["Phòng Nghiệp vụ Y"]
    assert ensure_windows(now=CUT_OFF) == []


def test_an_office_added_later_gets_the_next_summary_only(window: Window) -> None:
    summary = close_window(window, now=CUT_OFF)
    add_recipient(
        window.department, office="Văn phòng", email="vp@soyte.example.org", language="vi"
    )
    day_after = CUT_OFF + timedelta(days=1)

    (next_window,) = ensure_windows(now=day_after)
    close_window(window, now=day_after)
    following = close_window(next_window, now=day_after)

    assert summary.deliveries.count() == 2
    assert following.deliveries.count() == 3


def test_an_office_that_no_longer_receives_gets_nothing(window: Window) -> None:
    Recipient.objects.filter(language="tr").update(is_active=False)

    close_window(window, now=CUT_OFF)

    assert [each.recipient.language for each in Delivery.objects.all()] == ["vi"]


def test_messages_are_in_the_language_of_their_reader(window: Window) -> None:
    with translation.override("en"):
        close_window(window, now=CUT_OFF)

    vietnamese, turkish = (Message.objects.get(language=language) for language in ("vi", "tr"))
    with translation.override("vi"):
        assert translation.gettext("Applications received") + ": 3" in vietnamese.text
    assert "16h15 ngày 19/11/2025" in vietnamese.text
    assert "19.11.2025 16.15" in turkish.text
    assert "/desk/summaries/quang-ninh/2025-11-20/" in vietnamese.text


def test_messages_carry_the_letter_and_the_workbook_as_frozen(window: Window) -> None:
    summary = close_window(window, now=CUT_OFF)

    for message in Message.objects.all():
        sent = {
            each.name: (each.content_type, digest(bytes(each.content)))
            for each in Attachment.objects.filter(message=message)
        }
        assert sent == {
            "quang-ninh-2025-11-20.pdf": (
                "application/pdf",
                summary.documents.get(format="pdf").sha256,
            ),
            "quang-ninh-2025-11-20.xlsx": (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                summary.documents.get(format="xlsx").sha256,
            ),
        }


def test_a_day_without_entries_says_so(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    add_recipient(
        reference.quang_ninh_department,
        office="Phòng Nghiệp vụ Y",
        email="nghiepvu@soyte.example.org",
        language="vi",
    )
    (window,) = ensure_windows(now=CUT_OFF)

    summary = close_window(window, now=CUT_OFF)

    figures = json.loads(summary.figures)
    assert set(figures["counts"].values()) == {0}
    assert figures["by_channel"] == figures["by_unit"] == figures["by_organ"] == []
    with translation.override("vi"):
        sentence = translation.gettext("Nothing to report for this day.")
    assert sentence in Message.objects.get().text


def test_a_busy_ledger_is_asked_again_and_then_left_for_the_next_minute(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def busy() -> None:
        tries.append(1)
        raise BarrierBusy

    monkeypatch.setattr(closing, "pass_barrier", busy)
    monkeypatch.setattr(closing, "BARRIER_PAUSE_SECONDS", 0)

    with pytest.raises(BarrierBusy):
        close_window(window, now=CUT_OFF)

    assert len(tries) == closing.BARRIER_TRIES
    assert not Summary.objects.exists()


@pytest.mark.parametrize("model", [Summary, Document])
def test_frozen_rows_are_not_altered_by_python(window: Window, model: type) -> None:
    close_window(window, now=CUT_OFF)
    row = model.objects.first()

    with pytest.raises(NoAlteration):
        row.save()
    with pytest.raises(NoAlteration):
        row.delete()
    with pytest.raises(NoAlteration):
        model.objects.filter(pk=row.pk).update(sha256="0" * 64)
    with pytest.raises(NoAlteration):
        model.objects.all().delete()
    with pytest.raises(NoAlteration):
        model.objects.bulk_update([row], ["sha256"])


def _state() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Summary, Document, Delivery, Message, Window)
    ]
