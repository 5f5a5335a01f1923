"""What the states of a registration and of a relative mean to retention, and how they are erased.

The figures stay: they are counted from events, not from people.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from registration.people.models import Person
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.models import Pledge, PledgeStep, Relative
from registration.privacy.choices import Act, RetentionAct
from registration.privacy.erasure import erase_things, lock_persons
from registration.privacy.models import Consent
from registration.privacy.record_classes import RecordClass

Rows = Callable[[str], QuerySet[Pledge]]
# A card that was issued stays in somebody's wallet: that it ended must be found for longer.
WITH_CARD = (PledgeState.WITHDRAWN, PledgeState.CONTESTED, PledgeState.REPLACED)


def _kept(jurisdiction: str) -> QuerySet[Pledge]:
    """All but those of people who asked that their entry is only kept."""
    return Pledge.objects.filter(jurisdiction=jurisdiction, person__restricted_at__isnull=True)


def _standing(kind: StepKind) -> QuerySet[PledgeStep]:
    return PledgeStep.objects.filter(pledge=OuterRef("pk"), kind=kind, undone_at__isnull=True)


def _unconfirmed(*, is_held: bool) -> Rows:
    def rows(jurisdiction: str) -> QuerySet[Pledge]:
        found = _kept(jurisdiction).filter(state=PledgeState.RECEIVED, is_held=is_held)
        return found.annotate(since=F("received_at"))

    return rows


def _since_confirmed(state: PledgeState) -> Rows:
    def rows(jurisdiction: str) -> QuerySet[Pledge]:
        found = _kept(jurisdiction).filter(state=state)
        return found.annotate(since=Coalesce("confirmed_at", "waiting_since"))

    return rows


def _handed_over(jurisdiction: str) -> QuerySet[Pledge]:
    step = _standing(StepKind.HANDED_OVER).values("recorded_at")[:1]
    found = _kept(jurisdiction).filter(state=PledgeState.CONFIRMED)
    return found.annotate(since=Subquery(step)).filter(since__isnull=False)


def _ended(state: PledgeState) -> Rows:
    def rows(jurisdiction: str) -> QuerySet[Pledge]:
        found = _kept(jurisdiction).filter(state=state)
        if state in WITH_CARD:
            found = found.exclude(Exists(_standing(StepKind.CARD_ISSUED)))
        return found.annotate(since=Coalesce("ended_at", "waiting_since"))

    return rows


def _card_ended(jurisdiction: str) -> QuerySet[Pledge]:
    found = _kept(jurisdiction).filter(
        Exists(_standing(StepKind.CARD_ISSUED)), state__in=list(WITH_CARD)
    )
    return found.annotate(since=Coalesce("ended_at", "waiting_since"))


def _consent_withdrawn(jurisdiction: str) -> QuerySet[Pledge]:
    withdrawn = Consent.objects.filter(
        about=OuterRef("pk"), act=Act.AGREED, withdrawn_at__isnull=False
    )
    first = withdrawn.order_by("withdrawn_at").values("withdrawn_at")[:1]
    return _kept(jurisdiction).annotate(since=Subquery(first)).filter(since__isnull=False)


def _relatives(moment: str) -> Callable[[str], QuerySet[Relative]]:
    def rows(jurisdiction: str) -> QuerySet[Relative]:
        found = Relative.objects.filter(
            pledge__jurisdiction=jurisdiction, **{f"{moment}__isnull": False}
        )
        return found.annotate(since=F(moment))

    return rows


def _lock_owners(ids: Collection[UUID]) -> None:
    # Persons first, as confirming does: then a person who comes back meanwhile is not lost.
    lock_persons(Person.objects.filter(pledges__in=ids).values_list("pk", flat=True).distinct())


PLEDGES = RecordClass(
    name="pledge",
    model=Pledge,
    states={
        "received": _unconfirmed(is_held=False),
        "held": _unconfirmed(is_held=True),
        "waiting": _since_confirmed(PledgeState.WAITING),
        "confirmed": _since_confirmed(PledgeState.CONFIRMED),
        "handed_over": _handed_over,
        "contested": _ended(PledgeState.CONTESTED),
        "withdrawn": _ended(PledgeState.WITHDRAWN),
        "replaced": _ended(PledgeState.REPLACED),
        "merged": _ended(PledgeState.MERGED),
        "card_ended": _card_ended,
        "consent_withdrawn": _consent_withdrawn,
    },
    act=RetentionAct.ERASE,
    apply=erase_things,
    lock=_lock_owners,
    is_traced=True,
)
RELATIVES = RecordClass(
    name="relative",
    model=Relative,
    states={"told": _relatives("told_at"), "declined": _relatives("declined_at")},
    act=RetentionAct.ERASE,
    apply=lambda ids: Relative.objects.filter(pk__in=ids).delete(),
    is_traced=True,
)
CLASSES = (PLEDGES, RELATIVES)
