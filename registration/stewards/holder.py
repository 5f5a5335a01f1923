"""What stewards decided about people's registrations, for `privacy` to tell and to erase."""

from django.db.models import Q, QuerySet

from registration.privacy.holder import OWN_ID, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder
from registration.stewards.models import DeskAct, WithdrawalRequest


def _theirs(scope: Scope) -> Q:
    return Q(pledge__person__in=scope.persons) | Q(pledge__in=scope.subjects)


def _requests(scope: Scope) -> QuerySet[WithdrawalRequest]:
    return WithdrawalRequest.objects.filter(_theirs(scope)).order_by("asked_at")


def _acts(scope: Scope) -> QuerySet[DeskAct]:
    return DeskAct.objects.filter(_theirs(scope)).order_by("done_at")


def _erase(scope: Scope) -> None:
    _requests(scope).delete()
    _acts(scope).delete()


HOLDER = Holder(
    name="stewards",
    kept=[
        Kept(
            name="withdrawal_requests",
            model=WithdrawalRequest,
            of=_requests,
            told=["pledge", "reason", "asked_at", "decided_at", "outcome"],
            left_out={"id": OWN_ID, "asked_by": STAFF, "decided_by": STAFF},
        ),
        Kept(
            name="desk_acts",
            model=DeskAct,
            of=_acts,
            told=["pledge", "kind", "reason", "done_at"],
            left_out={"id": OWN_ID, "staff": STAFF},
        ),
    ],
    erase=_erase,
)


def register() -> None:
    register_holder(HOLDER)
