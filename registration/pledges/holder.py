"""What registrations keep about people, for `privacy` to tell and to erase."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from registration.people.models import Particulars, Person
from registration.pledges.erasure import CLASSES
from registration.pledges.models import Merge, Pledge, PledgeStep, Relative
from registration.privacy.holder import OWN_ID, OWNER, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder
from registration.privacy.record_classes import register_class


def _pledges(scope: Scope) -> QuerySet[Pledge]:
    theirs = Q(person__in=scope.persons) | Q(pk__in=scope.subjects)
    return Pledge.objects.filter(theirs).order_by("received_at")


def _relatives(scope: Scope) -> QuerySet[Relative]:
    return Relative.objects.filter(pledge__in=_pledges(scope)).order_by("pledge__received_at", "pk")


def _steps(scope: Scope) -> QuerySet[PledgeStep]:
    return PledgeStep.objects.filter(pledge__in=_pledges(scope)).order_by("recorded_at")


def _merges(scope: Scope) -> QuerySet[Merge]:
    found = _pledges(scope)
    return Merge.objects.filter(Q(kept__in=found) | Q(merged__in=found)).order_by("merged_at")


def _find(scope: Scope) -> Iterator[UUID]:
    for pledge, particulars in _pledges(scope).values_list("pk", "particulars"):
        yield pledge
        yield particulars
    yield from _relatives(scope).values_list("pk", flat=True)


def _leads(ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    yield from Pledge.objects.filter(pk__in=ids).values_list("pk", "person")
    yield from Relative.objects.filter(pk__in=ids).values_list("pk", "pledge__person")
    yield from PledgeStep.objects.filter(pk__in=ids).values_list("pk", "pledge__person")
    yield from Merge.objects.filter(pk__in=ids).values_list("pk", "kept__person")


def _erase(scope: Scope) -> None:
    """With the particulars go the registration and all that hangs on it.

    A person of whom nothing else is known goes as well.
    """
    found = list(_pledges(scope).values_list("particulars", "person"))
    Particulars.objects.filter(pk__in=[particulars for particulars, _person in found]).delete()
    owners = {person for _particulars, person in found}
    Person.objects.filter(pk__in=owners, particulars__isnull=True).delete()


HOLDER = Holder(
    name="pledges",
    kept=[
        Kept(
            name="registrations",
            model=Pledge,
            of=_pledges,
            told=[
                "id",
                "reference",
                "kind",
                "state",
                "jurisdiction",
                "province",
                "department",
                "organs",
                "keeps_identity_secret",
                "channel",
                "campaign",
                "placement",
                "unit",
                "batch",
                "replaces",
                "is_held",
                "language",
                "received_at",
                "confirmed_at",
                "ended_at",
                "signed_on",
                "is_demo",
                "next_step",
                "waiting_since",
                "reminders",
            ],
            left_out={
                "person": OWNER,
                "registered_as": OWNER,
                "particulars": "Told in a list of their own.",
                "form_key": "Keeps a form from being sent twice.",
                "proof": "Keeps a proof of work from being used twice.",
            },
        ),
        Kept(
            name="steps",
            model=PledgeStep,
            of=_steps,
            told=[
                "pledge",
                "kind",
                "happened_on",
                "recorded_at",
                "unit",
                "note",
                "undone_at",
                "undo_reason",
            ],
            left_out={
                "id": OWN_ID,
                "staff": STAFF,
                "undone_by": STAFF,
                "event": "A line of the figures, without a person.",
            },
        ),
        Kept(
            name="relatives",
            model=Relative,
            of=_relatives,
            told=["pledge", "full_name", "email", "phone", "told_at", "declined_at"],
            left_out={"id": OWN_ID},
        ),
        Kept(
            name="merges",
            model=Merge,
            of=_merges,
            told=["kept", "merged", "state_before", "reason", "merged_at", "taken_back_at"],
            left_out={"id": OWN_ID, "staff": STAFF, "taken_back_by": STAFF},
        ),
    ],
    find=_find,
    leads=_leads,
    erase=_erase,
    within=lambda jurisdiction: [
        Pledge.objects.filter(jurisdiction=jurisdiction).values("pk"),
        Relative.objects.filter(pledge__jurisdiction=jurisdiction).values("pk"),
    ],
)


def register() -> None:
    register_holder(HOLDER)
    for kind in CLASSES:
        register_class(kind)
