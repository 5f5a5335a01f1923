"""Watches over due times: warns before one is missed, alarms when it is, once for each."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from registration.accounts.models import Staff
from registration.common import dates
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, require_few
from registration.deliveries.choices import AlarmKind, Receipt
from registration.deliveries.letters import tell_of_contacts
from registration.deliveries.models import Alarm, Watch
from registration.deliveries.pings import expect_ping
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.rules import (
    ALARM_FOR,
    WARN_BEFORE,
    alarm_of,
    require_office_address,
)
from registration.deliveries.standing import Standing, standings_of
from registration.deliveries.trouble import place_of
from registration.ledger.clock import database_now
from registration.outbox.rules import require_one_number
from registration.outbox.services import queue_email, queue_sms
from registration.outside.post import require_public_https
from registration.reports.models import Window
from registration.reports.windows import ensure_windows
from registration.units.models import Unit

logger = logging.getLogger(__name__)

# By one person: each change writes to all who keep the list.
CHANGES = Limit("deliveries.contacts", times=60, seconds=3600)
# What people write between the digits of a number.
BETWEEN_DIGITS = str.maketrans("", "", " .-()\u00a0")
# Clocks further apart than this are a trouble that figures could suffer from.
CLOCKS_APART = timedelta(seconds=5)


def set_watch(
    department: Unit,
    *,
    language: str,
    first_email: str,
    second_email: str,
    second_phone: str,
    ping_address: str,
    staff: Staff,
    now: datetime,
) -> Watch:
    """Write down whom to tell when the department's summary is late. It holds from the next minute.

    One person does this alone and could silence the alarms: the contacts that stood until now and
    the others who keep the list are told. Refuses one person who changes without end
    (``too_often``) and what nobody would be reached by, each at its field: ``not_one_address``,
    ``not_one_number``, ``same_contact``, ``not_https``, ``not_a_public_address``.
    """
    with _at("first_email"):
        first = require_office_address(first_email)
    with _at("second_email"):
        second = require_office_address(second_email) if second_email else ""
    if second.lower() == first.lower():
        raise RuleBroken(
            "same_contact",
            _("The second contact must be another one than the first."),
            field="second_email",
        )
    with _at("second_phone"):
        phone = require_one_number(second_phone.translate(BETWEEN_DIGITS)) if second_phone else ""
    if ping_address:
        require_public_https(ping_address, field="ping_address")
    facts = {
        "language": language,
        "first_email": first,
        "second_email": second,
        "second_phone": phone,
        "ping_address": ping_address,
    }
    with transaction.atomic():
        before = Watch.objects.select_for_update().filter(department=department).first()
        watch, _is_new = Watch.objects.update_or_create(department=department, defaults=facts)
        if before is None or any(getattr(before, name) != value for name, value in facts.items()):
            require_few(CHANGES, str(staff.pk), now=now)
            tell_of_contacts(before, watch, staff=staff, now=now)
    logger.info("The contacts of %s were set by staff %s.", department.code, staff.pk)
    return watch


@contextlib.contextmanager
def _at(field: str) -> Iterator[None]:
    """Let a refusal stand at this field of the form."""
    try:
        yield
    except RuleBroken as error:
        raise RuleBroken(error.code, error.sentence, field=field) from error


def raise_alarms(*, now: datetime) -> list[Alarm]:
    """Warn of windows that are not delivered ten minutes before they are due, alarm when they are
    due; once each, however often and late it is called. Those a day overdue are left to the digest.
    """
    # Of its own: where nothing closes windows any more, nobody else would lay them down.
    ensure_windows(now=now)
    near = Window.objects.filter(
        ends_at__lte=now, due_at__gt=now - ALARM_FOR, due_at__lte=now + WARN_BEFORE
    ).exclude(alarms__kind=AlarmKind.OVERDUE)
    raised = []
    for standing in standings_of(near.select_related("department").order_by("due_at", "pk")):
        window = standing.window
        kind = alarm_of(ends_at=window.ends_at, due_at=window.due_at, now=now)
        if kind and not standing.is_delivered and (alarm := _raise(standing, kind, now=now)):
            raised.append(alarm)
    return raised


def _raise(standing: Standing, kind: AlarmKind, *, now: datetime) -> Alarm | None:
    """The alarm with its messages, or None if it has been raised; trouble holds up no other."""
    try:
        with transaction.atomic():
            alarm, is_new = Alarm.objects.get_or_create(
                window=standing.window, kind=kind, defaults={"raised_at": now}
            )
            if not is_new:
                return None
            watch = Watch.objects.filter(department=standing.window.department_id).first()
            if watch:
                _tell(watch, standing, kind, now=now)
            if kind == AlarmKind.OVERDUE:
                expect_ping(standing.window, is_failure=True, now=now)
    except Exception as error:  # The next minute tries again; the other departments go on.
        logger.error("No alarm for window %s: %s.", standing.window.pk, place_of(error))
        return None
    logger.warning("Window %s of %s: %s", standing.window, standing.window.department.code, kind)
    return alarm


def _tell(watch: Watch, standing: Standing, kind: AlarmKind, *, now: datetime) -> None:
    """The first contact is warned; once it is overdue, the second one is told as well."""
    is_overdue = kind == AlarmKind.OVERDUE
    contacts = {"first": watch.first_email}
    if is_overdue:
        contacts["second"] = watch.second_email
    name = f"deliveries/{kind}"
    key = f"alarm:{standing.window.pk}:{kind}"
    with translation.override(watch.language):
        context = _context(standing, watch.language, now=now)
    for place, address in contacts.items():
        if address:
            queue_email(
                name,
                to=address,
                language=watch.language,
                context=context,
                dedupe_key=f"{key}:{place}",
                now=now,
                limit=None,
            )
    if is_overdue and watch.second_phone:
        queue_sms(
            name,
            to=watch.second_phone,
            language=watch.language,
            context=context,
            dedupe_key=f"{key}:sms",
            now=now,
            limit=None,
        )


def _context(standing: Standing, language: str, *, now: datetime) -> dict[str, Any]:
    window = standing.window
    address = reverse("overview:windows") + f"?department={window.department.code}"
    return {
        "department": window.department.name,
        "day": dates.short_date(window.day, language),
        "due": dates.date_time(window.due_at, language, zone=window.zone),
        "known": known_of(standing),
        "advice": _advice(standing),
        "url": settings.BASE_URL + address,
    }


def known_of(standing: Standing) -> list[str]:
    """What is known of a window that has not reached everybody, in whole sentences."""
    if not standing.is_frozen:
        return [_("The figures have not been compiled yet.")]
    if standing.is_unaddressed:
        return [_("The summary is ready, but nobody is on the list of recipients.")]
    if not standing.is_finished:
        return [_("The figures are frozen; the messages have not all been written yet.")]
    lines = []
    for each in standing.offices:
        reason = reason_in_words(each.code)
        if each.receipt == Receipt.WAITING:
            told = _("%(office)s: the message has not been taken yet. %(reason)s")
        elif each in standing.lost:
            told = _("%(office)s: not delivered. %(reason)s")
        else:
            continue
        lines.append((told % {"office": each.name, "reason": reason}).strip())
    return lines


def _advice(standing: Standing) -> str:
    if not standing.is_frozen or (not standing.is_finished and not standing.offices):
        return _(
            "Call the portal's operator. If the office cannot wait, take provisional figures on"
            " the desk and bring them by another way."
        )
    if standing.is_unaddressed:
        return _(
            "Put an office on the list of recipients on the desk, where a second person agrees,"
            " and send the summary from there."
        )
    if standing.lost:
        return _(
            "Correct the address on the list of recipients and send a copy from the desk, or"
            " fetch the documents there and bring them by another way."
        )
    return _(
        "The portal goes on trying by itself. If the office cannot wait, fetch the documents on"
        " the desk and bring them by another way."
    )


def clock_line() -> str:
    """How far the database's clock, or the last time that it told, is from this machine's.

    Empty while they agree within five seconds.
    """
    apart = abs(database_now() - timezone.now())
    if apart <= CLOCKS_APART:
        return ""
    return _(
        "The clocks of the database and of this machine are %(seconds)s seconds apart. Look at"
        " the time service of both: cut-offs follow the database's clock."
    ) % {"seconds": round(apart.total_seconds())}
