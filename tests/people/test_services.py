"""Persons are found by keyed hashes, links work once, contacts are trusted once confirmed."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.people import services
from registration.people.answers import PersonAnswers
from registration.people.choices import ContactKind, IdentityTier
from registration.people.keys import contact_hash
from registration.people.models import Contact, OneTimeLink, Person
from tests.races import needs_postgresql, run_at_once

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def answers(reference: Any, **changes: Any) -> PersonAnswers:
    values = {
        "full_name": "Nguyễn Thị Diễm",
        "province": reference.quang_ninh,
        "locality": reference.ha_long,
        "language": "vi",
        "birth_date": date(1990, 3, 27),
        "sex": Sex.FEMALE,
        "email": "Diem@example.org",
        "phone": "+84912345678",
        "identity_number": "022190123456",
        "identity_issued_on": date(2021, 6, 5),
        "identity_issued_by": "Cục Cảnh sát",
        "permanent_address": "Số 7 Hải Thịnh",
        "old_district": "TP Hạ Long",
        "card_address": "Hà Nội",
        "occupation": "Giáo viên",
        "workplace": "Trường Bãi Cháy",
    }
    return PersonAnswers(**{**values, **changes})


def find_with_named(reference: Any, **changes: Any) -> tuple[Person, Person | None]:
    values = {
        "identity_number": "022190123456",
        "contact_hash": contact_hash(ContactKind.EMAIL, "diem@example.org"),
        "full_name": "Nguyễn Thị Diễm",
        "is_demo": False,
        "now": NOW,
    }
    return services.find_or_make_person(reference.vn, **{**values, **changes})


def find(reference: Any, **changes: Any) -> Person:
    return find_with_named(reference, **changes)[0]


def contact_of(reference: Any) -> Contact:
    particulars = services.add_particulars(find(reference), answers(reference), now=NOW)
    return Contact.objects.get(particulars=particulars, kind=ContactKind.EMAIL)


def test_find_or_make_person_by_identity_number(reference: Any) -> None:
    first = find(reference)
    again = find(reference, contact_hash="other", full_name="Somebody")
    other = find(reference, identity_number="038301000123")

    assert first == again
    assert first != other
    assert Person.objects.get(pk=first.pk).identity_number == "022190123456"


def test_find_or_make_person_by_contact_and_folded_name(reference: Any) -> None:
    first = find(reference, identity_number="", full_name="Işıl Şimşek")
    again = find(reference, identity_number="", full_name="isil SIMSEK")
    sister = find(reference, identity_number="", full_name="Ayşe Şimşek")

    assert first == again
    assert first != sister


def test_find_or_make_person_asks_as_much_for_known_and_unknown(
    reference: Any, count_queries: Any
) -> None:
    unknown = count_queries(lambda: find(reference))
    known = count_queries(lambda: find(reference))

    assert unknown == known == 2
    assert find_with_named(reference)[1] is None


def test_merged_person_is_found_as_the_one_that_stays(reference: Any, count_queries: Any) -> None:
    merged, between = find(reference), find(reference, identity_number="038301000123")
    stays = find(reference, identity_number="022190424242")
    Person.objects.filter(pk=merged.pk).update(merged_into=between)
    Person.objects.filter(pk=between.pk).update(merged_into=stays)

    queries = count_queries(lambda: find(reference))
    found, named = find_with_named(reference)

    assert (found, named, queries) == (stays, merged, 2)
    assert found.identity_number == "022190123456"


def test_persons_of_two_jurisdictions_are_two(reference: Any) -> None:
    vietnamese = find(reference)
    turkish, _named = services.find_or_make_person(
        reference.tr,
        identity_number="022190123456",
        contact_hash="",
        full_name="",
        is_demo=False,
        now=NOW,
    )

    assert vietnamese != turkish


def test_particulars_come_back_as_they_were_told(reference: Any) -> None:
    told = answers(reference)

    particulars = services.add_particulars(find(reference), told, now=NOW)

    stored = type(particulars).objects.get(pk=particulars.pk)
    assert services.answers_of(stored) == told


def test_one_mailbox_has_one_hash(reference: Any) -> None:
    contact = contact_of(reference)

    assert contact.value == "Diem@example.org"
    assert contact.value_hash == contact_hash(ContactKind.EMAIL, "diem@EXAMPLE.org")
    assert contact.value_hash != contact_hash(ContactKind.PHONE, "diem@example.org")


def test_link_works_once_for_its_purpose(reference: Any) -> None:
    about = uuid.uuid4()
    token = services.issue_link(contact_of(reference), purpose="confirm", about=about, now=NOW)

    link = services.find_link(token, purpose="confirm")
    services.use_link(link, now=NOW)

    assert link.about == about
    assert len(token) >= 43
    assert token not in str(OneTimeLink.objects.values())
    with pytest.raises(RuleBroken) as refusal:
        services.require_open(services.find_link(token, purpose="confirm"), now=NOW)
    assert refusal.value.code == "link_used"
    with pytest.raises(RuleBroken) as refusal:
        services.use_link(link, now=NOW)
    assert refusal.value.code == "link_used"


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (timedelta(hours=72) - timedelta(seconds=1), None),
        (timedelta(hours=72), "link_expired"),
        (timedelta(days=30), "link_expired"),
    ],
    ids=["just before", "at its end", "long after"],
)
def test_link_ends_after_72_hours(reference: Any, after: timedelta, code: str | None) -> None:
    contact = contact_of(reference)
    token = services.issue_link(contact, purpose="confirm", about=uuid.uuid4(), now=NOW)

    found = None
    try:
        services.require_open(services.find_link(token, purpose="confirm"), now=NOW + after)
    except RuleBroken as error:
        found = error.code

    assert found == code


def test_link_for_another_purpose_is_unknown(reference: Any) -> None:
    contact = contact_of(reference)
    token = services.issue_link(contact, purpose="confirm", about=uuid.uuid4(), now=NOW)

    for tried, purpose in [(token, "withdraw"), (token[:-1], "confirm"), ("", "confirm")]:
        with pytest.raises(RuleBroken) as refusal:
            services.find_link(tried, purpose=purpose)

        assert refusal.value.code == "link_unknown"


def test_confirm_contact_raises_the_tier_once(reference: Any) -> None:
    contact = contact_of(reference)

    services.confirm_contact(contact, now=NOW)
    services.confirm_contact(contact, now=NOW + timedelta(hours=1))

    contact.refresh_from_db()
    assert contact.confirmed_at == NOW
    assert Person.objects.get().identity_tier == IdentityTier.CONTACT_CONFIRMED


def test_confirm_contact_never_lowers_the_tier(reference: Any) -> None:
    contact = contact_of(reference)
    Person.objects.update(identity_tier=IdentityTier.IDENTITY_SEEN)

    services.confirm_contact(contact, now=NOW)

    assert Person.objects.get().identity_tier == IdentityTier.IDENTITY_SEEN


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_one_person_found_by_twenty_at_once(reference: Any) -> None:
    found = run_at_once([lambda: find(reference).pk] * 20)

    assert len(set(found)) == 1
    assert Person.objects.count() == 1


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_link_used_at_once_is_used_once(reference: Any) -> None:
    token = services.issue_link(contact_of(reference), purpose="c", about=uuid.uuid4(), now=NOW)
    link = services.find_link(token, purpose="c")

    results = run_at_once([lambda: services.use_link(link, now=NOW)] * 10)

    refused = [r.code for r in results if isinstance(r, RuleBroken)]
    assert (results.count(None), refused) == (1, ["link_used"] * 9)
