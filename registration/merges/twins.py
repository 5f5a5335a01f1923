"""Pairs of registrations that are likely of one person, found by keyed hashes alone.

The ground is the hash of folded name and birth date. An equal contact makes a pair surer and
never makes one by itself: a family shares a mailbox, a hospital a telephone.
"""

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.merges.models import NotTwins
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.pledges.choices import OPEN_STATES
from registration.pledges.models import Pledge
from registration.units.models import Province

# More than anybody compares in a day; the rest moves up as pairs are dealt with.
MOST = 2000
SIGNALS: dict[str, str | Promise] = {
    ContactKind.EMAIL: _("Same e-mail address"),
    ContactKind.PHONE: _("Same telephone number"),
}
SAME_NAME = _("Same name and date of birth")


@dataclass
class Pair:
    first: Pledge
    second: Pledge
    signals: list[str | Promise]


def find_pairs(provinces: Iterable[Province]) -> list[tuple[Pledge, Pledge]]:
    """Open registrations of different persons with one name and birth date, newest pair first.

    Without those dismissed. Three queries, whatever their number. Opens no seal.
    """
    visible = Pledge.objects.filter(province__in=list(provinces), state__in=OPEN_STATES).exclude(
        particulars__twin_hash=""
    )
    shared = (
        visible.order_by()
        .values("jurisdiction", "particulars__twin_hash")
        .annotate(persons=Count("person", distinct=True))
        .filter(persons__gt=1)
        .values("particulars__twin_hash")
    )
    rows = (
        visible.filter(particulars__twin_hash__in=shared)
        .select_related("particulars", "province__jurisdiction", "unit")
        .defer("organs")
        .order_by("-received_at", "pk")[:MOST]
    )
    groups: dict[tuple[str, str], list[Pledge]] = defaultdict(list)
    for pledge in rows:
        groups[pledge.jurisdiction_id, pledge.particulars.twin_hash].append(pledge)
    pairs = [
        pair
        for group in groups.values()
        for pair in itertools.combinations(group, 2)
        if pair[0].person_id != pair[1].person_id
    ]
    dismissed = _dismissed({pledge.person_id for pair in pairs for pledge in pair})
    return [
        pair for pair in pairs if frozenset({pair[0].person_id, pair[1].person_id}) not in dismissed
    ]


def _dismissed(persons: set[uuid.UUID]) -> set[frozenset[uuid.UUID]]:
    rows = NotTwins.objects.filter(Q(first__in=persons), Q(second__in=persons))
    return {frozenset(pair) for pair in rows.values_list("first_id", "second_id")}


def with_signals(pairs: list[tuple[Pledge, Pledge]]) -> list[Pair]:
    """Each pair with what speaks for it, in words. One query."""
    told = {pledge.particulars_id for pair in pairs for pledge in pair}
    hashes: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    rows = Contact.objects.filter(particulars__in=told)
    for particulars, kind, value_hash in rows.values_list("particulars", "kind", "value_hash"):
        hashes[particulars][kind] = value_hash
    found = []
    for first, second in pairs:
        one, other = hashes[first.particulars_id], hashes[second.particulars_id]
        same = [
            word for kind, word in SIGNALS.items() if kind in one and one[kind] == other.get(kind)
        ]
        found.append(Pair(first, second, [SAME_NAME, *same]))
    return found
