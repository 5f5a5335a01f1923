"""One person with a row in every table that knows people, for tests that tell or erase it all."""

import base64
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import connection

from registration.cards.choices import Told, TransferState
from registration.cards.listing import issued_line, list_text, sha256_of
from registration.cards.models import Card, Receiver, Transfer, TransferLine
from registration.common.sealing import SealedField
from registration.lookups.models import CaseWords, LookUp
from registration.outbox.models import Message, Stop
from registration.outbox.services import deliver_message
from registration.people.models import OneTimeCode, Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Merge, Pledge, Relative
from registration.pledges.services import confirm_pledge
from registration.privacy.services import log_view
from registration.rights.models import DataRequest
from tests.pledges.registering import NOW, answers, contact_of, register

# Everything that this person is, as it was typed.
VALUES = (
    "Đặng Thị İlgın",
    "022190424242",
    "1984-11-09",
    "ilgin.dang@example.org",
    "+84912345678",
    "Số 41 đường Thử Nghiệm",
    "Hẻm 42, Bãi Thử",
    "Cục Cảnh sát Thử",
    "Nguyễn Văn Thân Nhân",
    "than.nhan@example.org",
    "Ghi chú về chị İlgın",
    "THE-424242",
    "Yêu cầu của chị İlgın",
    "Hai dòng của một người",
    "Đặng Thị İlgın Cũ",
    "ilgin.cu@example.org",
)


def keep_everything(reference: Any, steward: Any) -> Pledge:
    """A confirmed pledge with step, relative, card in a list, request, look-up, view and twin."""
    pledge = register(reference, _told(reference))
    pledge = confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    pledge.steps.create(
        kind=StepKind.CONTACTED,
        happened_on=NOW.date(),
        recorded_at=NOW,
        staff=steward,
        note="Ghi chú về chị İlgın",
    )
    Relative.objects.create(
        pledge=pledge, full_name="Nguyễn Văn Thân Nhân", email="than.nhan@example.org"
    )
    _keep_card(pledge, steward)
    _keep_request(pledge)
    _keep_twin(reference, pledge, steward)
    Stop.objects.create(recipient_hash="0" * 64, topic=str(pledge.pk), since=NOW)
    OneTimeCode.objects.create(
        code_hash="0" * 64,
        purpose="pledge.record",
        contact=contact_of(pledge),
        about=pledge.pk,
        expires_at=NOW,
    )
    for message in Message.objects.all():
        deliver_message(message.pk, now=NOW + timedelta(hours=1))
    look_up = LookUp.objects.create(
        serial="LU-1",
        made_at=NOW,
        staff=steward,
        unit=steward.unit,
        number_hash="0" * 64,
        answer="contact_confirmed",
        subject=pledge.pk,
    )
    CaseWords.objects.create(look_up=look_up, case_number="C-1", reason="brain death")
    log_view(
        steward,
        subject=pledge.pk,
        page="stewards:one",
        fields=["full_name", "organs"],
        reason="call back",
        now=NOW,
    )
    return pledge


def _told(reference: Any, **changes: Any) -> Any:
    values = {
        "full_name": "Đặng Thị İlgın",
        "identity_number": "022190424242",
        "birth_date": date(1984, 11, 9),
        "email": "ilgin.dang@example.org",
        "permanent_address": "Số 41 đường Thử Nghiệm",
        "card_address": "Hẻm 42, Bãi Thử",
        "identity_issued_by": "Cục Cảnh sát Thử",
    }
    return answers(reference, **{**values, **changes})


def _keep_card(pledge: Pledge, steward: Any) -> None:
    card = Card.objects.create(
        pledge=pledge,
        jurisdiction=pledge.jurisdiction,
        number="THE-424242",
        number_hash=uuid.uuid4().hex,
        issuer=steward.unit,
        issued_on=NOW.date(),
        code="code of the card",
        code_hash=uuid.uuid4().hex,
        staff=steward,
        made_at=NOW,
    )
    receiver = Receiver.objects.create(
        jurisdiction=pledge.jurisdiction,
        unit=steward.unit,
        email="tiep-nhan@example.org",
        language="vi",
    )
    transfer = Transfer(
        receiver=receiver, serial=1, day=NOW.date(), made_at=NOW, count=1, state=TransferState.MADE
    )
    transfer.content = list_text(transfer, [issued_line(card)])
    transfer.sha256 = sha256_of(transfer.content)
    transfer.save(force_insert=True)
    TransferLine.objects.create(transfer=transfer, receiver=receiver, card=card, tells=Told.ISSUED)


def _keep_request(pledge: Pledge) -> None:
    DataRequest.objects.create(
        reference="7KQM-2XHT",
        jurisdiction=pledge.jurisdiction,
        province=pledge.province,
        kind="erase",
        person=pledge.person,
        full_name="Đặng Thị İlgın",
        email="ilgin.dang@example.org",
        text="Yêu cầu của chị İlgın",
        language="vi",
        form_key=uuid.uuid4().hex,
        received_at=NOW,
        act_due_at=NOW,
    )


def _keep_twin(reference: Any, pledge: Pledge, steward: Any) -> None:
    twin = register(
        reference,
        _told(
            reference,
            full_name="Đặng Thị İlgın Cũ",
            identity_number="022190434343",
            email="ilgin.cu@example.org",
        ),
        now=NOW + timedelta(minutes=1),
    )
    Person.objects.filter(pk=twin.person_id).update(merged_into=pledge.person)
    Pledge.objects.filter(pk=twin.pk).update(state="merged", ended_at=NOW)
    Merge.objects.create(
        kept=pledge,
        merged=twin,
        state_before="received",
        reason="Hai dòng của một người",
        staff=steward,
        merged_at=NOW,
    )


def whole_database() -> str:
    """Everything that stands in any table, as it is stored and with every seal opened."""
    return "\n".join([*_stored(), *_opened()])


def _stored() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (_text(value) for value in row if value is not None)


def _opened() -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                for row in model._base_manager.all():
                    yield getattr(row, field.attname)


def _text(value: Any) -> str:
    raw = bytes(value) if isinstance(value, memoryview) else value
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def found(values: tuple[str, ...], text: str) -> list[str]:
    """The values that stand in the text: as typed, in small or capital letters, as digits alone,
    in base64.
    """
    lowered = text.lower()
    return [value for value in values if any(form in lowered for form in _forms(value))]


def _forms(value: str) -> set[str]:
    digits = "".join(c for c in value if c.isdigit())
    coded = base64.b64encode(value.encode()).decode().rstrip("=")
    forms = {value, coded[: len(coded) - len(coded) % 4]}
    forms |= {digits} if len(digits) >= 9 else set()
    return {form.lower() for form in forms}
