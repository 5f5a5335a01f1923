"""One entry that is typed: the form with what stays from the last one, and what it becomes."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.entries.forms import DESK_FORMS, DeskFields
from registration.entries.services import cannot_tell, enter_person
from registration.intake import gate
from registration.intake.doors import Door
from registration.ledger.choices import EntryChannel
from registration.people.services import contradictions_of
from registration.pledges.answers import stored_answers
from registration.pledges.choices import OrganChoice
from registration.pledges.events import with_origin
from registration.pledges.models import EntryBatch, Pledge
from registration.pledges.rules import require_fresh
from registration.privacy.services import ShownText
from registration.units.places import department_of

LAST_SALT = "entries.last"
LAST_SECONDS = 24 * 3600


def door_of(batch: EntryBatch, *, language: str, now: datetime) -> Door:
    """The way to the form of the batch's province, or ``no_department``."""
    department = department_of(batch.province)
    if department is None:
        raise RuleBroken("no_department", _("This province has no health department here yet."))
    return Door(batch.province, department, language, now)


def is_signed(batch: EntryBatch) -> bool:
    return batch.channel != EntryChannel.PHONE


def mark_of(texts: list[ShownText]) -> str:
    """One mark for exactly these texts in exactly this language."""
    return hashlib.sha256("".join(shown.sha256 for shown in texts).encode()).hexdigest()


def name_last(pledge: Pledge, *, staff: Staff) -> str:
    """A token by which its typist, and nobody else, is shown what stays from the last entry."""
    return signing.dumps([str(pledge.pk), staff.pk], salt=LAST_SALT)


def find_last(token: str, batch: EntryBatch, *, staff: Staff) -> Pledge | None:
    """The entry of a token, if this member of staff typed it into this batch a while ago."""
    try:
        key, typist = signing.loads(token, salt=LAST_SALT, max_age=LAST_SECONDS)
    except signing.BadSignature:
        return None
    if typist != staff.pk:
        return None
    return with_origin().filter(pk=uuid.UUID(key), batch=batch).first()


@dataclass
class TypedEntry:
    """One request to the page on which a batch is typed."""

    batch: EntryBatch
    staff: Staff
    now: datetime
    data: Mapping[str, Any] | None = None
    last: Pledge | None = None
    key: str = field(default_factory=gate.new_form_key)

    @cached_property
    def language(self) -> str:
        """The person's own: of what was sent, else of the last entry, else of the place."""
        told = self.data.get("language", "") if self.data else getattr(self.last, "language", "")
        return (
            told if told in dict(settings.LANGUAGES) else self.batch.province.jurisdiction.language
        )

    @cached_property
    def door(self) -> Door:
        return door_of(self.batch, language=self.language, now=self.now)

    @cached_property
    def form(self) -> DeskFields:
        kind = self.door.jurisdiction.pledge_kind
        sticky = self.sticky if self.last and self.data is None else None
        return DESK_FORMS[kind](
            self.door.setting, self.data, is_signed=is_signed(self.batch), initial=sticky
        )

    @property
    def sticky(self) -> dict[str, Any]:
        """What is mostly the same on the next form of a pile. Nothing that names a person."""
        if self.last is None:
            return {}
        person, organs = self.last.particulars, set(self.last.organ_codes)
        values = {
            "identity_issued_by": person.identity_issued_by,
            "workplace": person.workplace,
            "locality": person.locality.code if person.locality else "",
            "language": self.last.language,
            "card_to_home": True,
        }
        if organs and organs == set(self.door.setting.offer.listed):
            values["organ_choice"] = OrganChoice.ALL.value
        return values

    def warnings(self) -> list[Any]:
        """Where the last entry contradicts itself: its typist is told at once."""
        return contradictions_of(stored_answers(self.last).person) if self.last else []

    def save(self) -> Pledge | None:
        """Enter it; None when the form must be looked at again.

        Refuses as ``enter_person``, and a key that is broken or a day old.
        """
        key = gate.read_form_key(self.key)
        try:
            require_fresh(key.started_at, now=self.now)
        except RuleBroken:
            self.key = gate.new_form_key()
            raise
        if not self.form.is_valid() or not self._texts_were_read():
            return None
        answers = self.form.answers(language=self.language, acts=self.door.texts)
        try:
            return enter_person(
                self.batch,
                answers,
                department=self.door.department,
                steps=self.form.steps,
                staff=self.staff,
                form_key=key.nonce,
                now=self.now,
            )
        except (OperationalError, InterfaceError, IntegrityError) as error:
            raise cannot_tell() from error

    def _texts_were_read(self) -> bool:
        """On the telephone the texts shown must be those of the person's language."""
        if is_signed(self.batch) or not self.data:
            return True
        if self.data.get("texts_mark") == mark_of(self.door.texts):
            return True
        self.form.add_error(
            "texts_agreed",
            _("The texts are shown in the person's language now: read these aloud, then tick."),
        )
        if isinstance(self.data, QueryDict):
            self.form.data = self.data.copy()
            self.form.data.pop("texts_agreed", None)
        return False
