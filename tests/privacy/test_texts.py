"""Legal texts: complete or not used, and never changed once in use."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from registration.common.errors import RuleBroken
from registration.ledger.kept import NoAlteration
from registration.privacy import markup, services
from registration.privacy.choices import Act, TextKind
from registration.privacy.models import LegalText
from registration.privacy.reference import TEXTS, load, read_texts
from registration.units.reference import Loading
from tests import factories

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def draft(reference: Any, **changes: Any) -> LegalText:
    values = {"jurisdiction": reference.vn, "kind": "consent", "version": 2}
    for code in ("vi", "tr", "en"):
        values |= {f"title_{code}": f"Title {code}", f"body_{code}": f"Body {code} {{department}}"}
    return LegalText.objects.create(**{**values, **changes})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nThree", "<p>One two</p>\n<p>Three</p>"),
        ("## Head\nText", "<h3>Head</h3>\n<p>Text</p>"),
        (
            "I say:\n\n- one\n- two\nAnd on",
            "<p>I say:</p>\n<ul><li>one</li><li>two</li></ul>\n<p>And on</p>",
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("## <b>x</b>", "<h3>&lt;b&gt;x&lt;/b&gt;</h3>"),
        ("- <i>", "<ul><li>&lt;i&gt;</li></ul>"),
        ("# not a mark here", "<p># not a mark here</p>"),
        ("", ""),
    ],
    ids=["paragraphs", "heading", "list", "script", "in heading", "in list", "h1", "empty"],
)
def test_markup(text: str, html: str) -> None:
    assert markup.to_html(text) == html


def test_values_are_escaped_with_the_text(reference: Any) -> None:
    _title, html, _sha256 = services.shown_text(draft(reference), "vi", department="<b>Sở</b>")

    assert html == "<p>Body vi &lt;b&gt;Sở&lt;/b&gt;</p>"


def test_hash_is_of_exactly_what_is_shown(reference: Any) -> None:
    text = draft(reference)

    title, html, sha256 = services.shown_text(text, "tr", department="Sağlık")
    other = services.shown_text(text, "tr", department="Sağlık Müdürlüğü")[2]

    assert sha256 == hashlib.sha256(f"{title}\n{html}".encode()).hexdigest()
    assert sha256 != other


def test_text_is_never_shown_in_another_language(reference: Any) -> None:
    text = draft(reference, body_tr="")

    with pytest.raises(RuleBroken) as refusal:
        services.shown_text(text, "tr", department="x")

    assert refusal.value.code == "text_incomplete"


@pytest.mark.parametrize("missing", ["title_vi", "body_vi", "title_tr", "body_tr", "body_en"])
def test_activation_is_refused_while_a_language_is_missing(reference: Any, missing: str) -> None:
    text = draft(reference, **{missing: " "})

    with pytest.raises(RuleBroken) as refusal:
        services.activate_text(text, now=NOW)

    assert refusal.value.code == "text_incomplete"
    assert missing[-2:] in refusal.value.sentence
    assert LegalText.objects.get(pk=text.pk).active_from is None


def in_use(reference: Any) -> LegalText:
    return services.active_texts(reference.vn, purpose="pledge")[TextKind.CONSENT]


def test_activated_text_is_the_one_in_use(reference: Any) -> None:
    text = draft(reference)
    before = in_use(reference)

    services.activate_text(text, now=NOW)
    services.activate_text(text, now=datetime(2027, 1, 1, tzinfo=UTC))

    assert before.version == 1
    assert in_use(reference) == text
    assert LegalText.objects.get(pk=text.pk).active_from == NOW


def test_draft_is_not_in_use(reference: Any) -> None:
    draft(reference)

    assert in_use(reference).version == 1


def test_text_in_use_is_refused_every_change(reference: Any) -> None:
    text = LegalText.objects.get(jurisdiction="VN", kind="consent")

    with pytest.raises(DatabaseError), transaction.atomic():
        LegalText.objects.filter(pk=text.pk).update(body_vi="Khác")
    text.title_vi = "Khác"
    with pytest.raises(DatabaseError), transaction.atomic():
        text.save()
    with pytest.raises(NoAlteration):
        text.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalText.objects.filter(pk=text.pk)._raw_delete("default")

    assert LegalText.objects.get(pk=text.pk).title_vi == "consent vi"


def test_draft_may_be_changed_and_deleted(reference: Any) -> None:
    text = draft(reference)
    text.title_vi = "Khác"

    text.save()
    text.delete()

    assert not LegalText.objects.filter(version=2).exists()


def test_new_version_copies_every_language(reference: Any) -> None:
    text = LegalText.objects.get(jurisdiction="VN", kind="consent")

    copy = services.new_version(text)

    assert (copy.version, copy.is_active) == (2, False)
    assert [copy.words(code) for code in ("vi", "tr", "en")] == [
        text.words(code) for code in ("vi", "tr", "en")
    ]
    assert services.new_version(text).version == 3


def test_new_version_does_not_ask_for_new_consent_by_itself(reference: Any) -> None:
    text = draft(reference, needs_new_consent=True)

    assert services.new_version(text).needs_new_consent is False


def test_texts_to_show_ask_for_one_act_each(reference: Any, max_queries: Any) -> None:
    with max_queries(1):
        texts = services.texts_to_show(
            reference.vn, language="vi", department="Sở Y tế", contact="x"
        )

    assert [(t.kind, t.act) for t in texts] == [
        (TextKind.NOTICE, Act.READ),
        (TextKind.CONSENT, Act.AGREED),
        (TextKind.DECLARATION, Act.DECLARED),
    ]


def test_texts_to_show_need_notice_and_consent(reference: Any) -> None:
    services.activate_text(draft(reference, purpose="drive", version=1), now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        services.texts_to_show(reference.vn, language="vi", purpose="drive", department="x")

    assert refusal.value.code == "no_active_text"


@pytest.mark.django_db
def test_shipped_texts_are_loaded_once_and_put_in_use() -> None:
    vn = factories.JurisdictionFactory()
    tr = factories.JurisdictionFactory(turkish=True)
    first, second = Loading(), Loading()

    load(first)
    load(second)

    assert first.created["privacy.legaltext"] == 5
    assert first.kept == []
    assert (second.created["privacy.legaltext"], second.kept) == (0, [])
    assert LegalText.objects.filter(active_from__isnull=True).count() == 0
    assert set(services.active_texts(vn, purpose="pledge")) == set(TextKind)
    assert set(services.active_texts(tr, purpose="pledge")) == {
        TextKind.NOTICE,
        TextKind.CONSENT,
    }


def test_shipped_texts_leave_nothing_unfilled() -> None:
    for row in read_texts(TEXTS):
        for code in ("vi", "tr", "en"):
            html = markup.to_html(
                markup.fill(row[f"body_{code}"], {"department": "D", "contact": "C"})
            )

            assert row[f"title_{code}"]
            assert not {"{", "}", "*", "#"} & set(html)
