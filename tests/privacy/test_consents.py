"""Evidence of each act, and new consent where a version asks for more than the one before."""

from datetime import timedelta
from typing import Any

import pytest

from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.privacy.models import Consent, LegalText
from registration.privacy.services import (
    activate_text,
    consents_missing,
    new_version,
    record_consents,
    texts_to_show,
)
from tests.pledges.registering import NOW, answers, register, turkish

VALUES = {"department": "D", "contact": "C"}


def missing(person: Person) -> list[tuple[str, int, str]]:
    shown = consents_missing(person, language="vi", **VALUES)
    return [(text.kind, text.text.version, text.language) for text in shown]


def next_version(kind: str = "consent", *, asks: bool, country: str = "VN") -> LegalText:
    newest = LegalText.objects.filter(kind=kind, jurisdiction=country).latest("version")
    text = new_version(newest)
    text.needs_new_consent = asks
    text.save()
    return activate_text(text, now=NOW)


def agree(pledge: Pledge) -> None:
    record_consents(
        pledge.person,
        about=pledge.pk,
        acts=consents_missing(pledge.person, language="vi", **VALUES),
        form_version="again",
        now=NOW + timedelta(days=1),
    )


def test_nothing_is_asked_while_no_version_needs_it(reference: Any) -> None:
    pledge = register(reference)
    next_version(asks=False)

    assert missing(pledge.person) == []


def test_new_version_that_asks_for_more_is_missing_until_it_was_agreed_to(reference: Any) -> None:
    pledge = register(reference)
    text = next_version(asks=True)
    before = missing(pledge.person)

    agree(pledge)
    agree(pledge)

    assert (before, missing(pledge.person)) == ([("consent", 2, "vi")], [])
    given = Consent.objects.get(about=pledge.pk, text=text)
    assert (given.act, given.language, given.form_version) == ("agreed", "vi", "again")
    assert given.given_at == NOW + timedelta(days=1)


def test_what_one_version_asked_for_is_agreed_to_on_the_newest(reference: Any) -> None:
    pledge = register(reference)
    next_version(asks=True)
    next_version(asks=False)

    assert missing(pledge.person) == [("consent", 3, "vi")]


def test_each_kind_is_asked_for_apart_and_notice_first(reference: Any) -> None:
    pledge = register(reference)
    next_version("consent", asks=True)
    next_version("notice", asks=True)

    assert missing(pledge.person) == [("notice", 2, "vi"), ("consent", 2, "vi")]


def test_another_country_is_not_asked(reference: Any) -> None:
    pledge = register(reference, turkish(reference))
    next_version(asks=True)

    assert missing(pledge.person) == []


def test_consent_that_was_taken_back_does_not_count(reference: Any) -> None:
    next_version(asks=True)
    pledge = register(reference)
    before = missing(pledge.person)
    Consent.objects.filter(about=pledge.pk, act="agreed").update(withdrawn_at=NOW)

    assert (before, missing(pledge.person)) == ([], [("consent", 2, "vi")])


def test_consent_of_somebody_merged_into_the_person_counts(reference: Any) -> None:
    first = register(reference)
    next_version(asks=True)
    second = register(reference, answers(reference, identity_number="022190999999"))
    Person.objects.filter(pk=second.person_id).update(merged_into=first.person)

    assert missing(first.person) == []


@pytest.mark.parametrize("asks", [False, True])
def test_it_takes_two_questions_at_most(reference: Any, max_queries: Any, asks: bool) -> None:
    person = register(reference).person
    next_version(asks=asks)

    with max_queries(2 if asks else 1):
        missing(person)


def test_acts_of_one_registration_are_recorded_once(reference: Any) -> None:
    pledge = register(reference)
    acts = texts_to_show(reference.vn, language="vi", **VALUES)

    record_consents(pledge.person, about=pledge.pk, acts=acts, form_version="x", now=NOW)

    assert Consent.objects.filter(about=pledge.pk).count() == 3
