"""A newer text that needs agreement anew is shown on the record and agreed to there."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registration.pledges.services import confirm_pledge
from registration.privacy.models import Consent, LegalText
from registration.privacy.services import activate_text, new_version
from tests.pledges.registering import answers, contact_of, register
from tests.records.visiting import SHOW, confirmed, open_record

TEXTS = "/en/record/texts/"


@pytest.fixture
def newer(reference: Any) -> LegalText:
    """Version 2 of Vietnam's consent, which asks for more."""
    text = new_version(LegalText.objects.get(jurisdiction=reference.vn, kind="consent"))
    LegalText.objects.filter(pk=text.pk).update(needs_new_consent=True, body_en="It asks for more.")
    return activate_text(LegalText.objects.get(pk=text.pk), now=timezone.now())


def test_newer_text_is_shown_and_agreed_to_once(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    text = new_version(LegalText.objects.get(jurisdiction=reference.vn, kind="consent"))
    LegalText.objects.filter(pk=text.pk).update(needs_new_consent=True, body_en="It asks for more.")
    activate_text(LegalText.objects.get(pk=text.pk), now=timezone.now())
    open_record(client)
    asked = "Please read and agree anew" in client.get(SHOW).content.decode()
    page = client.get(TEXTS).content.decode()
    acts = dict(re.findall(r'name="(act_\w+)" value="(\w+)"', page))

    refused = client.post(TEXTS, {})
    agreed = client.post(TEXTS, acts)

    assert asked
    assert "It asks for more." in page
    assert list(acts) == ["act_consent"]
    assert refused.status_code == 422
    assert agreed.status_code == 303
    evidence = Consent.objects.get(text=text, about=pledge.pk)
    assert (evidence.language, evidence.shown_sha256) == ("en", acts["act_consent"])
    assert "Please read and agree anew" not in client.get(SHOW).content.decode()


def test_whoever_agreed_to_the_newest_is_not_asked(
    client: Client, reference: Any, newer: LegalText
) -> None:
    confirmed(reference)
    open_record(client)

    assert "Please read and agree anew" not in client.get(SHOW).content.decode()
    assert "There is nothing to agree to anew." in client.get(TEXTS).content.decode()


def test_who_waits_with_the_number_is_asked_by_their_own_acts_alone(reference: Any) -> None:
    mine, stranger = Client(), Client()
    confirmed(reference)
    told = answers(reference, email="new@example.org", phone="")
    waiting = register(reference, told, now=timezone.now())
    confirm_pledge(waiting, contact=contact_of(waiting), now=timezone.now())
    text = new_version(LegalText.objects.get(jurisdiction=reference.vn, kind="consent"))
    LegalText.objects.filter(pk=text.pk).update(needs_new_consent=True)
    activate_text(LegalText.objects.get(pk=text.pk), now=timezone.now())
    open_record(mine)
    open_record(stranger, "new@example.org")
    page = stranger.get(TEXTS).content.decode()
    acts = dict(re.findall(r'name="(act_\w+)" value="(\w+)"', page))

    stranger.post(TEXTS, acts)

    asked = [
        "Please read and agree anew" in someone.get(SHOW).content.decode()
        for someone in (mine, stranger)
    ]
    assert asked == [True, False]
