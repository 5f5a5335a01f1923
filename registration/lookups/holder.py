"""What look-ups keep about people, for `privacy` to tell. They are a log: nothing is erased of it.

A row holds the random id of the registration and a keyed hash of the number that was asked for;
what was typed of the case is sealed.
"""

from django.db.models import QuerySet

from registration.lookups.models import CaseWords, LookUp
from registration.privacy.holder import HASH, OWN_ID, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder


def _look_ups(scope: Scope) -> QuerySet[LookUp]:
    found: QuerySet[LookUp] = LookUp.objects.filter(subject__in=scope.subjects).order_by("made_at")
    return found


HOLDER = Holder(
    name="lookups",
    kept=[
        Kept(
            name="look_ups",
            model=LookUp,
            of=_look_ups,
            told=["serial", "made_at", "unit", "answer", "subject"],
            left_out={
                "id": OWN_ID,
                "staff": STAFF,
                "number_hash": HASH,
            },
        ),
    ],
    not_told={CaseWords: "The hospital's words about its case, which may be another person's."},
)


def register() -> None:
    register_holder(HOLDER)
