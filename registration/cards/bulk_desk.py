"""Many cards at once: paste a table, look at what will come of it, then issue them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.cards.bulk import Fate, Verdict, carry_out, judge
from registration.cards.bulk_table import Table, read_table, written
from registration.cards.desk import WORK_ON_CARD
from registration.cards.forms import BulkForm
from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.common.spreadsheets import MOST_ROWS, SmallFileHandler, sent_text
from registration.pledges.models import Pledge
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_views

CARRIED = ("issuer", "issued_on_0", "issued_on_1", "issued_on_2")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.STEP_PLEDGES)
def bulk(request: HttpRequest) -> HttpResponse:
    """For up to 500 rows. The check against forged requests comes after the file's handler is set:
    it reads the form, and the framework's own handlers write large files to disk.
    """
    handler = SmallFileHandler(request)
    request.upload_handlers = [handler]
    return _bulk(request, handler)


@csrf_protect
@sensitive_post_parameters()
def _bulk(request: HttpRequest, handler: SmallFileHandler) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    zone = staff.unit.jurisdiction.zone if staff.unit else None
    form = BulkForm(staff, request.POST or None, day=timezone.localdate(now, zone))
    text = request.POST.get("text", "")
    if request.method != "POST" or "edit" in request.POST:
        return _form_page(request, form, text=text)
    try:
        text = sent_text(request, handler)
        if not form.is_valid():
            return _form_page(request, form, text=text)
        return _answer(request, form, text, now)
    except RuleBroken as error:
        return _form_page(request, form, text=text, trouble=error)


def _form_page(
    request: HttpRequest, form: BulkForm, *, text: str, trouble: RuleBroken | None = None
) -> HttpResponse:
    context = {"form": form, "text": text, "trouble": trouble, "most": MOST_ROWS}
    status = 422 if trouble or form.errors else 200
    if trouble and trouble.code == "view_not_logged":
        status = 503
    return render(request, "cards/desk/bulk.html", context, status=status)


def _answer(request: HttpRequest, form: BulkForm, text: str, now: datetime) -> HttpResponse:
    """What would come of the table, or once that was seen and confirmed, what came of it."""
    staff, issuer = staff_of(request), form.cleaned_data["issuer"]
    table = read_table(text, day=form.cleaned_data["issued_on"])
    verdicts = judge(table.rows, issuer, staff=staff, now=now)
    page, key = Page(request, form, table, text, now), _key(request)
    if key is None:
        return page.preview(verdicts)
    try:
        return page.result(carry_out(verdicts, issuer, key=key, staff=staff, now=now), key)
    except RuleBroken as error:
        verdicts = judge(table.rows, issuer, staff=staff, now=now)
        return page.preview(verdicts, key=key, trouble=error)


def _key(request: HttpRequest) -> uuid.UUID | None:
    """The key of the preview that was confirmed; it makes a repeated sending harmless."""
    try:
        return uuid.UUID(request.POST.get("issue", ""))
    except ValueError:
        return None


@dataclass(frozen=True)
class Page:
    """The pages after a table was read. The text goes along with each and is kept nowhere."""

    request: HttpRequest
    form: BulkForm
    table: Table
    text: str
    now: datetime

    def preview(
        self,
        verdicts: Sequence[Verdict],
        *,
        key: uuid.UUID | None = None,
        trouble: RuleBroken | None = None,
    ) -> HttpResponse:
        """Who will get which card, by name and logged first; the others by reference only."""
        language, context = translation.get_language(), self._context(verdicts)
        self._log([verdict.pledge for verdict in context["works"]])
        context |= {
            "issuer": self.form.cleaned_data["issuer"],
            "rows": [
                {
                    "row": verdict.row,
                    "name": verdict.pledge.particulars.full_name,
                    "day": short_date(verdict.row.issued_on, language),
                }
                for verdict in context["works"]
            ],
            "unknown": self.table.unknown,
            "key": key or uuid.uuid4(),
            "trouble": trouble,
        }
        status = 422 if trouble else 200
        return render(self.request, "cards/desk/bulk_preview.html", context, status=status)

    def result(self, verdicts: Sequence[Verdict], key: uuid.UUID) -> HttpResponse:
        """How far it is or, at the end, what was issued and what is left to be corrected."""
        context = self._context(verdicts)
        refused = [verdict.row for verdict in context["refused"]]
        context |= {"form": self.form, "text": written(refused), "key": key}
        context["all"] = len(context["works"]) + len(context["issued"])
        return render(self.request, "cards/desk/bulk_result.html", context)

    def _context(self, verdicts: Sequence[Verdict]) -> dict[str, Any]:
        sent = {name: self.request.POST.get(name, "") for name in CARRIED}
        by_fate = {
            fate.value: [verdict for verdict in verdicts if verdict.fate == fate] for fate in Fate
        }
        return {**by_fate, "sent": {**sent, "text": self.text}}

    def _log(self, pledges: Sequence[Pledge]) -> None:
        """Once for each country: why is told in its language."""
        by_country = defaultdict(list)
        for pledge in pledges:
            by_country[pledge.jurisdiction].append(pledge.pk)
        for jurisdiction, subjects in by_country.items():
            log_views(
                staff_of(self.request),
                subjects=subjects,
                page="cards:bulk",
                fields=["full_name"],
                reason=reason_in_words(WORK_ON_CARD, jurisdiction),
                now=self.now,
            )
