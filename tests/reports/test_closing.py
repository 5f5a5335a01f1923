import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.clock import BarrierBusy
from registration.ledger.kept import NoAlteration
from registration.reports import closing
from registration.reports.choices import Edition
from registration.reports.closing import close_window, documents_of
from registration.reports.models import Document, Summary, Window
from registration.reports.rules import canonical, digest
from registration.reports.services import ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")


@pytest.fixture
def window(reference: SimpleNamespace) -> Window:
    """Quảng Ninh's 20 November, with three entries."""
    hours_of(reference.quang_ninh_department)
    entry(reference, hanoi("2025-11-20 09:00"), number=3)
    (made,) = ensure_windows(now=CUT_OFF)
    return made


def test_close_window_freezes_figures_and_documents(window: Window) -> None:
    summary = close_window(window, now=CUT_OFF)

    assert json.loads(summary.figures)["counts"]["received"] == 3
    assert summary.sha256 == digest(summary.figures)
    assert (summary.serial, summary.previous_sha256) == (1, "")
    assert {each.name: digest(bytes(each.content)) for each in summary.documents.all()} == {
        each.name: each.sha256 for each in summary.documents.all()
    }
    assert sorted(summary.documents.values_list("name", flat=True)) == [
        "quang-ninh-2025-11-20.csv",
        "quang-ninh-2025-11-20.json",
        "quang-ninh-2025-11-20.pdf",
        "quang-ninh-2025-11-20.xlsx",
    ]


def test_the_shared_edition_is_made_when_asked_for_and_hides_small_figures(
    window: Window,
) -> None:
    summary = close_window(window, now=CUT_OFF)

    documents = documents_of(summary, edition=Edition.SHARED)

    assert [each.name for each in documents] == [
        f"quang-ninh-2025-11-20-shared.{kind}" for kind in ("pdf", "xlsx", "csv", "json")
    ]
    shared = json.loads(bytes(documents[-1].content))
    assert shared["edition"] == "shared"
    # Three people by one channel are too few to be told apart.
    assert not any(row["received"] for row in shared["by_channel"])
    assert documents_of(summary, edition=Edition.SHARED) == documents
    assert len(documents_of(summary)) == 4


def test_the_hash_does_not_tell_who_guessed_right(window: Window) -> None:
    """Whoever gets the shared edition is told the hash, and knows all but a few small numbers."""
    summary = close_window(window, now=CUT_OFF)
    own = json.loads(summary.figures)

    shared = json.loads(bytes(documents_of(summary, edition=Edition.SHARED)[-1].content))

    assert len(own["salt"]) == 32
    assert "salt" not in shared
    assert digest(canonical({**own, "salt": ""})) != summary.sha256


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


def test_a_crash_after_the_freeze_is_finished_by_the_next_run(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise SystemError("power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(closing, "documents_of", crash)
        with pytest.raises(SystemError):
            close_window(window, now=CUT_OFF)
    frozen = Summary.objects.get()
    (again,) = ensure_windows(now=CUT_OFF + timedelta(minutes=1))

    finished = close_window(again, now=CUT_OFF + timedelta(minutes=1))

    assert (finished.pk, finished.sha256) == (frozen.pk, frozen.sha256)
    assert finished.documents.count() == 4


def test_a_day_without_entries_counts_nothing(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    (window,) = ensure_windows(now=CUT_OFF)

    figures = json.loads(close_window(window, now=CUT_OFF).figures)

    assert set(figures["counts"].values()) == {0}
    assert figures["by_channel"] == figures["by_unit"] == figures["by_organ"] == []


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
    return [list(model.objects.order_by("pk").values()) for model in (Summary, Document, Window)]
