"""A believable day of registrations for demos and trials, through the same services as a real one.

Everything in it is invented and marked as demo: names are made of words of nature, mailboxes lie
under example.org, telephones are published samples, and identity numbers start with 999, a code
that no province and no country of birth has.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.play_steward import StewardsDay
from registration.banners.counting import add_counts
from registration.banners.models import Placement
from registration.ledger.choices import EntryChannel, Sex
from registration.ledger.clock import played_at
from registration.people.answers import PersonAnswers
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.pledges.answers import PledgeAnswers
from registration.pledges.choices import PledgeState
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.services import confirm_pledge, register_pledge, withdraw_pledge
from registration.pledges.source import Source
from registration.privacy.services import ShownText, texts_to_show
from registration.units.choices import PledgeKind
from registration.units.models import Locality, Province, Unit

NAMES = {
    "vi": (
        ["Trần", "Lê", "Phạm", "Đặng", "Vũ", "Hoàng", "Bùi", "Đỗ", "Hồ", "Ngô"],
        ["Mây", "Sông", "Gió", "Suối", "Nắng", "Biển", "Núi", "Rừng", "Sương", "Trăng"],
        ["Xanh", "Hồng", "Vàng", "Biếc", "Thẳm", "Ấm", "Mát", "Dịu", "Sớm", "Chiều"],
    ),
    "tr": (
        ["Bulut", "Irmak", "Rüzgâr", "Güneş", "Deniz", "Dağ", "Orman", "Işık", "Çiçek", "Yağmur"],
        ["", "İnce", "Işıl", "Gül", "Ay", "Su", "Kar", "Çağ", "Öz", "Şen"],
        ["Yeşil", "Mavi", "Sarı", "Ilık", "Serin", "Derin", "Geniş", "Parlak", "Sessiz", "Uzun"],
    ),
}
PHONES = {"VN": "+84912345678", "TR": "+905321234567"}
# How people come: most by a hospital's banner, some at a desk where they were helped.
WAYS = {
    EntryChannel.BANNER: 58,
    EntryChannel.WEB: 22,
    EntryChannel.QR: 7,
    EntryChannel.DESK: 6,
    EntryChannel.PAPER: 4,
    EntryChannel.PHONE: 3,
}
CLICKS_FOR_EACH = 4
VIEWS_FOR_EACH = (90, 210)
SHARE_CONFIRMING, SHARE_WITHDRAWING, SHARE_CHANGING = 0.82, 0.01, 0.02


@dataclass(frozen=True)
class Played:
    """How many of each thing happened."""

    registered: int
    confirmed: int
    changed: int
    withdrawn: int
    cards: int


class Day:
    """The day of one department, the same each time for the same department and date."""

    def __init__(self, department: Unit, *, starts_at: datetime, ends_at: datetime) -> None:
        if department.province is None:
            raise ValueError("Only a province's department has a day to play.")
        self.department = department
        self.province: Province = department.province
        self.jurisdiction = self.province.jurisdiction
        self.language = self.jurisdiction.language
        self.is_application = self.jurisdiction.pledge_kind == PledgeKind.APPLICATION
        self.starts_at, self.ends_at = starts_at, ends_at
        self.day = ends_at.astimezone(self.jurisdiction.zone).date()
        self.chance = random.Random(f"{department.code} {self.day}")  # noqa: S311  a play
        self.localities = list(Locality.objects.filter(province=self.province))
        self.placements = list(
            Placement.objects.filter(
                unit__province=self.province,
                closed_at__isnull=True,
                banner__campaign__kind="organ",
            ).select_related("unit", "banner__campaign")
        )
        self.organs = list(organs_offered(self.jurisdiction).listed)
        self.people: dict[int, PersonAnswers] = {}
        self.texts: list[ShownText] = texts_to_show(
            self.jurisdiction,
            language=self.language,
            department=department.name,
            contact=department.email or department.name,
        )

    def play(self, people: int, *, say: Callable[[int], None]) -> Played:
        """Register ``people``, let most of them confirm; ``say`` is told how many are done."""
        done: Counter[str] = Counter()
        for number, moment in enumerate(self.moments(people)):
            pledge = self.register(number, moment)
            done["registered"] += 1
            if self.chance.random() < SHARE_CONFIRMING:
                done.update(self.follow(pledge, number, moment))
            say(number + 1)
        return Played(
            cards=self.desk(),
            registered=done["registered"],
            confirmed=done["confirmed"],
            changed=done["changed"],
            withdrawn=done["withdrawn"],
        )

    def desk(self) -> int:
        """What the steward does with the day's confirmed registrations; the cards issued."""
        confirmed = Pledge.objects.filter(
            department=self.department,
            state=PledgeState.CONFIRMED,
            received_at__gte=self.starts_at,
            received_at__lt=self.ends_at,
        )
        rows = confirmed.select_related("jurisdiction", "province").order_by("received_at")
        last = self.ends_at - timedelta(seconds=1)
        return StewardsDay(self.department, day=self.day, last=last).work(list(rows))

    def moments(self, people: int) -> Iterator[datetime]:
        """Moments in order: a wave in the morning, one in the afternoon, a thin evening before."""
        length = (self.ends_at - self.starts_at).total_seconds()
        waves = [(0.15, 0.08, 25), (0.70, 0.06, 45), (0.93, 0.04, 30)]
        places = [
            self.chance.gauss(
                *self.chance.choices([w[:2] for w in waves], [w[2] for w in waves])[0]
            )
            for _ in range(people)
        ]
        for place in sorted(min(max(place, 0.001), 0.985) for place in places):
            yield self.starts_at + timedelta(seconds=length * place)

    def register(self, number: int, moment: datetime, *, again: bool = False) -> Pledge:
        channel = self.chance.choices(list(WAYS), list(WAYS.values()))[0]
        placement = None
        if channel in (EntryChannel.BANNER, EntryChannel.QR) and self.placements:
            # Some hospitals bring many, most bring few.
            place = int(self.chance.paretovariate(1.1)) - 1
            placement = self.placements[min(place, len(self.placements) - 1)]
            views = self.chance.randint(*VIEWS_FOR_EACH)
            add_counts(placement, day=moment.date(), views=views, clicks=CLICKS_FOR_EACH)
        elif channel in (EntryChannel.BANNER, EntryChannel.QR):
            channel = EntryChannel.WEB
        with played_at(moment):
            return register_pledge(
                self.answers(number),
                source=Source(
                    province=self.province,
                    department=self.department,
                    channel=channel,
                    language=self.language,
                    campaign=placement.banner.campaign if placement else None,
                    placement=placement,
                    is_demo=True,
                ),
                form_key=f"play:{self.department.code}:{self.day}:{number}{':2' * again}",
                is_held=False,
                now=moment,
            )

    def follow(self, pledge: Pledge, number: int, moment: datetime) -> list[str]:
        """The owner confirms soon after; a few change their mind or their choice."""
        last = self.ends_at - timedelta(seconds=1)
        later = min(moment + timedelta(minutes=self.chance.uniform(1, 90)), last)
        with played_at(later):
            confirm_pledge(pledge, contact=self.contact(pledge), now=later)
        if self.chance.random() < SHARE_WITHDRAWING:
            with played_at(last):
                withdraw_pledge(pledge, now=last)
            return ["confirmed", "withdrawn"]
        if self.chance.random() < SHARE_CHANGING:
            second = self.register(number, min(later + timedelta(minutes=5), last), again=True)
            with played_at(last):
                confirm_pledge(second, contact=self.contact(second), now=last)
            return ["confirmed", "registered", "changed"]
        return ["confirmed"]

    @staticmethod
    def contact(pledge: Pledge) -> Contact:
        return pledge.particulars.contacts.get(kind=ContactKind.EMAIL)

    def answers(self, number: int) -> PledgeAnswers:
        """What a person answers; the second time another choice of organs by the same person."""
        some = self.chance.random() < 0.6
        most = min(4, len(self.organs))
        chosen = self.chance.sample(self.organs, k=self.chance.randint(1, most)) if some else None
        if number not in self.people:
            self.people[number] = self.person(number)
        return PledgeAnswers(
            person=self.people[number],
            organs=tuple(sorted(chosen or self.organs)),
            keeps_identity_secret=True if self.is_application else None,
            acts=self.texts,
        )

    def person(self, number: int) -> PersonAnswers:
        sex = self.chance.choice([Sex.FEMALE, Sex.FEMALE, Sex.MALE])
        birth_date = self.birth_date()
        return PersonAnswers(
            full_name=self.full_name(),
            province=self.province,
            language=self.language,
            birth_date=birth_date,
            email=f"nguoi-choi-{self.day:%Y%m%d}-{number}@demo.example.org",
            phone=PHONES[self.jurisdiction.pk],
            locality=self.chance.choice(self.localities) if self.localities else None,
            **(self.paper(number, birth_date, sex) if self.is_application else {}),
        )

    def full_name(self) -> str:
        return " ".join(part for part in map(self.chance.choice, NAMES[self.language]) if part)

    def birth_date(self) -> date:
        years = int(self.chance.triangular(18.5, 78, 34))
        return self.day - timedelta(days=years * 366 + self.chance.randint(0, 300))

    def paper(self, number: int, birth_date: date, sex: Sex) -> dict[str, Any]:
        """An identity paper that nobody has: the code 999 belongs to no place of birth."""
        century = (birth_date.year - 1900) // 100 * 2 + (sex == Sex.FEMALE)
        serial = self.day.toordinal() % 1000 * 1000 + number
        return {
            "sex": sex,
            "identity_number": f"999{century}{birth_date.year % 100:02d}{serial:06d}",
            "identity_issued_on": max(date(2021, 7, 1), birth_date + timedelta(days=366 * 16)),
            "identity_issued_by": "Bộ Công an",
            "permanent_address": "Số 0, đường Minh Họa",
            "occupation": self.chance.choice(["Giáo viên", "Điều dưỡng", "Công nhân", ""]),
        }
