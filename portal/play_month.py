"""A believable month of a department for trials, told day by day while things go wrong.

Its events are written straight into the ledger, each at its time: the months of two departments
take a minute, and no person stands behind them. A played day (``portal.play``) has people.
Windows are laid down, closed and delivered by the same services as real ones.
"""

import random
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.db import transaction

from portal.play import CLICKS_FOR_EACH, SHARE_CONFIRMING, VIEWS_FOR_EACH, WAYS
from registration.accounts.choices import Role
from registration.accounts.models import Staff
from registration.banners.counting import add_counts
from registration.banners.models import Placement
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.receipts import acknowledge_delivery
from registration.deliveries.sending import deliver, send_copies
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event, restore, take_back
from registration.outbox.services import deliver_message
from registration.pledges.organs import organs_offered
from registration.reports.models import ReportHours, Summary
from registration.reports.provisional import take_provisional
from registration.reports.rules import DAY, Calendar, Span
from registration.reports.services import close_window, ensure_windows
from registration.reports.windows import plan_of
from registration.units.choices import PledgeKind
from registration.units.models import Locality, Unit

# Of the number on a working day, by weekday and on holidays; the campaign's week comes on top.
WEEK = (1.0, 1.05, 1.0, 0.95, 0.9, 0.45, 0.3)
ON_HOLIDAY = 0.25
PEAK = {6: 1.5, 7: 2.2, 8: 2.8, 9: 1.9, 10: 1.3}
# By number of the day or the window, from 0.
AT_THE_CUT_OFF, DRIVE = 1, 5
AWAY = range(3, 6)
AGAIN, MEANWHILE = 7, 8
HOURS_OF_DAY = ((9.5, 1.2, 35), (14.5, 1.5, 45), (19.5, 1.0, 20))
BETWEEN = (6.5, 22.5)
AGES = dict(zip(list(AgeBand)[:-1], (14, 26, 24, 18, 12, 6), strict=True))
BLOOD = {
    "VN": ((250, 350, 350, 450), ("vn-hb", "vn-bp-sys", "vn-def-7d")),
    "TR": ((450,), ("tr-hb-f", "tr-bp-sys", "tr-weight")),
}
AFTER_CUT_OFF, SENDING = timedelta(seconds=40), timedelta(seconds=15)


@dataclass(frozen=True)
class Registration:
    """What the events of one registration share."""

    subject: uuid.UUID
    origin: Origin
    facts: dict[str, Any]


@dataclass
class Act:
    """One event, to be written when its time has come; or the correction of an earlier one."""

    moment: datetime
    kind: EventKind
    of: Registration
    more: dict[str, Any] = field(default_factory=dict)
    corrects: "Act | None" = None
    event: Event | None = None

    def write(self) -> None:
        with played_at(self.moment):
            if self.corrects:
                correct = take_back if self.kind == EventKind.ENTRY_TAKEN_BACK else restore
                self.event = correct(cast(Event, self.corrects.event))
            else:
                facts = {**self.of.facts, **self.more}
                self.event = record_event(
                    self.kind, subject=self.of.subject, origin=self.of.origin, **facts
                )


class Script:
    """What happens in the days from ``first`` to ``last``; the same each time for the same days."""

    def __init__(
        self, department: Unit, *, first: date, last: date, people: int, calendar: Calendar
    ) -> None:
        if department.province is None:
            raise ValueError("Only a province's department has a month to play.")
        self.department, self.province = department, department.province
        self.days = [first + DAY * number for number in range((last - first).days + 1)]
        self.people, self.calendar = people, calendar
        self.chance = random.Random(f"{department.code} {first}")  # noqa: S311  a play
        self.localities = list(Locality.objects.filter(province=self.province).order_by("pk"))
        self.organs = list(organs_offered(department.jurisdiction).listed)
        placements = Placement.objects.filter(unit__province=self.province, closed_at__isnull=True)
        placements = placements.filter(banner__campaign__kind="organ").order_by("pk")
        self.placements = list(placements.select_related("unit", "banner__campaign"))
        hospitals = Unit.objects.filter(province=self.province, kind="hospital").order_by("pk")
        self.hospital = hospitals.first() or department
        self.acts: list[Act] = []

    def write(self) -> list[Act]:
        """All acts in the order of their times."""
        received = []
        for number, day in enumerate(self.days):
            received += self.a_day(number, day)
            if number == DRIVE and self.department.jurisdiction_id in BLOOD:
                self.drive(day)
        self.mishaps(received)
        return sorted(self.acts, key=lambda act: act.moment)

    def act(self, moment: datetime, kind: EventKind, of: Registration, **more: Any) -> Act:
        corrects = more.pop("corrects", None)
        made = Act(moment, kind, of, more, corrects)
        self.acts.append(made)
        return made

    def a_day(self, number: int, day: date) -> list[list[Act]]:
        """Registrations of one day with what follows soon; each as the acts that count it."""
        found, seen = [], Counter[Placement]()
        for place in range(self.number_on(number, day)):
            of = self.registration()
            moment = self.moment_on(day)
            if number == AT_THE_CUT_OFF and place == 0:
                # Exactly at the cut-off: the first one of the next window.
                moment = self.calendar.end_of(day)
            signed_on = None
            if of.origin.channel == EntryChannel.PAPER:
                signed_on = day - DAY * self.chance.randint(1, 6)
            line = [self.act(moment, EventKind.PLEDGE_RECEIVED, of, signed_on=signed_on)]
            if self.chance.random() < SHARE_CONFIRMING:
                line += self.follow(of, moment)
            found.append(line)
            if of.origin.placement:
                seen[of.origin.placement] += 1
        for placement, times in seen.items():
            views = sum(self.chance.randint(*VIEWS_FOR_EACH) for _each in range(times))
            add_counts(placement, day=day, views=views, clicks=CLICKS_FOR_EACH * times)
        return found

    def number_on(self, number: int, day: date) -> int:
        share = ON_HOLIDAY if self.calendar.is_holiday(day) else WEEK[day.weekday()]
        share *= PEAK.get(number, 1.0) * self.chance.uniform(0.85, 1.15)
        return max(round(self.people * share), 1)

    def moment_on(self, day: date) -> datetime:
        middle, spread, _weight = self.chance.choices(HOURS_OF_DAY, [w[2] for w in HOURS_OF_DAY])[0]
        hour = min(max(self.chance.gauss(middle, spread), BETWEEN[0]), BETWEEN[1])
        midnight = datetime.combine(day, time(), tzinfo=self.calendar.zone).astimezone(UTC)
        return midnight + timedelta(hours=hour)

    def registration(self) -> Registration:
        channel = self.chance.choices(list(WAYS), list(WAYS.values()))[0]
        placement = None
        if channel in (EntryChannel.BANNER, EntryChannel.QR):
            placement = self.placement()
            channel = channel if placement else EntryChannel.WEB
        helped = channel in (EntryChannel.DESK, EntryChannel.PAPER)
        origin = Origin(
            department=self.department,
            province=self.province,
            channel=channel,
            locality=self.chance.choice([*self.localities, None]),
            campaign=placement.banner.campaign if placement else None,
            placement=placement,
            unit=self.hospital if helped else None,
            is_demo=True,
        )
        some = self.chance.sample(self.organs, k=self.chance.randint(1, len(self.organs)))
        facts = {
            "organs": self.organs if self.chance.random() < 0.4 else some,
            "sex": self.chance.choices(list(Sex), [55, 40, 5])[0],
            "age_band": self.chance.choices(list(AGES), list(AGES.values()))[0],
        }
        return Registration(self.subject(), origin, facts)

    def placement(self) -> Placement | None:
        """Some hospitals bring many, most bring few."""
        if not self.placements:
            return None
        place = int(self.chance.paretovariate(1.1)) - 1
        return self.placements[min(place, len(self.placements) - 1)]

    def subject(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def follow(self, of: Registration, moment: datetime) -> list[Act]:
        """It is confirmed; of some the card is issued, or the owner is done in e-Devlet."""
        moment += timedelta(minutes=self.chance.uniform(1, 90))
        line = [self.act(moment, EventKind.PLEDGE_CONFIRMED, of)]
        if self.chance.random() < 0.3:
            is_intent = self.department.jurisdiction.pledge_kind == PledgeKind.INTENT
            kind = EventKind.PLEDGE_HANDED_OVER if is_intent else EventKind.PLEDGE_CARD_ISSUED
            line.append(self.act(moment + timedelta(hours=self.chance.uniform(1, 30)), kind, of))
        return line

    def mishaps(self, received: list[list[Act]]) -> None:
        """Days later: withdrawn, changed, taken back, put back again, found to be there twice."""
        early = received[: len(received) * 3 // 4]
        lines = self.chance.sample(early, len(early))
        few = max(len(lines) // 40, 2)
        parts = [lines[few * number : few * (number + 1)] for number in range(5)]
        for line in parts[0]:
            self.act(self.later(line), EventKind.PLEDGE_WITHDRAWN, line[0].of)
        for line in parts[1]:
            self.act(self.later(line), EventKind.PLEDGE_CHANGED, line[0].of)
        for line in (*parts[2], *parts[3]):
            at = self.later(line)
            mistakes = self.take_back(line, at)
            if line in parts[3]:
                again = at + timedelta(hours=self.chance.uniform(2, 30))
                for each in mistakes:
                    self.act(again, EventKind.ENTRY_RESTORED, each.of, corrects=each.corrects)
        for line in parts[4]:
            at = self.later(line)
            self.act(at, EventKind.PLEDGE_MERGED, line[0].of)
            self.take_back(line, at)

    def take_back(self, line: list[Act], at: datetime) -> list[Act]:
        return [self.act(at, EventKind.ENTRY_TAKEN_BACK, act.of, corrects=act) for act in line]

    def later(self, line: list[Act]) -> datetime:
        return line[-1].moment + timedelta(hours=self.chance.uniform(2, 72))

    def drive(self, day: date) -> None:
        """A blood drive at a hospital: booked in the days before, most came and gave."""
        volumes, reasons = BLOOD[self.department.jurisdiction_id]
        for _each in range(self.people):
            of = Registration(
                self.subject(),
                Origin(
                    department=self.department,
                    province=self.province,
                    channel=EntryChannel.WEB,
                    unit=self.hospital,
                    is_demo=True,
                ),
                {"sex": self.chance.choice(list(Sex)[:2])},
            )
            booked = self.moment_on(day - DAY * self.chance.randint(1, 4))
            self.act(booked, EventKind.SIGNUP_BOOKED, of)
            came = self.calendar.end_of(day) - timedelta(hours=self.chance.uniform(1, 8))
            outcome = self.chance.random()
            if outcome < 0.12:
                self.act(came, EventKind.SIGNUP_NO_SHOW, of)
                continue
            self.act(came, EventKind.SIGNUP_ARRIVED, of)
            came += timedelta(minutes=20)
            if outcome < 0.27:
                reason = self.chance.choice(reasons)
                self.act(came, EventKind.DONATION_DEFERRED, of, reason=reason)
            else:
                volume = self.chance.choice(volumes)
                self.act(came, EventKind.DONATION_GIVEN, of, volume_ml=volume)


class Month:
    """Lets the days pass: events are written, and the clock closes and sends what has ended.

    ``hours`` begin with the first day. They end with the last day that was closed, at any moment,
    so that the real clock, which runs on, does not close a day that is still being played.
    """

    def __init__(self, hours: ReportHours, *, last: date, people: int) -> None:
        self.hours, self.department = hours, hours.department
        plan = plan_of(ReportHours(**_facts(hours), ends_on=None))
        self.spans = list(_until(plan.spans(), last))
        script = Script(
            self.department,
            first=hours.starts_on,
            last=self.spans[-1].day,
            people=people,
            calendar=plan.calendar,
        )
        self.acts = deque(act for act in script.write() if act.moment >= self.spans[0].starts_at)
        self.staff = Staff.objects.filter(unit=self.department, roles__role=Role.DEPARTMENT).first()

    def play(self, *, say: Callable[[Span], None]) -> Counter[str]:
        """How many events of each kind were written; ``say`` is told of each day that ended."""
        done: Counter[str] = Counter()
        for number, span in enumerate(self.spans):
            done.update(self.pass_time(until=span.ends_at))
            if number in AWAY and span != self.spans[-1]:
                continue
            ReportHours.objects.filter(department=self.department).update(ends_on=span.day)
            if number == MEANWHILE:
                self.count_meanwhile(span)
            self.tick(span.ends_at + AFTER_CUT_OFF)
            if number == AGAIN and self.staff:
                self.send_again(self.staff, span.ends_at + timedelta(hours=1))
            say(span)
        return done

    @transaction.atomic
    def pass_time(self, *, until: datetime) -> Counter[str]:
        written: Counter[str] = Counter()
        while self.acts and self.acts[0].moment < until:
            act = self.acts.popleft()
            act.write()
            written[str(act.kind)] += 1
        return written

    def tick(self, now: datetime) -> None:
        """What the clock does; after days of absence, all of them in one go."""
        for window in ensure_windows(now=now, department=self.department):
            with played_at(now):
                summary = close_window(window, now=now)
            # Sent before anybody hears the bell: a worker would send it with today's date.
            with transaction.atomic():
                deliver(summary, now=now)
                self.send(summary, now + SENDING)

    def send(self, summary: Summary, now: datetime) -> None:
        waiting = Delivery.objects.filter(summary=summary, message__sent_at__isnull=True)
        for delivery in waiting.order_by("pk"):
            deliver_message(delivery.message_id, now=now)
            if self.staff and not delivery.recipient.is_outside:
                acknowledge_delivery(delivery, staff=self.staff, now=now + timedelta(minutes=7))

    def send_again(self, staff: Staff, now: datetime) -> None:
        """An office asks for a day of last week once more."""
        first = Summary.objects.get(
            department=self.department, window__ends_at=self.spans[0].ends_at
        )
        offices = Recipient.objects.filter(department=self.department, is_active=True)
        with transaction.atomic():
            send_copies(first, to=offices[:1], key="again", staff=staff, now=now)
            self.send(first, now + SENDING)

    def count_meanwhile(self, span: Span) -> None:
        """Somebody cannot wait for the evening."""
        noon = span.ends_at - timedelta(hours=4)
        with played_at(noon):
            take_provisional(self.department, now=noon, staff=self.staff)


def _facts(hours: ReportHours) -> dict[str, Any]:
    fields = [each.name for each in ReportHours._meta.concrete_fields]
    return {name: getattr(hours, name) for name in fields if name not in ("id", "ends_on")}


def _until(spans: Iterator[Span], last: date) -> Iterator[Span]:
    """The windows that count the days up to the last one."""
    for span in spans:
        yield span
        if span.day >= last:
            return
