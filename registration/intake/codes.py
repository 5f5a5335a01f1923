"""Six digits instead of a link: confirming by them, a new code, the page after the right one."""

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.urls import reverse

from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.people.choices import ContactKind
from registration.people.models import Contact, Person
from registration.people.rules import wrong_code
from registration.people.services import use_code
from registration.pledges.choices import LinkPurpose, PledgeState
from registration.pledges.events import with_origin
from registration.pledges.letters import send_code
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge

# A hospital's staff may confirm behind one address in one afternoon.
SENDER_OF_CODES = Limit("pledge.code", times=240, seconds=3600)
CONFIRMED_SALT = "intake.confirmed"
CONFIRMED_SECONDS = 24 * 3600


def is_confirmed_by_code(pledge: Pledge) -> bool:
    """Whether digits went to a telephone, not a link to a mailbox: as the answers say, no more."""
    contacts = Contact.objects.filter(particulars=pledge.particulars_id)
    return not contacts.filter(kind=ContactKind.EMAIL).exists()


def confirm_by_code(reference: str, code: str, *, now: datetime) -> Pledge:
    """Confirm the registration whose telephone was sent these digits. Twice is once.

    Refuses all that does not fit alike (``code_wrong``), and counts it; ``pledge_ended``.
    """
    with transaction.atomic():
        _lock_owner(reference)
        pledge = Pledge.objects.filter(reference=reference).first()
        about = pledge.pk if pledge else None
        sent = use_code(code, purpose=LinkPurpose.CONFIRM, about=about, now=now)
        if pledge and sent:
            return confirm_pledge(pledge, contact=sent.contact, now=now)
    # After the commit, which keeps the count of wrong tries.
    raise wrong_code()


@transaction.atomic
def send_new_code(reference: str, *, now: datetime) -> None:
    """Send another code to the telephone of a registration that waits for one; the earlier ends.

    Silent where nothing is sent: an unknown reference, one that has a mailbox, was confirmed or
    has ended, a second press within a minute, a fourth code. Whoever asks learns nothing of it.
    """
    _lock_owner(reference)
    pledge = with_origin().filter(reference=reference, state=PledgeState.RECEIVED).first()
    contacts = list(pledge.particulars.contacts.all()) if pledge else []
    if pledge is None or [contact.kind for contact in contacts] != [ContactKind.PHONE]:
        return
    try:
        send_code(pledge, contact=contacts[0], now=now)
    except RuleBroken:
        return


def _lock_owner(reference: str) -> None:
    """Person before code, in every service; an unknown reference costs the same query."""
    owners = Person.objects.filter(pledges__reference=reference)
    list(owners.select_for_update(of=("self",)))


def confirmed_address(pledge: Pledge) -> str:
    """The page after the right code; it can be seen for one day."""
    token = signing.dumps(str(pledge.pk), salt=CONFIRMED_SALT)
    return reverse("intake:confirmed", args=[token])


def confirmed_key(token: str) -> str | None:
    """The id of the registration that a page after the right code is of, or None."""
    try:
        return str(signing.loads(token, salt=CONFIRMED_SALT, max_age=CONFIRMED_SECONDS))
    except signing.BadSignature:
        return None
