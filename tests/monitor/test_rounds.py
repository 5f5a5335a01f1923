"""What a visit writes down, when the next one is due, and that there is only one at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from registration.banners.models import Placement, Referrer
from registration.common.errors import RuleBroken
from registration.monitor import rounds, tasks
from registration.monitor.choices import State
from registration.monitor.models import DayState, Lease, PublishedLine, Request, Site
from registration.monitor.rounds import claim, due, record, visit_unit
from registration.monitor.rules import Sighting, night_before
from registration.monitor.services import request_visit
from registration.outside.choices import Trouble
from registration.units.models import CallLine, Unit
from tests.factories import NOON, UnitFactory
from tests.monitor.houses import image
from tests.outside.town import House, Town, html
from tests.races import needs_postgresql, run_at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# One o'clock in Vietnam.
TONIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LAST_NIGHT = TONIGHT - DAY
SEEN = Sighting(State.PRESENT, status=200, banner_code="own222", link_address="http://x/")
GONE = Sighting(State.MISSING, status=200)
DOWN = Sighting(State.SITE_DOWN, Trouble.TIMEOUT)
FORBIDDEN = Sighting(State.NOT_ALLOWED)
BUSY = Sighting(State.NOT_ALLOWED, Trouble.STATUS, 503)


@pytest.fixture
def hospital(reference: SimpleNamespace) -> Unit:
    """Bãi Cháy with a website and a placement, and nobody else to visit."""
    Unit.objects.exclude(pk=reference.hospital.pk).update(is_active=False)
    unit = reference.hospital
    unit.website = "https://www.baichay.example.org/"
    unit.save()
    return unit


def test_since_changes_with_the_state_alone(hospital: Unit) -> None:
    for hours, sighting in enumerate([SEEN, SEEN, GONE, GONE, SEEN]):
        record(hospital, sighting, now=NOON + hours * HOUR)

    site = Site.objects.get()
    assert (site.state, site.since, site.visited_at) == ("present", NOON + 4 * HOUR, site.since)
    assert (site.first_seen_at, site.last_seen_at) == (NOON, NOON + 4 * HOUR)


def test_earlier_visit_that_ends_later_changes_nothing(hospital: Unit) -> None:
    record(hospital, GONE, now=NOON)

    site = record(hospital, SEEN, now=NOON - HOUR)

    assert (site.state, site.first_seen_at) == ("missing", None)


def test_banner_is_down_only_when_that_was_seen_twice(hospital: Unit) -> None:
    record(hospital, SEEN, now=NOON)

    once = record(hospital, DOWN, now=NOON + DAY)
    soon = due(now=NOON + DAY + HOUR - timedelta(seconds=1)).exists()
    later = due(now=NOON + DAY + HOUR).exists()
    kept = (once.state, once.trouble, once.since, once.banner_code)
    twice = record(hospital, DOWN, now=NOON + DAY + HOUR)

    assert kept == ("present", "timeout", NOON, "own222")
    assert (soon, later) == (False, True)
    assert (twice.state, twice.since) == ("site_down", NOON + DAY + HOUR)
    # And then not before the next night.
    assert not due(now=NOON + DAY + 3 * HOUR).exists()


@pytest.fixture
def six(hospital: Unit) -> list[Unit]:
    """Six websites that were seen well in the night before."""
    others = [UnitFactory(province=hospital.province) for _each in range(5)]
    units = [hospital, *others]
    for unit in units:
        unit.website = f"http://{unit.code}.nowhere.test/"
        unit.save()
        record(unit, SEEN, now=LAST_NIGHT)
    return units


def visit(units: list[Unit], sighting: Sighting, *, hours: int) -> list[str]:
    """Their states after a visit so many hours after the night began."""
    return [record(unit, sighting, now=TONIGHT + hours * HOUR).state for unit in units]


def test_outage_of_our_own_changes_no_state(six: list[Unit]) -> None:
    # All day, and into the next night.
    states = [visit(six, DOWN, hours=hours) for hours in range(27)]
    again = set(due(now=TONIGHT + 27 * HOUR))
    back = visit(six, GONE, hours=27)

    assert states == [["present"] * 6] * 27
    assert again == set(six)
    # What is seen afterwards counts at once.
    assert back == ["missing"] * 6


@pytest.mark.parametrize("forbidding", [FORBIDDEN, BUSY], ids=["its rules", "no rules to be had"])
def test_outage_of_our_own_changes_no_website_that_forbids_visits(
    six: list[Unit], forbidding: Sighting
) -> None:
    for hours in (0, 1):
        visit(six, forbidding, hours=hours - 24)

    states = [visit(six, DOWN, hours=hours) for hours in range(27)]
    again = set(due(now=TONIGHT + 27 * HOUR))
    back = visit(six, forbidding, hours=27)

    assert states == [["not_allowed"] * 6] * 27
    assert again == set(six)
    assert back == ["not_allowed"] * 6
    # And then not before the next night.
    assert not due(now=TONIGHT + 29 * HOUR).exists()


def test_website_that_forbids_visits_is_down_only_when_that_was_seen_twice(hospital: Unit) -> None:
    states = [
        record(hospital, sighting, now=NOON + hours * HOUR).state
        for hours, sighting in enumerate([FORBIDDEN, DOWN, DOWN])
    ]

    assert states == ["not_allowed", "not_allowed", "site_down"]


@pytest.mark.parametrize(
    ("lost", "reached", "sighting", "state"),
    [
        pytest.param(5, 1, DOWN, "present", id="five of six"),
        pytest.param(4, 2, DOWN, "site_down", id="twin: four of six"),
        pytest.param(4, 0, DOWN, "site_down", id="twin: too few to tell"),
        pytest.param(
            6, 0, Sighting(State.SITE_DOWN, Trouble.STATUS, 500), "site_down", id="twin: answers"
        ),
    ],
)
def test_outage_is_our_own_when_nearly_nothing_is_reached(
    six: list[Unit], lost: int, reached: int, sighting: Sighting, state: str
) -> None:
    visit(six[lost : lost + reached], SEEN, hours=0)
    visit(six[:lost], sighting, hours=0)

    assert visit(six[:lost], sighting, hours=1) == [state] * lost


def test_websites_that_were_down_before_are_no_sign_of_our_own_outage(six: list[Unit]) -> None:
    Site.objects.update(state="site_down", trouble="timeout", visited_at=LAST_NIGHT)
    Site.objects.filter(unit=six[0]).update(state="present", trouble="")

    visit(six, DOWN, hours=0)

    assert visit(six[:1], DOWN, hours=1) == ["site_down"]


@pytest.mark.parametrize(("lost", "warnings"), [(6, 1), (4, 0)], ids=["ours", "twin"])
def test_round_warns_of_an_outage_of_our_own(
    six: list[Unit],
    build: Callable[[House], tuple[Town, Unit]],
    caplog: pytest.LogCaptureFixture,
    lost: int,
    warnings: int,
) -> None:
    town, unit = build(House("there", "missing", {"/": html("x")}))
    Unit.objects.filter(pk__in=[each.pk for each in six[lost:]]).update(website=unit.website)

    rounds.visit_all(now=TONIGHT, fetcher=town.fetcher())

    assert [record.message.partition(",")[0] for record in caplog.records] == [
        "Almost no website could be reached"
    ] * warnings


def test_day_keeps_its_last_state_in_the_units_zone(hospital: Unit) -> None:
    record(hospital, SEEN, now=datetime(2026, 11, 20, 16, 59, tzinfo=UTC))
    record(hospital, GONE, now=datetime(2026, 11, 20, 17, 1, tzinfo=UTC))
    record(hospital, SEEN, now=datetime(2026, 11, 21, 2, 0, tzinfo=UTC))

    assert list(DayState.objects.order_by("day").values_list("day", "state")) == [
        (datetime(2026, 11, 20).date(), "present"),
        (datetime(2026, 11, 21).date(), "present"),
    ]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-19T17:59:59", "2026-11-18T18:00:00"),
        ("2026-11-19T18:00:00", "2026-11-19T18:00:00"),
        ("2026-11-20T05:00:00", "2026-11-19T18:00:00"),
    ],
)
def test_night_begins_at_one_in_the_zone(now: str, night: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    began = night_before(moment, ZoneInfo("Asia/Ho_Chi_Minh"))

    assert began == datetime.fromisoformat(night).replace(tzinfo=UTC)


def click(unit: Unit, *, days_ago: int | None = 0) -> str:
    """A click from the unit's own website, believed on that day; with None one that is forged."""
    placement = Placement.objects.get(unit=unit)
    today = (NOON + 7 * HOUR).date()
    Referrer.objects.create(
        placement=placement,
        host="www.baichay.example.org",
        first_seen_on=today,
        last_seen_on=today,
        believed_on=None if days_ago is None else today - timedelta(days=days_ago),
        clicks=1,
    )
    return placement.code


@pytest.mark.parametrize(
    ("days_ago", "proves"),
    [
        pytest.param(0, True, id="today"),
        pytest.param(1, True, id="yesterday"),
        pytest.param(2, False, id="too long ago"),
        pytest.param(None, False, id="forged"),
    ],
)
def test_clicks_from_the_website_that_are_believed_prove_the_banner(
    hospital: Unit, days_ago: int | None, proves: bool
) -> None:
    code = click(hospital, days_ago=days_ago)

    site = record(hospital, FORBIDDEN, now=NOON)

    expected = ("present", True, code) if proves else ("not_allowed", False, "")
    assert (site.state, site.by_click, site.banner_code) == expected
    # Seen by a visit it was not.
    assert site.last_seen_at is None


def test_click_on_a_closed_placement_proves_nothing(hospital: Unit) -> None:
    click(hospital)
    Placement.objects.filter(unit=hospital).update(closed_at=NOON)

    assert record(hospital, GONE, now=NOON).state == "missing"


def test_call_lines_are_looked_for_on_the_contact_page_too(
    build: Callable[[House], tuple[Town, Unit]], place: Callable[..., str]
) -> None:
    front = html(image(place("centre")) + '<p>Tel: 0203 3825 555</p><a href="/lien-he">LIÊN HỆ</a>')
    pages = {"/": front, "/lien-he": html("<b>0203</b>.3825.556")}
    town, unit = build(House("centre", "present", pages))
    for number in ("0203 3825 555", "0203 3825 556", "0203 3825 557"):
        CallLine.objects.create(unit=unit, number=number)

    visit_unit(unit, now=NOON, fetcher=town.fetcher())
    town.houses[town.requests[0][0]].pages["/lien-he"] = html("moved")
    visit_unit(unit, now=NOON + DAY, fetcher=town.fetcher())

    rows = PublishedLine.objects.order_by("line__number")
    assert [(row.is_published, row.since, row.last_seen_at) for row in rows] == [
        (True, NOON, NOON + DAY),
        (False, NOON + DAY, NOON),
        (False, NOON, None),
    ]


def test_call_lines_of_a_centre_without_a_website_stand_on_its_departments(
    build: Callable[[House], tuple[Town, Unit]],
) -> None:
    town, department = build(House("office", "missing", {"/": html("<b>0203 3825 555</b>")}))
    Unit.objects.filter(kind="department").update(is_active=False)
    Unit.objects.filter(pk=department.pk).update(kind="department")
    centre = UnitFactory(kind="call_centre", province=department.province, website="")
    CallLine.objects.create(unit=centre, number="0203 3825 555")

    visit_unit(centre, now=NOON, fetcher=town.fetcher())

    assert PublishedLine.objects.get().is_published is True


def test_call_lines_keep_what_is_known_while_the_website_is_down(hospital: Unit) -> None:
    line = CallLine.objects.create(unit=hospital, number="0203 3825 555")
    seen = Sighting(State.MISSING, published=frozenset({line.number}))

    record(hospital, seen, now=NOON)
    record(hospital, DOWN, now=NOON + DAY)

    row = PublishedLine.objects.get()
    assert (row.is_published, row.visited_at) == (True, NOON)


def test_asking_twice_is_asking_once_and_is_answered_by_a_visit(hospital: Unit) -> None:
    record(hospital, SEEN, now=NOON)

    request_visit(hospital, now=NOON + timedelta(minutes=1))
    request_visit(hospital, now=NOON + timedelta(minutes=2))
    asked = list(due(now=NOON + timedelta(minutes=2)))
    record(hospital, GONE, now=NOON + timedelta(minutes=1))
    still = Request.objects.count()
    record(hospital, GONE, now=NOON + timedelta(minutes=3))

    # A visit that began before the second question does not answer it.
    assert (asked, still, Request.objects.count()) == ([hospital], 1, 0)


def test_asking_without_end_is_refused(hospital: Unit) -> None:
    for _each in range(12):
        request_visit(hospital, now=NOON)

    with pytest.raises(RuleBroken) as refusal:
        request_visit(hospital, now=NOON)

    assert refusal.value.code == "visited_often"


def test_asking_where_visits_are_off_is_refused(hospital: Unit, settings: object) -> None:
    settings.MONITOR_VISITS = False

    with pytest.raises(RuleBroken) as refusal:
        request_visit(hospital, now=NOON)

    assert (refusal.value.code, Request.objects.count()) == ("visits_off", 0)


def test_clock_visits_nobody_where_visits_are_off(
    hospital: Unit, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(rounds, "visit_all", lambda **options: asked.append(options["seconds"]))

    for is_on in (True, False):
        settings.MONITOR_VISITS = is_on
        tasks.visit_due()

    assert asked == [tasks.ROUND_SECONDS]


def test_claim_is_for_one_and_only_while_due(hospital: Unit) -> None:
    lease = claim(hospital, now=NOON)
    second = claim(hospital, now=NOON + timedelta(minutes=2))
    lost = claim(hospital, now=NOON + timedelta(minutes=4))
    rounds.release(lease)
    kept = claim(hospital, now=NOON + timedelta(minutes=5))
    rounds.release(lost)
    record(hospital, SEEN, now=NOON)
    after = claim(hospital, now=NOON + timedelta(minutes=8))

    assert lease is not None
    assert (second, kept, after, Lease.objects.exists()) == (None, None, None, False)
    # A worker that died holds nobody up.
    assert lost is not None


def test_visit_that_fails_for_a_reason_of_ours_ends_no_round(
    build: Callable[[House], tuple[Town, Unit]], monkeypatch: pytest.MonkeyPatch
) -> None:
    town, unit = build(House("odd", "missing", {"/": html("x")}))
    Unit.objects.exclude(pk=unit.pk).update(is_active=False)

    def fail(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("registration.monitor.visits.read_page", fail)
    states = rounds.visit_all(now=NOON, fetcher=town.fetcher())

    assert (states.total(), Site.objects.count()) == (0, 0)
    # Not each minute again.
    assert rounds.visit_all(now=NOON + timedelta(minutes=1), fetcher=town.fetcher()).total() == 0
    assert len(town.requests) == 2


def test_round_asks_as_much_for_one_unit_as_for_three(
    reference: SimpleNamespace, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def errands() -> None:
        for unit in rounds._with_errand(due(now=NOON)):
            rounds._errand(unit)

    Unit.objects.exclude(pk=reference.hospital.pk).update(is_active=False)
    one = count_queries(errands)
    Unit.objects.update(is_active=True)

    assert Unit.objects.count() >= 3
    assert count_queries(errands) == one


def test_command_tells_of_each_visit(
    build: Callable[[House], tuple[Town, Unit]],
    place: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town, unit = build(House("hospital", "present", {"/": html(image(place("hospital")))}))
    Unit.objects.exclude(code__in=[unit.code, "steward"]).update(is_active=False)
    monkeypatch.setattr(rounds, "new_fetcher", town.fetcher)
    out = StringIO()

    call_command("visit_sites", stdout=out)
    call_command("visit_sites", stdout=out)
    call_command("visit_sites", "--unit", "hospital", stdout=out)

    lines = out.getvalue().splitlines()
    assert sorted(line.partition(" ")[2] for line in lines[:2]) == [
        "hospital: present",
        "steward: no_website",
    ]
    assert lines[2:] == [
        "2 visited: 1 no_website, 1 present.",
        "Nobody is due.",
        "1/1 hospital: present",
    ]


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_visit_each_website_once(
    build: Callable[[House], tuple[Town, Unit]], reference: SimpleNamespace
) -> None:
    town, unit = build(House("race", "missing", {"/": html("x")}))
    Unit.objects.exclude(pk=unit.pk).update(is_active=False)

    done = run_at_once(
        [lambda: rounds.visit_all(now=NOON, fetcher=town.fetcher()) for _each in range(4)]
    )

    assert sum(states.total() for states in done) == 1
    assert sorted(path for _host, path in town.requests) == ["/", "/robots.txt"]


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_visits_at_once_write_one_row(hospital: Unit) -> None:
    done = run_at_once([lambda: record(hospital, SEEN, now=NOON) for _each in range(4)])

    assert [site.state for site in done] == ["present"] * 4
    assert (Site.objects.count(), DayState.objects.count()) == (1, 1)
