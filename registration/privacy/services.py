"""Texts and the acts on them, and the log of who saw whom."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.sealing import lookup_hash
from registration.people.models import Person
from registration.privacy import markup, rules
from registration.privacy.choices import Act, TextKind
from registration.privacy.models import Consent, LegalText, View
from registration.units.models import Jurisdiction

# Held while a view is written, so that each row names the one before it.
CHAIN_LOCK = 7_520_061_831


@dataclass(frozen=True)
class ShownText:
    """A text as a reader saw it; ``sha256`` is of exactly the title and HTML shown."""

    text: LegalText
    kind: TextKind
    act: Act
    language: str
    title: str
    html: SafeString
    sha256: str


def active_texts(jurisdiction: Jurisdiction, *, purpose: str) -> dict[TextKind, LegalText]:
    """The newest text in use of each kind, in one query."""
    newest: dict[TextKind, LegalText] = {}
    texts = LegalText.objects.filter(
        jurisdiction=jurisdiction, purpose=purpose, active_from__isnull=False
    )
    for text in texts.order_by("version"):
        newest[TextKind(text.kind)] = text
    return newest


def shown_text(text: LegalText, language: str, **values: str) -> tuple[str, SafeString, str]:
    """Title, HTML and the hash of both, in this language or not at all (``text_incomplete``)."""
    title, body = text.words(language)
    rules.require_complete({language: (title, body)}, [language])
    html = markup.to_html(markup.fill(body, values))
    digest = hashlib.sha256(f"{title}\n{html}".encode()).hexdigest()
    return title, html, digest


def texts_to_show(
    jurisdiction: Jurisdiction, *, language: str, purpose: str = "pledge", **values: str
) -> list[ShownText]:
    """Notice, consent and, where the jurisdiction has one, declaration: each asks for its own act.

    Refuses with ``no_active_text`` while notice or consent is not in use.
    """
    texts = active_texts(jurisdiction, purpose=purpose)
    if any(kind not in texts for kind in rules.ALWAYS_ASKED):
        raise RuleBroken("no_active_text", _("Registration is not open here yet."))
    return [
        ShownText(texts[kind], kind, act, language, *shown_text(texts[kind], language, **values))
        for kind, act in rules.ACTS.items()
        if kind in texts
    ]


@transaction.atomic
def activate_text(text: LegalText, *, now: datetime) -> LegalText:
    """Put a text in use; from now on it never changes. Twice is once.

    Refuses while it is missing in one of the portal's languages (``text_incomplete``).
    """
    text = LegalText.objects.select_for_update().get(pk=text.pk)
    if text.is_active:
        return text
    languages = [code for code, _name in settings.LANGUAGES]
    rules.require_complete({code: text.words(code) for code in languages}, languages)
    text.active_from = now
    text.save(update_fields=["active_from"])
    return text


@transaction.atomic
def new_version(text: LegalText) -> LegalText:
    """Copy a text, in all languages, into a next version that can be edited."""
    newest = (
        LegalText.objects.select_for_update()
        .filter(jurisdiction=text.jurisdiction_id, kind=text.kind, purpose=text.purpose)
        .order_by("-version")
    )[0]
    copy = LegalText.objects.get(pk=text.pk)
    copy.pk, copy.version, copy.active_from = None, newest.version + 1, None
    copy.needs_new_consent = False
    copy._state.adding = True
    copy.save()
    return copy


def record_consents(
    person: Person,
    *,
    about: uuid.UUID,
    acts: Iterable[ShownText],
    form_version: str,
    now: datetime,
) -> None:
    """Keep the evidence of all acts of one registration, in one statement. Twice is once."""
    Consent.objects.bulk_create(
        [
            Consent(
                person=person,
                about=about,
                text=shown.text,
                act=shown.act,
                language=shown.language,
                shown_sha256=shown.sha256,
                form_version=form_version,
                given_at=now,
            )
            for shown in acts
        ],
        ignore_conflicts=True,
    )


def consents_missing(
    person: Person,
    *,
    about: Iterable[uuid.UUID] | None = None,
    language: str,
    purpose: str = "pledge",
    **values: str,
) -> list[ShownText]:
    """The texts in use that a person must act on anew, ready to be shown and recorded.

    That is the newest of its kind, when it or one before it asks for new consent and is newer than
    the last the person acted on and did not take back. Empty for almost everybody.

    With ``about`` only acts for these registrations count, and not all of the person's: somebody
    else may have registered with the same number.
    """
    asks_since: dict[str, int] = {}
    newest: dict[str, LegalText] = {}
    texts = LegalText.objects.filter(
        jurisdiction=person.jurisdiction_id, purpose=purpose, active_from__isnull=False
    )
    for text in texts.order_by("version"):
        newest[text.kind] = text
        if text.needs_new_consent:
            asks_since[text.kind] = text.version
    if not asks_since:
        return []
    acted = _acted_on(person, purpose, about)
    return [
        ShownText(newest[kind], kind, act, language, *shown_text(newest[kind], language, **values))
        for kind, act in rules.ACTS.items()
        if acted.get(kind, 0) < asks_since.get(kind, 0)
    ]


def _acted_on(person: Person, purpose: str, about: Iterable[uuid.UUID] | None) -> dict[str, int]:
    """The newest version of each kind of text that a person, or one merged into them, acted on."""
    theirs = Q(person=person) | Q(person__merged_into=person)
    if about is not None:
        theirs = Q(about__in=list(about))
    given = Consent.objects.filter(theirs, text__purpose=purpose, withdrawn_at__isnull=True)
    newest = given.values_list("text__kind").annotate(newest=Max("text__version"))
    return dict(newest.order_by())


def log_view(
    staff: Staff,
    *,
    subject: uuid.UUID,
    page: str,
    fields: Sequence[str],
    reason: str = "",
    now: datetime,
) -> View:
    """Write down who sees whom, before it is shown.

    Committed on its own and chained to the row before. If it cannot be written the view is
    refused (``view_not_logged``).
    """
    return log_views(staff, subjects=[subject], page=page, fields=fields, reason=reason, now=now)[0]


def log_views(
    staff: Staff,
    *,
    subjects: Iterable[uuid.UUID],
    page: str,
    fields: Sequence[str],
    reason: str = "",
    now: datetime,
) -> list[View]:
    """As ``log_view``, of many at once: a list, a file. All are written or none is shown."""
    told = {
        "seen_at": now,
        "staff": staff,
        "unit_code": staff.unit.code if staff.unit else "",
        "roles": ",".join(sorted(staff.role_names))[:100],
        "page": page,
        "fields": ",".join(fields)[:250],
        "reason": reason[:200],
    }
    try:
        with transaction.atomic():
            _lock_chain()
            last = View.objects.order_by("-id").values_list("row_hash", flat=True).first()
            views = []
            for subject in subjects:
                view = View(subject=subject, previous_hash=last or "", **told)
                last = view.row_hash = _row_hash(view)
                views.append(view)
            return View.objects.bulk_create(views, batch_size=1000)
    except DatabaseError as error:
        raise RuleBroken(
            "view_not_logged",
            _("This page cannot be shown now, because the view could not be logged."),
        ) from error


def _lock_chain() -> None:
    # On SQLite a writing transaction is alone in any case.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _row_hash(view: View) -> str:
    """Keyed, so that whoever can write to the database still cannot forge a chain."""
    told = [
        view.previous_hash,
        view.seen_at.isoformat(),
        view.staff_id,
        view.unit_code,
        view.roles,
        str(view.subject),
        view.page,
        view.fields,
        view.reason,
    ]
    return lookup_hash(json.dumps(told, ensure_ascii=False), purpose="view.chain")


class BrokenChain(Exception):
    """A row of the log was altered, taken out or put in."""

    def __init__(self, row: int) -> None:
        super().__init__(f"The access log is broken at row {row}.")
        self.row = row


def check_chain() -> int:
    """Follow the log from its first row; the number of rows, or ``BrokenChain``.

    Rows cut off at the end leave no trace in the chain: compare the number with the last copy.
    """
    previous, count = "", 0
    for view in View.objects.order_by("id").iterator(chunk_size=2000):
        if view.previous_hash != previous or view.row_hash != _row_hash(view):
            raise BrokenChain(view.pk)
        previous, count = view.row_hash, count + 1
    return count
