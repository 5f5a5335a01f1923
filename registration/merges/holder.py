"""What was found not to be twins, for `privacy` to tell; it goes with the persons."""

from django.db.models import Q, QuerySet

from registration.merges.models import NotTwins
from registration.privacy.holder import OWN_ID, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder


def _pairs(scope: Scope) -> QuerySet[NotTwins]:
    theirs = Q(first__in=scope.persons) | Q(second__in=scope.persons)
    return NotTwins.objects.filter(theirs).order_by("at")


HOLDER = Holder(
    name="merges",
    kept=[
        Kept(
            name="found_to_be_others",
            model=NotTwins,
            of=_pairs,
            told=["at"],
            left_out={
                "id": OWN_ID,
                "first": "One of the two is this person, the other is somebody else.",
                "second": "One of the two is this person, the other is somebody else.",
                "staff": STAFF,
            },
        ),
    ],
    erase=lambda scope: _pairs(scope).delete(),
)


def register() -> None:
    register_holder(HOLDER)
