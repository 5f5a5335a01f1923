"""How far a request reaches: anybody may register under an identity number that they know, so it
reaches what was confirmed from the same contact, and the whole person only if nothing else stands.
"""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.pledges.choices import OPEN_STATES, PledgeState
from registration.pledges.models import Merge, Pledge
from registration.privacy.holders import persons_of
from registration.rights.models import DataRequest

NOT_CONFIRMED = (PledgeState.RECEIVED, PledgeState.WAITING, PledgeState.CONTESTED)


@dataclass(frozen=True)
class Reach:
    """``pledges`` are what a request acts on; ``is_whole`` says that it may act on the person."""

    persons: frozenset[UUID]
    pledges: tuple[Pledge, ...]
    is_whole: bool

    @property
    def ids(self) -> frozenset[UUID]:
        return frozenset(pledge.pk for pledge in self.pledges)


def surviving(pledge: Pledge) -> Pledge:
    """The registration that a merged one became part of, else itself."""
    seen = {pledge.pk}
    while pledge.state == PledgeState.MERGED:
        merges = Merge.objects.filter(merged=pledge, taken_back_at__isnull=True)
        merge = merges.select_related("kept").first()
        if merge is None or merge.kept_id in seen:
            break
        pledge = merge.kept
        seen.add(pledge.pk)
    return pledge


def is_own(pledge: Pledge) -> bool:
    """Whether it stands for its person: confirmed as theirs, or all that is known of them."""
    if pledge.state not in NOT_CONFIRMED:
        return True
    persons = persons_of(pledge.person)
    return not Pledge.objects.filter(person__in=persons).exclude(pk=pledge.pk).exists()


def require_own(pledge: Pledge) -> None:
    """Refuses a registration under somebody's number that is not theirs (``not_their_own``)."""
    if not is_own(pledge):
        raise RuleBroken(
            "not_their_own",
            _(
                "This registration is not confirmed as the person's own, and another is kept of "
                "this person. Compare them first."
            ),
            field="reference",
        )


def reach_of(pledge: Pledge) -> Reach:
    """What a request that names this registration acts on."""
    persons = frozenset(persons_of(pledge.person))
    rows = Pledge.objects.filter(person__in=persons).order_by("received_at")
    theirs = list(rows.prefetch_related("particulars__contacts"))
    line = _line(pledge, theirs)
    others = [
        row
        for row in theirs
        if row.pk not in line and row.state in OPEN_STATES and row.confirmed_at is not None
    ]
    reached = [row for row in theirs if not others or row.pk in line]
    return Reach(persons=persons, pledges=tuple(reached), is_whole=not others)


def _line(pledge: Pledge, theirs: list[Pledge]) -> set[UUID]:
    """The registration, what a desk merged into it, and what shares a confirmed contact with it."""
    confirmed = {row.pk: confirmed_hashes(row) for row in theirs}
    merges = Merge.objects.filter(merged__in=theirs, taken_back_at__isnull=True)
    kept = dict(merges.values_list("merged", "kept"))
    line: set[UUID] = set()
    found = {pledge.pk}
    while found:
        line |= found
        known = set().union(*(confirmed[pk] for pk in line))
        found = {pk for pk in confirmed if confirmed[pk] & known or kept.get(pk) in line} - line
    return line


def confirmed_hashes(pledge: Pledge) -> set[str]:
    """The contacts that a registration was confirmed from, as hashes."""
    contacts = pledge.particulars.contacts.all()
    return {contact.value_hash for contact in contacts if contact.confirmed_at}


def require_whole(reach: Reach) -> None:
    """Refuses ``another_registration``: a person of whom somebody else's entry stands."""
    if not reach.is_whole:
        raise RuleBroken(
            "another_registration",
            _(
                "Another registration stands under this identity number from another contact. "
                "Compare them first."
            ),
        )


def things_of(reach: Reach, *, but_for: DataRequest | None = None) -> frozenset[UUID]:
    """The registrations with the requests that name them."""
    requests = DataRequest.objects.filter(pledge__in=reach.ids)
    if but_for:
        requests = requests.exclude(pk=but_for.pk)
    return reach.ids | frozenset(requests.values_list("pk", flat=True))
