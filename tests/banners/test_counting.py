import itertools
import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db.models import Sum
from django.test import RequestFactory
from django.utils import timezone

from registration.banners import counting, notes, visitors
from registration.banners.counting import add_counts, count_batch, count_notes
from registration.banners.models import DayCount, DaySalt, Placement, Seen
from registration.banners.notes import note_click, note_view, only_reader, read_notes
from registration.banners.tasks import count_seen
from tests import factories
from tests.banners.noted import DAY, FIREFOX, NOW, line, write
from tests.races import needs_postgresql, run_at_once


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SEEN_DIR = tmp_path / "seen"
    return settings.SEEN_DIR


def counts() -> list[tuple[str, int, int]]:
    rows = DayCount.objects.order_by("placement__created_at", "day")
    return [(f"{row.day:%d.%m.}", row.views, row.clicks) for row in rows]


def in_file(file: Path) -> list[Any]:
    return [json.loads(one) for one in file.read_text(encoding="utf-8").splitlines()]


def test_a_note_holds_the_network_and_no_address(
    rf: RequestFactory, folder: Path, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    headers = {
        "User-Agent": FIREFOX,
        "Sec-Fetch-Dest": "image",
        "Sec-Fetch-Site": "cross-site",
        "Purpose": "prefetch",
        "Referer": "https://Benhvien.example.org/tin-tuc?so=1",
        "X-Forwarded-For": "198.51.100.9, 203.0.113.77",
    }
    request = rf.get("/b/abcde23456/", headers=headers)

    with time_machine.travel(NOW, tick=False):
        note_view(request, "abcde23456")
        note_click(request, "abcde23456")

    shared = [NOW.timestamp(), "203.0.113.", "image", "cross-site", " prefetch  ", FIREFOX]
    assert in_file(folder / "views.notes") == [["view", "abcde23456", *shared, ""]]
    assert in_file(folder / "clicks.notes") == [
        ["click", "abcde23456", *shared, "https://benhvien.example.org"]
    ]


def test_a_note_of_the_longest_headers_is_one_short_line(rf: RequestFactory, folder: Path) -> None:
    long = "\u1ec5" * 9000
    headers = {"User-Agent": long, "Referer": f"https://{'a' * 9000}.example.org/", "Purpose": long}

    note_click(rf.get("/", headers=headers), long)

    written = (folder / "clicks.notes").read_bytes()
    assert written.count(b"\n") == 1
    assert len(written) < notes.LONGEST_LINE


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_a_get_is_noted(rf: RequestFactory, folder: Path, method: str) -> None:
    note_click(getattr(rf, method)("/"), "abcde23456")

    assert not folder.exists()


def test_a_note_that_cannot_be_written_breaks_nothing(
    rf: RequestFactory, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")

    note_view(rf.get("/"), "abcde23456")

    assert [record.getMessage() for record in caplog.records] == [
        "A view of a banner could not be noted: NotADirectoryError"
    ]


def test_count_notes_by_the_day_of_each_units_zone(
    reference: SimpleNamespace, folder: Path
) -> None:
    hospital = factories.UnitFactory(jurisdiction=reference.tr, province=reference.adana)
    turkish = factories.PlacementFactory(banner=reference.banner, unit=hospital, language="tr")
    late = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    here, there = reference.placement.code, turkish.code
    write(folder, line(here), line(here, at=late), line(here, "click", late))
    write(folder, line(there), line(there.upper(), at=late), name="nginx")

    counted = count_notes(now=late)

    # At 18:00 UTC the 21st has begun in Vietnam, and not in Turkey: there it is the same visitor.
    assert counts() == [("20.11.", 1, 0), ("21.11.", 1, 1), ("20.11.", 1, 0)]
    assert counted == 4


@pytest.mark.parametrize(
    ("other", "views"),
    [
        ({}, 1),
        ({"network": "203.0.112."}, 2),
        ({"agent": "Mozilla/5.0 (Android 14)"}, 2),
        ({"agent": "Googlebot/2.1"}, 1),
        ({"site": "same-origin", "network": "192.0.2."}, 1),
    ],
    ids=["same visitor", "other network", "other program", "machine", "our own page"],
)
def test_count_notes_counts_a_visitor_once_a_day(
    reference: SimpleNamespace, folder: Path, other: dict[str, str], views: int
) -> None:
    code = reference.placement.code
    later = NOW + timedelta(minutes=30)
    write(folder, line(code))
    count_notes(now=NOW)
    write(folder, line(code, at=later), line(code, at=later, **other))
    count_notes(now=later)

    assert counts() == [("20.11.", views, 0)]


def test_count_notes_lets_a_network_add_no_more_than_the_limit(
    reference: SimpleNamespace, folder: Path
) -> None:
    code = reference.placement.code
    for begin in (0, 20, 40):
        agents = [f"{FIREFOX} {number}" for number in range(begin, begin + 20)]
        write(folder, *(line(code, agent=agent) for agent in agents))
        count_notes(now=NOW)
    write(folder, line(code, network="203.0.112."), line(code, "click"))
    count_notes(now=NOW)

    assert counts() == [("20.11.", 31, 1)]


@pytest.mark.parametrize("is_capped", [True, False], ids=["of the unit", "twin of placements"])
def test_a_network_adds_no_more_to_a_unit_however_many_placements_it_has(
    reference: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch, is_capped: bool
) -> None:
    if not is_capped:
        monkeypatch.setattr(visitors, "MOST_FOR_A_UNIT", 1000)
    codes = [reference.placement.code] + [
        factories.PlacementFactory(
            banner=reference.banner, unit=reference.hospital, size=size, language=language
        ).code
        for size in ("300x250", "970x250", "320x100")
        for language in ("vi", "tr", "en")
    ]
    agents = [f"{FIREFOX} {number}" for number in range(30)]
    elsewhere = factories.PlacementFactory(banner=reference.banner, unit=reference.steward)
    for code in codes:
        write(folder, *(line(code, agent=agent) for agent in agents))
        count_notes(now=NOW)
    write(folder, line(codes[-1], network="192.0.2."), line(codes[-1], "click"))
    write(folder, line(elsewhere.code))
    count_notes(now=NOW)

    first, there = (DayCount.objects.get(placement=at) for at in (reference.placement, elsewhere))
    own = DayCount.objects.filter(placement__unit=reference.hospital)
    total = own.aggregate(views=Sum("views"), clicks=Sum("clicks"))
    assert total == {"views": 61 if is_capped else 301, "clicks": 1}
    assert (first.views, there.views) == (30, 1)


def test_count_notes_tells_of_unknown_codes_in_sum(
    reference: SimpleNamespace, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="registration.banners")
    closed = factories.PlacementFactory(
        banner=reference.banner, unit=reference.steward, closed_at=timezone.now()
    )
    write(folder, *(line(code) for code in ("zzzzzzzzzz", "x", "'--\x00\n", closed.code)))

    assert count_notes(now=NOW) == 0

    assert [record.getMessage() for record in caplog.records] == [
        "4 views and clicks of banners that are not placed"
    ]
    assert counts() == []


def test_count_notes_asks_as_often_for_three_notes_as_for_three_hundred(
    reference: SimpleNamespace, folder: Path, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    code = reference.placement.code

    def count(begin: int, end: int) -> int:
        write(folder, *(line(code, network=f"198.51.{number}.") for number in range(begin, end)))
        return count_queries(lambda: count_notes(now=NOW))

    count(0, 1)

    assert count(1, 4) == count(4, 304)
    assert counts() == [("20.11.", 304, 0)]


def test_count_notes_takes_up_where_a_crash_stopped_it(
    reference: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "AT_ONCE", 10)
    code = reference.placement.code
    write(folder, *(line(code, network=f"198.51.{number}.") for number in range(35)))
    really, done = counting.count_batch, []

    def crash(batch: Any, **kwargs: Any) -> tuple[int, int]:
        done.append(really(batch, **kwargs))
        if len(done) == 2:
            raise SystemExit("The second batch is written, and nobody will know it.")
        return done[-1]

    with monkeypatch.context() as patch:
        patch.setattr(counting, "count_batch", crash)
        with pytest.raises(SystemExit):
            count_notes(now=NOW)
    assert (folder / "views.notes").stat().st_size > 0

    assert count_notes(now=NOW) == 15
    assert counts() == [("20.11.", 35, 0)]


@pytest.mark.parametrize("name", ["nginx", "views"])
def test_clicks_are_counted_in_time_whatever_flood_of_views_there_is(
    reference: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(notes, "AT_ONCE", 10)
    # Seconds go by so fast that a run ends after the first of its portions.
    monkeypatch.setattr(counting, "monotonic", itertools.count(step=15).__next__)
    code = reference.placement.code
    views = [line(code, network=f"198.51.{number}.") for number in range(40)]
    write(folder, *views, name=name)
    write(folder, line(code, "click"), name="clicks")

    seen = []
    for _run in range(3):
        count_notes(now=NOW)
        seen += counts()
    write(folder, line(code, "click", network="192.0.2."), name="clicks")
    count_notes(now=NOW)

    assert seen == [("20.11.", 0, 1), ("20.11.", 10, 1), ("20.11.", 20, 1)]
    assert counts() == [("20.11.", 20, 2)]


def test_files_are_read_in_turn(
    reference: SimpleNamespace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "AT_ONCE", 2)
    for name, kind in [("nginx", "view"), ("views", "view"), ("clicks", "click")]:
        write(folder, *(line(f"{name}{number}", kind) for number in range(3)), name=name)

    read = [[note.code for note in some] for some in read_notes(folder)]

    assert read == [
        ["clicks0", "clicks1"],
        ["nginx0", "nginx1"],
        ["views0", "views1"],
        ["clicks2"],
        ["nginx2"],
        ["views2"],
    ]
    assert [file.stat().st_size for file in folder.glob("*.notes")] == [0, 0, 0]


def test_notes_are_gone_once_they_are_counted(reference: SimpleNamespace, folder: Path) -> None:
    file = write(folder, line(reference.placement.code))

    count_notes(now=NOW)

    assert file.read_bytes() == b""


def test_a_line_that_is_still_written_waits_for_its_end(
    reference: SimpleNamespace, folder: Path
) -> None:
    code = reference.placement.code
    file = write(folder, line(code, network="198.51.1."))
    half = line(code, network="198.51.2.")
    with file.open("a") as output:
        output.write(half[:40])
    count_notes(now=NOW)
    assert counts() == [("20.11.", 1, 0)]

    with file.open("a") as output:
        output.write(f"{half[40:]}\n")
    count_notes(now=NOW)

    assert counts() == [("20.11.", 2, 0)]


def test_lines_that_are_no_notes_are_passed_over(reference: SimpleNamespace, folder: Path) -> None:
    code = reference.placement.code
    # Cut where a piece of it would be a note by itself.
    forged = f"[{'a' * (notes.LONGEST_LINE - 1)}{line(code, network='192.0.2.')}"
    torn = line(code)[:30]
    strange = ["", "[]", "{", "null", '["view", 1, "x"]', f'["view","{code}",1e99,1,2,3,4,5,6]']
    write(folder, forged, torn, *strange, line(code), line(code, "other", network="192.0.2."))

    assert count_notes(now=NOW) == 1


def test_a_file_that_was_replaced_is_read_from_its_beginning(
    reference: SimpleNamespace, folder: Path
) -> None:
    code = reference.placement.code
    file = write(folder, line(code), "torn")
    with file.open("rb+") as output:
        output.truncate(file.stat().st_size - 1)
    count_notes(now=NOW)
    file.rename(folder / "rotated")
    write(folder, *(line(code, network=f"198.51.{number}.") for number in range(20)))

    assert count_notes(now=NOW) == 20


def test_count_notes_leaves_the_folder_to_whoever_reads_it(
    reference: SimpleNamespace, folder: Path
) -> None:
    write(folder, line(reference.placement.code))

    with only_reader(folder) as is_alone:
        meanwhile = count_notes(now=NOW)

    assert (is_alone, meanwhile, count_notes(now=NOW)) == (True, 0, 1)


def test_days_that_are_over_everywhere_are_forgotten(
    reference: SimpleNamespace, folder: Path
) -> None:
    code = reference.placement.code
    write(folder, line(code))
    count_notes(now=NOW)

    # Twelve hours behind, the day ends at noon of the next one.
    count_notes(now=datetime(2026, 11, 21, 11, 59, tzinfo=UTC))
    kept = (DaySalt.objects.count(), Seen.objects.count())
    over = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    write(folder, line(code, network="198.51.1."), line(code, at=over + timedelta(hours=1)))
    count_notes(now=over)

    assert kept == (1, 1)
    # What comes later than that, or from a clock that is ahead, is dropped.
    assert (DaySalt.objects.count(), Seen.objects.count()) == (0, 0)
    assert counts() == [("20.11.", 1, 0)]


def test_marks_lead_to_nobody(reference: SimpleNamespace, folder: Path) -> None:
    code = reference.placement.code
    write(folder, line(code), line(code, at=NOW + timedelta(hours=6)))

    count_notes(now=NOW + timedelta(hours=6))

    # The same visitor on two days: nothing is alike.
    first, second = Seen.objects.values_list("mark", flat=True)
    assert first[:16] != second[:16]
    assert first[16:] != second[16:]


def test_add_counts_adds_to_the_day(reference: SimpleNamespace) -> None:
    placement = reference.placement
    for day, views, clicks in [(DAY, 3, 1), (DAY, 4, 0), (date(2026, 11, 21), 0, 2)]:
        add_counts(placement, day=day, views=views, clicks=clicks)

    assert counts() == [("20.11.", 7, 1), ("21.11.", 0, 2)]


def read_then_write(placement: Placement, *, day: date, clicks: int) -> None:
    row, _made = DayCount.objects.get_or_create(placement=placement, day=day)
    row.clicks += clicks
    row.save()


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("count", "exact"),
    [(add_counts, True), (read_then_write, False)],
    ids=["one statement", "twin that reads and writes"],
)
def test_add_counts_at_once(
    reference: SimpleNamespace, count: Callable[..., None], exact: bool
) -> None:
    def click_often() -> None:
        for _click in range(40):
            count(reference.placement, day=DAY, clicks=1)

    results = run_at_once([click_often] * 6)

    counted = DayCount.objects.get().clicks
    if exact:
        assert (results, counted) == ([None] * 6, 240)
    else:
        assert counted < 240


def test_count_seen_counts_what_was_noted(
    rf: RequestFactory, reference: SimpleNamespace, folder: Path
) -> None:
    note_view(rf.get("/", headers={"User-Agent": FIREFOX}), reference.placement.code)

    count_seen.delay()

    assert [(views, clicks) for _day, views, clicks in counts()] == [(1, 0)]


def look_then_write(visits: dict[str, Any]) -> list[Any]:
    found = set(Seen.objects.filter(mark__in=visits).values_list("mark", flat=True))
    new = [visit for mark, visit in sorted(visits.items()) if mark not in found]
    Seen.objects.bulk_create(
        [Seen(day=visit.day, mark=visit.mark) for visit in new], ignore_conflicts=True
    )
    return new


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("keep", "exact"),
    [(visitors.keep_new, True), (look_then_write, False)],
    ids=["marks", "twin that looks and writes"],
)
def test_the_same_notes_read_at_once_count_once(
    reference: SimpleNamespace,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep: Callable[..., list[Any]],
    exact: bool,
) -> None:
    gate = threading.Barrier(4)

    def keep_at_once(visits: dict[str, Any]) -> list[Any]:
        gate.wait(10)
        return keep(visits)

    monkeypatch.setattr(counting, "keep_new", keep_at_once)
    # Otherwise all wait for whoever makes it first.
    DaySalt.objects.create(day=DAY, salt=b"x" * 32)
    code = reference.placement.code
    write(
        folder,
        *(line(code, kind, network=f"198.{n}.") for n in range(2000) for kind in ("view", "click")),
    )
    (read,) = read_notes(folder)

    results = run_at_once([lambda: count_batch(read, now=NOW)] * 4)

    total = DayCount.objects.get().views + DayCount.objects.get().clicks
    if exact:
        assert (sum(new for new, _unknown in results), total) == (4000, 4000)
    else:
        assert total > 4000


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "twin without the lock"])
def test_a_network_adds_no_more_than_the_limit_though_all_count_at_once(
    reference: SimpleNamespace,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_locked: bool,
) -> None:
    gate = threading.Barrier(4)
    if not is_locked:
        monkeypatch.setattr(counting, "only_reader", lambda folder: nullcontext(True))
        really = visitors._within_limits
        monkeypatch.setattr(
            visitors, "_within_limits", lambda visits: (really(visits), gate.wait(10))[0]
        )
    code = reference.placement.code
    agents = iter([f"{FIREFOX} {number}" for number in range(80)])
    batches = [[next(agents) for _each in range(20)] for _reader in range(4)]
    DaySalt.objects.create(day=DAY, salt=b"x" * 32)
    monkeypatch.setattr(
        counting, "read_notes", lambda folder: iter([notes_of(code, batches.pop())])
    )

    def count() -> int:
        # Whoever finds the folder taken comes back, as the schedule does.
        while not (new := count_notes(now=NOW)) and batches:
            threading.Event().wait(0.01)
        return new

    run_at_once([count] * 4)

    assert (DayCount.objects.get().views == visitors.MOST_OF_A_NETWORK) is is_locked


def notes_of(code: str, agents: list[str]) -> list[Any]:
    return [notes._note_in(line(code, agent=agent).encode()) for agent in agents]
