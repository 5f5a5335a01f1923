"""Messages, one-time links and codes: what is of no more use once some time has passed."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from registration.common.sealing import Sealed
from registration.outbox.choices import State
from registration.outbox.delivery import message_mark
from registration.outbox.models import Attachment, MailboxItem, Message
from registration.people.models import OneTimeCode, OneTimeLink
from registration.privacy.choices import RetentionAct
from registration.privacy.holders import holders
from registration.privacy.record_classes import RecordClass, register_class


def _messages(state: State, moment: str) -> Callable[[str], QuerySet[Message]]:
    """Messages about somebody's things; what goes to offices is figures and no record of people."""

    def rows(jurisdiction: str) -> QuerySet[Message]:
        about = Q(pk__in=[])
        for holder in holders():
            for things in holder.within(jurisdiction):
                about |= Q(about__in=things)
        # Those without a hash were blanked before.
        found = Message.objects.filter(about, state=state).exclude(recipient_hash="")
        return found.annotate(since=Coalesce(F(moment), F("created_at")))

    return rows


def blank_messages(ids: Collection[UUID]) -> None:
    """That a message of a kind was sent, and when, stays; to whom and what it said does not."""
    messages = Message.objects.filter(pk__in=ids)
    MailboxItem.objects.filter(message_id__in=[message_mark(m) for m in messages]).delete()
    Attachment.objects.filter(message__in=ids).delete()
    empty = Sealed("")
    messages.update(recipient=empty, subject=empty, text=empty, html=empty, recipient_hash="")


def _ended(model: type[models.Model]) -> Callable[[str], QuerySet[Any]]:
    def rows(jurisdiction: str) -> QuerySet[Any]:
        found = model._default_manager.filter(
            contact__particulars__person__jurisdiction=jurisdiction
        )
        return found.annotate(since=F("expires_at"))

    return rows


def _delete(model: type[models.Model]) -> Callable[[Collection[UUID]], object]:
    return lambda ids: model._default_manager.filter(pk__in=ids).delete()


CLASSES = (
    RecordClass(
        name="message",
        model=Message,
        states={
            "sent": _messages(State.SENT, "sent_at"),
            "failed": _messages(State.FAILED, "created_at"),
        },
        act=RetentionAct.ANONYMISE,
        apply=blank_messages,
    ),
    *(
        RecordClass(
            name=name,
            model=model,
            states={"ended": _ended(model)},
            act=RetentionAct.ERASE,
            apply=_delete(model),
        )
        for name, model in (("one_time_link", OneTimeLink), ("one_time_code", OneTimeCode))
    ),
)


def register() -> None:
    for kind in CLASSES:
        register_class(kind)
