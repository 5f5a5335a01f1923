"""The legal clocks, and what may be done with a request when. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.rights.choices import RequestKind, RequestState
from registration.units.rules import next_working_day

OPEN_STATES = (RequestState.RECEIVED, RequestState.ANSWERED)
# How long before the end of a clock the officers are reminded.
REMIND_BEFORE = timedelta(days=2)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day is over; a clock that ends on a day runs until then."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def answer_due(received_on: date, working_days: int, holidays: Mapping[date, str]) -> date:
    """The last day for the first answer; the day of receipt itself is not counted."""
    day = received_on
    for _each in range(working_days):
        day = next_working_day(day, holidays)
    return day


def act_due(received_on: date, days: int) -> date:
    """The last day for the act. The laws count days, not working days."""
    return received_on + timedelta(days=days)


def require_way_to_answer(*, email: str, phone: str) -> None:
    """Refuses a request that nobody could answer (``contact_missing``)."""
    if not email and not phone:
        raise RuleBroken(
            "contact_missing",
            _("Write an e-mail address or a telephone number, so that we can answer."),
            field="email",
        )


def require_open_request(state: RequestState | str) -> None:
    """Refuses to work on what has ended (``request_ended``)."""
    if state not in OPEN_STATES:
        raise RuleBroken("request_ended", _("This request has ended already."))


def require_correction(kind: RequestKind | str) -> None:
    """Refuses to correct what nobody asked to have corrected (``not_a_correction``)."""
    if kind != RequestKind.CORRECT:
        raise RuleBroken("not_a_correction", _("This request does not ask for a correction."))


def require_extension(
    *, extension_days: int, extended_at: datetime | None, act_due_at: datetime, now: datetime
) -> None:
    """Refuses an extension that the law does not know (``no_extension``), a second one
    (``extended_before``) and one after the clock has ended (``clock_ended``).
    """
    if not extension_days:
        raise RuleBroken("no_extension", _("The law of this country knows no extension here."))
    if extended_at:
        raise RuleBroken("extended_before", _("The time was extended once already."))
    if now >= act_due_at:
        raise RuleBroken("clock_ended", _("The time has ended and can be extended no more."))


def require_words(text: str, *, field: str) -> None:
    """Refuses an answer or reason that says nothing (``words_missing``)."""
    if len(text.strip()) < 10:
        raise RuleBroken("words_missing", _("Write at least one whole sentence."), field=field)


def require_known_person(is_known: bool) -> None:
    """Refuses to act on data before it is known whose (``person_unknown``)."""
    if not is_known:
        raise RuleBroken(
            "person_unknown",
            _("First make sure who asks: name the registration and how you checked the person."),
            field="reference",
        )
