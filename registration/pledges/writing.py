"""How a registration is written: the rows that every way in has in common."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.references import new_reference
from registration.people.choices import ContactKind
from registration.people.keys import contact_hash
from registration.people.models import Person
from registration.people.rules import can_get_sms, require_age
from registration.people.services import add_particulars
from registration.pledges.answers import PledgeAnswers
from registration.pledges.events import read_pledge
from registration.pledges.models import Pledge
from registration.pledges.source import Source
from registration.privacy.services import record_consents
from registration.units.models import Jurisdiction

FORM_VERSION = "2026-11"
# Two are the same once in ten thousand million; five times in a row something else is wrong.
MOST_REFERENCES = 5


def find_by_form_key(form_key: str) -> Pledge | None:
    """The registration that this form already became."""
    return Pledge.objects.filter(form_key=form_key).order_by().first()


def is_registered(form_key: str) -> bool:
    return Pledge.objects.filter(form_key=form_key).exists()


def lock_form(form_key: str) -> None:
    """Let two sendings of one form pass one after the other. SQLite does so in any case."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [form_key])


def require_old_enough(answers: PledgeAnswers, jurisdiction: Jurisdiction, now: datetime) -> None:
    """Refuses ``birth_date_missing`` and ``under_age``."""
    birth_date = answers.person.birth_date
    if birth_date is None:
        raise RuleBroken("birth_date_missing", _("Write your date of birth."), field="birth_date")
    day = now.astimezone(jurisdiction.zone).date()
    require_age(birth_date, minimum=jurisdiction.minimum_age, day=day)


def may_confirm_by_sms(phone: str) -> bool:
    return bool(phone and settings.SMS_URL and can_get_sms(phone))


def contact_to_confirm(answers: PledgeAnswers) -> tuple[ContactKind, str]:
    """The contact that gets the link or code, and its hash."""
    told = answers.person
    kind = ContactKind.EMAIL if told.email else ContactKind.PHONE
    return kind, contact_hash(kind, told.email or told.phone)


def write_pledge(
    answers: PledgeAnswers, person: Person, *, source: Source, now: datetime, **fields: Any
) -> Pledge:
    """Particulars, pledge and consents; read back, so that messages repeat what is stored.

    Refuses with ``proof_used``.
    """
    particulars = add_particulars(person, answers.person, now=now)
    times = {"received_at": now, "waiting_since": now}
    pledge = _insert(answers, source, person=person, particulars=particulars, **times, **fields)
    # This one was read back already, when it was found or made.
    pledge.person = pledge.particulars.person = person
    prefetch_related_objects([pledge.particulars], "contacts")
    record_consents(person, about=pledge.pk, acts=answers.acts, form_version=FORM_VERSION, now=now)
    return pledge


def _insert(answers: PledgeAnswers, source: Source, **fields: Any) -> Pledge:
    """What must be unique is left to the database, which is asked once, after: a row is not there
    only if its reference, form or proof is another's.
    """
    jurisdiction = source.province.jurisdiction
    for _attempt in range(MOST_REFERENCES):
        pledge = Pledge(
            reference=new_reference(),
            kind=jurisdiction.pledge_kind,
            jurisdiction=jurisdiction,
            organs=";".join(sorted(answers.organs)),
            keeps_identity_secret=answers.keeps_identity_secret,
            **vars(source),
            **fields,
        )
        Pledge.objects.bulk_create([pledge], ignore_conflicts=True)
        with suppress(Pledge.DoesNotExist):
            return read_pledge(pledge.pk)
        if pledge.proof and Pledge.objects.filter(proof=pledge.proof).exists():
            raise RuleBroken("proof_used", _("The check has ended. Press the button again."))
        if find_by_form_key(pledge.form_key):
            break
    raise IntegrityError("This form is a registration already, or there is no free reference.")
