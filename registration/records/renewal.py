"""A newer notice or consent that asks for a person's act anew."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from registration.intake.doors import contact_of
from registration.intake.texts import ticked_texts
from registration.pledges.models import Pledge
from registration.pledges.writing import FORM_VERSION
from registration.privacy.services import ShownText, consents_missing, record_consents
from registration.records.history import earlier_own


def texts_to_renew(pledge: Pledge, *, language: str) -> list[ShownText]:
    """The texts that its owner has to act on anew; empty for almost everybody."""
    department = pledge.department
    return consents_missing(
        pledge.person,
        about=_own(pledge),
        language=language,
        department=department.name,
        contact=contact_of(department),
    )


def _own(pledge: Pledge) -> Iterator[UUID]:
    """Looked up only where a text asks for a new act."""
    yield pledge.pk
    yield from (row.pk for row in earlier_own(pledge, used=None))


def renew_consents(
    pledge: Pledge, sent: Mapping[str, str], *, language: str, now: datetime
) -> None:
    """Keep the evidence of the acts on texts exactly as they were shown. Twice is once.

    Refuses with ``consent_missing`` when a box was left open or its text changed meanwhile.
    """
    texts = texts_to_renew(pledge, language=language)
    acts = ticked_texts(texts, sent)
    record_consents(pledge.person, about=pledge.pk, acts=acts, form_version=FORM_VERSION, now=now)
