"""The coordinator's look-up: one person, by exact number and birth date, each one kept."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards.models import Card
from registration.cards.services import valid_card_of
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.references import new_reference
from registration.lookups import letters
from registration.lookups.choices import Certainty
from registration.lookups.models import CaseWords, LookUp, LookUpSwitch
from registration.lookups.rules import answering, certainty_of
from registration.people.keys import same_person_key
from registration.people.models import Contact, Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.units.models import Jurisdiction

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Answer:
    """What the coordinator is told; ``look_up`` is the row that was kept of it."""

    look_up: LookUp
    certainty: Certainty
    pledge: Pledge | None = None
    card: Card | None = None


@dataclass(frozen=True)
class Found:
    """The registration that answers, and what of its own stands behind it."""

    pledge: Pledge
    has_contact: bool
    has_paper: bool


def switches_of(jurisdiction: Jurisdiction) -> list[LookUpSwitch]:
    """The departments of a country whose registrations may be looked up."""
    on = LookUpSwitch.objects.filter(is_on=True, department__jurisdiction=jurisdiction)
    return list(on.select_related("department__jurisdiction").order_by("pk"))


def require_switch(staff: Staff, switches: list[LookUpSwitch]) -> LookUpSwitch:
    """The switch whose budget holds for this coordinator, or ``look_up_off``.

    That of the own province's department; where there is none, the tightest of the country.
    """
    own = staff.unit.province_id if staff.unit else None
    for switch in switches:
        if own and switch.department.province_id == own:
            return switch
    if not switches:
        raise RuleBroken("look_up_off", _("No department has switched the look-up on."))
    return min(switches, key=lambda switch: (switch.daily_for_each, switch.daily_for_unit))


def look_up(
    staff: Staff,
    *,
    identity_number: str,
    birth_date: date,
    case_number: str,
    reason: str,
    now: datetime,
) -> Answer:
    """Answer for one person, after the budget was charged and the look-up was written down.

    Unknown, born on another day, contested, or of a department that is switched off: the answer is
    the same, after the same queries. Many misses are told to the department and administrators.
    Not one transaction: a look-up that is refused is charged all the same. Refuses with
    ``look_up_off``, ``budget_spent`` or ``look_up_not_written``.
    """
    if staff.unit is None:
        raise RuleBroken("look_up_off", _("No department has switched the look-up on."))
    jurisdiction = staff.unit.jurisdiction
    switches = switches_of(jurisdiction)
    switch = require_switch(staff, switches)
    _charge(staff, switch, now)
    key = same_person_key(identity_number=identity_number, contact="", full_name="")
    provinces = {each.department.province_id for each in switches}
    found = _find(jurisdiction, key, birth_date, provinces)
    pledge = found.pledge if found else None
    card = valid_card_of(pledge) if pledge else None
    certainty = Certainty.NOTHING
    if found:
        certainty = certainty_of(
            state=found.pledge.state,
            has_contact=found.has_contact,
            has_paper=found.has_paper,
            has_card=card is not None,
        )
    row = LookUp(
        serial=new_reference(12),
        made_at=now,
        staff=staff,
        unit=staff.unit,
        number_hash=key,
        answer=certainty,
        subject=pledge.pk if pledge else None,
    )
    words = CaseWords(case_number=case_number, reason=reason)
    _keep(row, words, switch)
    return Answer(row, certainty, pledge, card)


def _charge(staff: Staff, switch: LookUpSwitch, now: datetime) -> None:
    """Count one look-up of the person and one of the unit, before anything is searched."""
    zone = switch.department.jurisdiction.zone
    own = f"{staff.pk}", switch.daily_for_each
    unit = f"{staff.unit_id}", switch.daily_for_unit
    if not (
        _count_today("look_up.staff", *own, zone=zone, now=now)
        and _count_today("look_up.unit", *unit, zone=zone, now=now)
    ):
        raise RuleBroken(
            "budget_spent",
            _("The look-ups of this day are used up. In an emergency call the department."),
        )


def _count_today(name: str, who: str, times: int, *, zone: ZoneInfo, now: datetime) -> bool:
    """Count one use of the day on the wall clock there, and say whether it was within ``times``."""
    day = now.astimezone(zone).date()
    # Counters are kept by days of UTC. The end of the day there is one moment for all of it.
    ends_at = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    limit = Limit(name, times=times, seconds=DAY_SECONDS)
    return count_use(limit, f"{who}:{day}", now=ends_at)


def _find(
    jurisdiction: Jurisdiction, key: str, birth_date: date, provinces: set[int | None]
) -> Found | None:
    """The registration that answers, if the birth date is its own. One query in any case.

    A newer registration where the look-up is off leaves no older one to answer in its place.
    """
    persons = Person.objects.filter(jurisdiction=jurisdiction, same_key=key)
    # A person found twice was merged into another, who may have been merged since.
    anchor = Coalesce("merged_into__merged_into", "merged_into", "pk")
    papers = PledgeStep.objects.filter(
        pledge=OuterRef("pk"), kind=StepKind.PAPER_SEEN, undone_at__isnull=True
    )
    contacts = Contact.objects.filter(
        particulars=OuterRef("particulars"), confirmed_at__isnull=False
    )
    # Another registration of the same person lends this one nothing.
    found = (
        Pledge.objects.filter(person=Subquery(persons.values(anchor=anchor)[:1]))
        .annotate(has_paper=Exists(papers), has_contact=Exists(contacts))
        .select_related("particulars", "jurisdiction", "department")
    )
    pledge = answering(found)
    if pledge is None or pledge.particulars.birth_date != birth_date.isoformat():
        return None
    if pledge.province_id not in provinces:
        return None
    return Found(pledge, has_contact=pledge.has_contact, has_paper=pledge.has_paper)


def _keep(row: LookUp, words: CaseWords, switch: LookUpSwitch) -> None:
    """Write the look-up down for good, and raise the alarm on many misses, or refuse."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            words.look_up = row
            words.save(force_insert=True)
            if row.answer == Certainty.NOTHING:
                _count_miss(row, switch)
    except DatabaseError as error:
        raise RuleBroken(
            "look_up_not_written",
            _("No answer can be given now, because the look-up could not be written down."),
        ) from error


def _count_miss(row: LookUp, switch: LookUpSwitch) -> None:
    quiet = str(row.staff_id), max(switch.alert_after_misses - 1, 0)
    zone = switch.department.jurisdiction.zone
    if not _count_today("look_up.misses", *quiet, zone=zone, now=row.made_at):
        letters.report_misses(row, department=switch.department, now=row.made_at)


def earlier_answer(staff: Staff, serial: str) -> LookUp | None:
    """A look-up that was made at this person's unit."""
    if staff.unit_id is None:
        return None
    rows = LookUp.objects.filter(serial=serial, unit=staff.unit_id)
    return rows.select_related("staff", "unit__jurisdiction", "case_words").first()
