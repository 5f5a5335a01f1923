"""Many cards at once: first which will be issued and why not the others, then each alone."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from django.db import InterfaceError, OperationalError
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards.bulk_table import Row
from registration.cards.forms import is_issuer_for
from registration.cards.keys import number_hash
from registration.cards.models import Card
from registration.cards.rules import require_same_number
from registration.cards.services import TAKEN, issue_card, taken_numbers, valid_cards_of
from registration.common.errors import RuleBroken
from registration.pledges.choices import StepKind
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.rules import require_step, require_unrestricted
from registration.units.models import Unit

# As many as are surely issued before a proxy or a reader loses patience.
SLICE = 100
CANNOT_TELL = _(
    "We cannot tell whether this was saved. Press the button again: "
    "however often you send this form, it counts once."
)


class Fate(Enum):
    """What becomes of a row: it will be issued, was by this sending, was before, or is refused."""

    WORKS = "works"
    ISSUED = "issued"
    BEFORE = "before"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """``refusal`` is the sentence why no card is issued, empty where one is."""

    row: Row
    fate: Fate
    pledge: Pledge | None = None
    refusal: str = ""

    def refused(self, error: RuleBroken) -> "Verdict":
        return replace(self, fate=Fate.REFUSED, refusal=error.sentence)


@dataclass(frozen=True)
class Known:
    """What the database says of all rows of a table, in a fixed number of queries."""

    pledges: Mapping[str, Pledge]
    cards: dict[uuid.UUID, Card]
    taken: set[tuple[str, str]]

    @classmethod
    def of(cls, rows: Sequence[Row], staff: Staff) -> "Known":
        standing = PledgeStep.objects.filter(undone_at__isnull=True).order_by("recorded_at", "pk")
        found = (
            with_origin()
            .filter(province__in=staff.provinces(), reference__in=[row.reference for row in rows])
            .prefetch_related(Prefetch("steps", queryset=standing, to_attr="standing"))
        )
        pledges = {pledge.reference: pledge for pledge in found}
        return cls(
            pledges,
            valid_cards_of(pledges.values()),
            taken_numbers(
                [number_hash(row.number) for row in rows],
                countries=[pledge.jurisdiction_id for pledge in pledges.values()],
            ),
        )


def judge(rows: Sequence[Row], issuer: Unit, *, staff: Staff, now: datetime) -> list[Verdict]:
    """What would come of each row; changes nothing. A registration of another province is as
    unknown as one that there never was.
    """
    known = Known.of([row for row in rows if not row.errors], staff)
    return [_verdict(row, known, issuer, staff, now) for row in rows]


def _verdict(row: Row, known: Known, issuer: Unit, staff: Staff, now: datetime) -> Verdict:
    if row.errors:
        return Verdict(row, Fate.REFUSED, refusal=" ".join(row.errors))
    verdict = Verdict(row, Fate.WORKS, known.pledges.get(row.reference))
    try:
        pledge = _require_known(verdict)
        if card := known.cards.get(pledge.pk):
            require_same_number(row.number, issued=card.number)
            return replace(verdict, fate=Fate.BEFORE)
        _require_issue(row, pledge, issuer, staff, now)
        if (pledge.jurisdiction_id, number_hash(row.number)) in known.taken:
            raise RuleBroken("card_number_taken", TAKEN)
    except RuleBroken as error:
        return verdict.refused(error)
    return verdict


def _require_known(verdict: Verdict) -> Pledge:
    if verdict.pledge is None:
        raise RuleBroken(
            "reference_unknown",
            _("There is no registration %(reference)s in your province."),
            reference=verdict.row.reference,
        )
    return verdict.pledge


def _require_issue(row: Row, pledge: Pledge, issuer: Unit, staff: Staff, now: datetime) -> None:
    if not is_issuer_for(issuer, pledge, staff):
        raise RuleBroken(
            "issuer_elsewhere",
            _("The issuer that you chose issues no cards for this registration."),
        )
    require_unrestricted(pledge.person.restricted_at)
    require_step(
        StepKind.CARD_ISSUED,
        kind=pledge.kind,
        state=pledge.state,
        taken=[step.kind for step in pledge.standing],  # type: ignore[attr-defined]
        happened_on=row.issued_on,
        day=now.astimezone(pledge.jurisdiction.zone).date(),
    )


def carry_out(
    verdicts: Sequence[Verdict], issuer: Unit, *, key: uuid.UUID, staff: Staff, now: datetime
) -> list[Verdict]:
    """Issue the next cards that work, each in a transaction of its own; what is left still works.

    However often it is sent with the same ``key``, each card is issued once, also one that was
    taken back since. Refuses with ``unknown`` where the database goes away.
    """
    keys = [_key_for(verdict.row, key) for verdict in verdicts]
    before = set(Card.objects.filter(pk__in=keys).values_list("pk", flat=True))
    left, done = SLICE, []
    for verdict, card_key in zip(verdicts, keys, strict=True):
        told = verdict
        if card_key in before:
            told = Verdict(verdict.row, Fate.ISSUED, verdict.pledge)
        elif verdict.fate == Fate.WORKS and left:
            told = _issue(verdict, issuer, card_key, staff, now)
            # A refusal does not count: a slice that leaves rows has come further.
            left -= told.fate == Fate.ISSUED
        done.append(told)
    return done


def _key_for(row: Row, key: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(key, f"{row.reference} {number_hash(row.number)}")


def _issue(verdict: Verdict, issuer: Unit, key: uuid.UUID, staff: Staff, now: datetime) -> Verdict:
    row = verdict.row
    try:
        card = issue_card(
            _require_known(verdict),
            number=row.number,
            issuer=issuer,
            issued_on=row.issued_on,
            staff=staff,
            key=key,
            now=now,
        )
    except RuleBroken as error:
        return verdict.refused(error)
    except (OperationalError, InterfaceError) as error:
        raise RuleBroken("unknown", CANNOT_TELL) from error
    # Meanwhile somebody else may have issued the same card.
    return replace(verdict, fate=Fate.ISSUED if card.pk == key else Fate.BEFORE)
