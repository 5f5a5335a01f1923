"""What nobody confirmed is erased after seven days; the figures stay."""

from datetime import timedelta
from typing import Any

from registration.ledger.models import Event
from registration.outbox.models import MailboxItem, Message
from registration.outbox.services import deliver_message
from registration.people.models import Contact, OneTimeLink, Particulars, Person
from registration.pledges.erasure import UNCONFIRMED_LIFE, erase_unconfirmed
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge
from registration.privacy.models import Consent
from tests.pledges.registering import NOW, answers, contact_of, register

PERSONAL = (Pledge, Person, Particulars, Contact, OneTimeLink, Consent, Message)


def test_unconfirmed_entry_is_erased_with_all_that_knew_the_person(reference: Any) -> None:
    register(reference)

    erased = erase_unconfirmed(now=NOW + UNCONFIRMED_LIFE + timedelta(seconds=1))

    assert erased == 1
    assert {model.__name__: model.objects.count() for model in PERSONAL} == {
        model.__name__: 0 for model in PERSONAL
    }
    assert Event.objects.count() == 1


def test_entry_stays_until_its_seven_days_are_over(reference: Any) -> None:
    register(reference)

    assert erase_unconfirmed(now=NOW + UNCONFIRMED_LIFE) == 0
    assert Pledge.objects.count() == 1


def test_confirmed_entry_stays(reference: Any) -> None:
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)

    assert erase_unconfirmed(now=NOW + timedelta(days=400)) == 0
    assert Message.objects.count() == 1


def test_person_with_another_registration_stays(reference: Any) -> None:
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)
    register(reference, answers(reference, organs=("cornea",)))

    erased = erase_unconfirmed(now=NOW + timedelta(days=8))

    assert erased == 1
    assert list(Pledge.objects.values_list("pk", flat=True)) == [first.pk]
    assert Person.objects.count() == 1


def test_copies_in_the_desks_mailbox_go_too(reference: Any) -> None:
    pledge = register(reference)
    deliver_message(Message.objects.get(about=pledge.pk).pk, now=NOW)
    assert MailboxItem.objects.count() == 1

    erase_unconfirmed(now=NOW + timedelta(days=8))

    assert MailboxItem.objects.count() == 0
