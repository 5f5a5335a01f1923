"""A registration as values: from the form to the service, and back from the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from registration.people.answers import PersonAnswers
from registration.people.services import answers_of
from registration.pledges.models import Pledge
from registration.privacy.services import ShownText


@dataclass(frozen=True, kw_only=True)
class PledgeAnswers:
    """``organs`` are codes in order; ``keeps_identity_secret`` is None where it is not asked.

    ``acts`` are the texts that the person acted on, exactly as they were shown.
    """

    person: PersonAnswers
    organs: tuple[str, ...] = ()
    keeps_identity_secret: bool | None = None
    acts: Sequence[ShownText] = ()


def stored_answers(pledge: Pledge) -> PledgeAnswers:
    """What was registered, read back from the rows. Opens the seals."""
    return PledgeAnswers(
        person=answers_of(pledge.particulars),
        organs=pledge.organ_codes,
        keeps_identity_secret=pledge.keeps_identity_secret,
    )
