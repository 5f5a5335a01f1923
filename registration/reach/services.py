"""The private link to a unit's numbers: made at the desk, or by who reads the unit's mailbox."""

import secrets
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.sealing import lookup_hash
from registration.outbox.services import queue_email
from registration.reach.models import NumbersLink
from registration.units.models import Unit

# A stranger can ask for any unit's mail: enough for a secretary who deletes it, no nuisance.
MAILS = Limit("reach.unit", times=3, seconds=24 * 3600)
OFFER_SECONDS = 3 * 24 * 3600
# An offer is bound to the link that it would end: so it is of use once.
_SIGNER = signing.TimestampSigner(salt="reach.offer")


@transaction.atomic
def make_link(unit: Unit, *, by: Staff | None, now: datetime) -> str:
    """A new link's token, which is kept nowhere. The unit's earlier link ends."""
    # Its row is the lock: of two who ask at once, the second one's link is the one that stands.
    Unit.objects.select_for_update().get(pk=unit.pk)
    return _make_link(unit, by=by, now=now)


def open_link(unit: Unit) -> NumbersLink | None:
    return NumbersLink.objects.filter(unit=unit, ended_at__isnull=True).first()


def unit_of(token: str) -> Unit:
    """Whose numbers the link shows; else ``link_unknown`` or ``link_ended``."""
    link = (
        NumbersLink.objects.select_related("unit__jurisdiction", "unit__province")
        .filter(token_hash=_hash(token))
        .first()
    )
    if link is None:
        raise RuleBroken(
            "link_unknown", _("This link was never given out. Perhaps its end is missing.")
        )
    if link.ended_at is not None or not link.unit.is_active:
        raise RuleBroken(
            "link_ended", _("This link has ended; most likely a newer one took its place.")
        )
    return link.unit


@transaction.atomic
def send_offer(unit: Unit, *, now: datetime) -> None:
    """Write to the unit's own mailbox how to get the link; nothing where it has none.

    The mail holds an offer and no link: who asks may be a stranger, and must not end the link that
    is in use. Who reads the mailbox does, by taking the offer.
    """
    if not unit.email or not count_use(MAILS, unit.code, now=now):
        return
    # Made here and not by the signer's own clock, so that it agrees with the rest of the message.
    offer = _SIGNER.sign(f"{unit.pk}-{_latest(unit)}")
    with translation.override(unit.language):
        address = settings.BASE_URL + reverse("reach:take", args=[offer])
    queue_email(
        "reach/offer",
        to=unit.email,
        language=unit.language,
        context={"unit": unit.name, "url": address},
        dedupe_key=f"reach/offer:{unit.pk}:{now:%Y%m%d%H%M%S}",
        now=now,
        # By address too: several units may share a mailbox.
        limit=MAILS,
    )


def look_at_offer(offer: str) -> Unit:
    """The unit that may take the offer; else ``offer_ended``. Changes nothing."""
    ended = RuleBroken("offer_ended", _("This offer has ended: it is of use once, for three days."))
    try:
        pk, _dash, latest = _SIGNER.unsign(offer, max_age=OFFER_SECONDS).partition("-")
    except signing.BadSignature as error:
        raise ended from error
    unit = Unit.objects.select_related("jurisdiction").filter(pk=pk, is_active=True).first()
    if unit is None or str(_latest(unit)) != latest:
        raise ended
    return unit


@transaction.atomic
def take_offer(offer: str, *, now: datetime) -> str:
    """The token of a new link; refuses as ``look_at_offer``. The unit's earlier link ends."""
    unit = look_at_offer(offer)
    Unit.objects.select_for_update().get(pk=unit.pk)
    # Asked again under the lock: of two who take it at once, one comes too late.
    look_at_offer(offer)
    return _make_link(unit, by=None, now=now)


def _make_link(unit: Unit, *, by: Staff | None, now: datetime) -> str:
    NumbersLink.objects.filter(unit=unit, ended_at__isnull=True).update(ended_at=now)
    token = secrets.token_urlsafe(32)
    NumbersLink.objects.create(unit=unit, token_hash=_hash(token), made_at=now, made_by=by)
    return token


def _latest(unit: Unit) -> int:
    links = NumbersLink.objects.filter(unit=unit).order_by("-pk").values_list("pk", flat=True)
    return links.first() or 0


def _hash(token: str) -> str:
    return lookup_hash(token, purpose="numbers link")
