"""What requests keep about people, for `privacy` to tell and to erase."""

from collections.abc import Callable, Collection, Iterator
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from registration.common.sealing import Sealed
from registration.outbox.services import erase_messages
from registration.pledges.correcting import superseded
from registration.privacy.choices import RetentionAct
from registration.privacy.holder import OWN_ID, OWNER, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder
from registration.privacy.record_classes import RecordClass, register_class
from registration.rights.choices import RequestState
from registration.rights.models import DataRequest, RequestAct

# All that names or reaches the person, or was written by or to them.
PERSONAL = (
    "full_name",
    "email",
    "phone",
    "address",
    "registration_reference",
    "text",
    "extension_reason",
    "answer",
)


def _requests(scope: Scope) -> QuerySet[DataRequest]:
    theirs = Q(person__in=scope.persons) | Q(pk__in=scope.subjects)
    return DataRequest.objects.filter(theirs).order_by("received_at")


def _acts(scope: Scope) -> QuerySet[RequestAct]:
    return RequestAct.objects.filter(request__in=_requests(scope)).order_by("done_at")


def anonymise_requests(ids: Collection[UUID]) -> None:
    """What was asked for and when it was answered stays; nobody's name or words do."""
    erase_messages(about=ids)
    blank = dict.fromkeys(PERSONAL, Sealed(""))
    DataRequest.objects.filter(pk__in=ids).update(person=None, pledge=None, **blank)
    RequestAct.objects.filter(request__in=ids).update(reason=Sealed(""))


def _leads(ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    known = DataRequest.objects.filter(pk__in=ids, person__isnull=False)
    for pk, person in known.values_list("pk", "person"):
        if person is not None:
            yield pk, person


def _erase(scope: Scope) -> None:
    ids = _requests(scope).exclude(pk__in=scope.spared).values_list("pk", flat=True)
    anonymise_requests(list(ids))
    # No registration leads to what a correction replaced, so the rooms below would leave it.
    superseded(scope.subjects).delete()


HOLDER = Holder(
    name="rights",
    kept=[
        Kept(
            name="requests",
            model=DataRequest,
            of=_requests,
            told=[
                "id",
                "reference",
                "jurisdiction",
                "province",
                "kind",
                "state",
                "full_name",
                "email",
                "phone",
                "address",
                "registration_reference",
                "text",
                "language",
                "received_at",
                "answer_due_at",
                "act_due_at",
                "extended_at",
                "extension_reason",
                "answered_at",
                "ended_at",
                "answer",
                "is_demo",
            ],
            left_out={
                "person": OWNER,
                "pledge": OWNER,
                "form_key": "Keeps a form from being sent twice.",
                "staff": STAFF,
                "reminded_at": "When the desk was reminded.",
            },
        ),
        Kept(
            name="request_acts",
            model=RequestAct,
            of=_acts,
            told=["request", "kind", "reason", "done_at"],
            left_out={"id": OWN_ID, "staff": STAFF},
        ),
    ],
    find=lambda scope: _requests(scope).values_list("pk", flat=True),
    leads=_leads,
    erase=_erase,
    within=lambda jurisdiction: [
        DataRequest.objects.filter(jurisdiction=jurisdiction).values("pk"),
    ],
)


def _ended(state: RequestState) -> Callable[[str], QuerySet[DataRequest]]:
    def rows(jurisdiction: str) -> QuerySet[DataRequest]:
        ended = DataRequest.objects.filter(jurisdiction=jurisdiction, state=state)
        return ended.annotate(
            since=F("ended_at"), name_kept=Cast("full_name", TextField())
        ).exclude(name_kept="")

    return rows


REQUESTS = RecordClass(
    name="data_request",
    model=DataRequest,
    states={state.value: _ended(state) for state in (RequestState.DONE, RequestState.REFUSED)},
    act=RetentionAct.ANONYMISE,
    apply=anonymise_requests,
    is_traced=True,
)


def register() -> None:
    register_holder(HOLDER)
    register_class(REQUESTS)
