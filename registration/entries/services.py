"""What is done with batches: open, close, reopen, and enter a person."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.ledger.choices import EntryChannel
from registration.pledges.answers import PledgeAnswers
from registration.pledges.choices import StepKind
from registration.pledges.models import EntryBatch, Pledge
from registration.pledges.services import enter_pledge, register_pledge
from registration.pledges.source import Source
from registration.units.models import Province, Unit


@transaction.atomic
def open_batch(
    *,
    label: str,
    province: Province,
    unit: Unit,
    channel: EntryChannel,
    signed_on: date | None,
    staff: Staff,
    now: datetime,
) -> EntryBatch:
    """Open a batch. The caller has made sure that the unit and the province are the staff's own."""
    return EntryBatch.objects.create(
        label=label,
        province=province,
        unit=unit,
        channel=channel,
        signed_on=signed_on,
        staff=staff,
        opened_at=now,
    )


@transaction.atomic
def close_batch(batch: EntryBatch, *, now: datetime) -> EntryBatch:
    """Nothing more is typed into it. Twice is once."""
    EntryBatch.objects.filter(pk=batch.pk, closed_at__isnull=True).update(closed_at=now)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def reopen_batch(batch: EntryBatch) -> EntryBatch:
    """Let it be typed into again. Twice is once."""
    EntryBatch.objects.filter(pk=batch.pk).update(closed_at=None)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def enter_person(
    batch: EntryBatch,
    answers: PledgeAnswers,
    *,
    department: Unit,
    steps: Sequence[StepKind] = (),
    is_from_sheet: bool = False,
    staff: Staff,
    form_key: str,
    now: datetime,
) -> Pledge:
    """Enter one person of a batch; the same ``form_key`` is one registration.

    A signature stands for the confirmation. Whoever registers by telephone confirms like
    everybody, by link or code. Refuses ``batch_closed``, or as ``enter_pledge`` and
    ``register_pledge``. (Closing in the same moment may let one more entry in: no harm is done.)
    """
    require_open(batch)
    source = Source(
        province=batch.province,
        department=department,
        channel=EntryChannel.IMPORT if is_from_sheet else EntryChannel(batch.channel),
        language=answers.person.language,
        unit=batch.unit,
        batch=batch,
        signed_on=batch.signed_on,
    )
    if batch.channel == EntryChannel.PHONE:
        return register_pledge(answers, source=source, form_key=form_key, is_held=False, now=now)
    return enter_pledge(
        answers, source=source, staff=staff, form_key=form_key, steps=steps, now=now
    )


def cannot_tell() -> RuleBroken:
    """What is said when the database went away in the middle: sending again does no harm."""
    return RuleBroken(
        "unknown",
        _(
            "We cannot tell whether this was saved. Press the button again: "
            "however often you send this form, it counts once."
        ),
    )


def require_open(batch: EntryBatch) -> None:
    """Refuses a batch that was closed (``batch_closed``)."""
    if batch.closed_at is not None:
        raise RuleBroken("batch_closed", _("This batch is closed. Open it again to go on."))
