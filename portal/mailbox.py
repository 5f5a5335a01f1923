"""The desk's mailbox: what the embedded default sent. It shows persons, so each look is logged."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import wraps
from io import BytesIO
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.outbox.models import MailboxFile, MailboxItem
from registration.privacy.services import log_view

PAGE_LENGTH = 25
BACKEND = "registration.outbox.mailbox.MailboxBackend"
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)

View = Callable[..., HttpResponseBase]


def is_kept_here() -> bool:
    """Whether this installation keeps what it sends instead of sending it."""
    return settings.EMAIL_BACKEND == BACKEND or settings.SMS_URL.startswith("mailbox:")


def mailbox_page(view: View) -> View:
    """For those who may read the mailbox, where there is one; elsewhere the page does not exist."""
    guarded = require_safe(require_right(Right.READ_MAILBOX)(view))

    # Of the guarded view: it carries the right that a test reads.
    @wraps(guarded)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_kept_here():
            raise Http404
        answer: HttpResponseBase = guarded(request, *args, **kwargs)
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return page


@mailbox_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest first. Recipients and subjects are shown, so each item is logged as seen."""
    page = Paginator(MailboxItem.objects.all(), PAGE_LENGTH).get_page(request.GET.get("page"))
    _log(request, page, page="desk:mailbox", fields=["recipient", "subject"])
    return render(request, "desk/mailbox.html", {"rows": page, "page_obj": page})


@mailbox_page
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def letter(request: HttpRequest, item: UUID) -> HttpResponse:
    found = _seen(request, item, page="desk:mailbox_item", fields=["recipient", "subject", "text"])
    context = {"item": found, "text": with_links(found.text), "files": found.files.order_by("pk")}
    return render(request, "desk/mailbox_item.html", context)


@mailbox_page
@xframe_options_sameorigin
def letter_html(request: HttpRequest, item: UUID) -> HttpResponse:
    """The message as a mail program shows it: no scripts, nothing loaded, links in a new window."""
    found = _seen(request, item, page="desk:mailbox_html", fields=["html"])
    if not found.html:
        raise Http404
    html = found.html.replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = letter_policy(html)
    return response


@mailbox_page
def letter_file(request: HttpRequest, item: UUID, number: int) -> FileResponse:
    found = _seen(request, item, page="desk:mailbox_file", fields=["file"])
    file = get_object_or_404(MailboxFile, item=found, pk=number)
    response = FileResponse(
        BytesIO(bytes(file.content)),
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def with_links(text: str) -> SafeString:
    """The text with its addresses as links that tell the other side nothing."""
    linked = urlize(text, nofollow=False, autoescape=True)
    # All other "<" are escaped by now, so each "<a " is one of urlize's own.
    opening = '<a rel="noreferrer noopener" target="_blank" '
    return mark_safe(linked.replace("<a ", opening))  # noqa: S308


def letter_policy(html: str) -> str:
    """Everything off; of styles only those that the message brought, by their hash."""
    hashes = [
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        for style in STYLE.findall(html)
    ]
    styles = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self';"
        " sandbox allow-popups allow-popups-to-escape-sandbox"
    )


def _seen(request: HttpRequest, pk: UUID, *, page: str, fields: list[str]) -> MailboxItem:
    found = get_object_or_404(MailboxItem, pk=pk)
    _log(request, [found], page=page, fields=fields)
    return found


@transaction.atomic
def _log(
    request: HttpRequest, items: Iterable[MailboxItem], *, page: str, fields: list[str]
) -> None:
    staff = staff_of(request)
    for item in items:
        log_view(staff, subject=item.pk, page=page, fields=fields, now=timezone.now())
