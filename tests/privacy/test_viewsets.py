"""The editors' screen of notices and consents."""

from typing import Any

import pytest
from django.test import Client

from registration.privacy.models import LegalText
from registration.privacy.services import new_version

LIST = "/cms/snippets/privacy/legaltext/"


@pytest.fixture
def editor(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def draft(reference: Any) -> LegalText:
    return new_version(LegalText.objects.get(jurisdiction="VN", kind="consent"))


def test_list_offers_what_can_be_done(editor: Client, draft: LegalText) -> None:
    html = editor.get(LIST).content.decode()

    assert html.count(f"{LIST}activate/") == 1
    assert html.count(f"{LIST}new-version/") == LegalText.objects.count()


def test_text_in_use_cannot_be_edited(editor: Client, reference: Any) -> None:
    text = LegalText.objects.get(jurisdiction="VN", kind="consent")

    response = editor.get(f"{LIST}edit/{text.pk}/")

    assert response.status_code == 302
    assert editor.get(f"{LIST}inspect/{text.pk}/").status_code == 200
    editor.post(f"{LIST}delete/{text.pk}/")
    assert LegalText.objects.filter(pk=text.pk).exists()


def test_draft_can_be_edited(editor: Client, draft: LegalText) -> None:
    html = editor.get(f"{LIST}edit/{draft.pk}/").content.decode()

    for code in ("vi", "tr", "en"):
        assert f'name="title_{code}"' in html
        assert f'name="body_{code}"' in html
    assert 'name="body"' not in html
    assert 'name="needs_new_consent"' in html


def test_putting_in_use_asks_first(editor: Client, draft: LegalText) -> None:
    asked = editor.get(f"{LIST}activate/{draft.pk}/")
    draft.refresh_from_db()
    before = draft.is_active

    done = editor.post(f"{LIST}activate/{draft.pk}/")

    draft.refresh_from_db()
    assert (asked.status_code, before) == (200, False)
    assert (done.status_code, draft.is_active) == (302, True)


def test_putting_in_use_is_refused_while_a_language_is_missing(
    editor: Client, draft: LegalText
) -> None:
    draft.body_tr = ""
    draft.save()

    response = editor.post(f"{LIST}activate/{draft.pk}/", follow=True)

    draft.refresh_from_db()
    assert not draft.is_active
    assert "title or body is missing in tr" in response.content.decode()


def test_new_version_is_a_draft_to_edit(editor: Client, reference: Any) -> None:
    text = LegalText.objects.get(jurisdiction="VN", kind="consent")

    response = editor.post(f"{LIST}new-version/{text.pk}/")

    copy = LegalText.objects.get(version=2)
    assert response["Location"] == f"{LIST}edit/{copy.pk}/"
    assert not copy.is_active


@pytest.mark.parametrize("action", ["activate", "new-version"])
def test_others_are_refused(client: Client, draft: LegalText, steward: Any, action: str) -> None:
    client.force_login(steward)

    client.post(f"{LIST}{action}/{draft.pk}/")

    draft.refresh_from_db()
    assert not draft.is_active
    assert LegalText.objects.filter(kind="consent", jurisdiction="VN").count() == 2
