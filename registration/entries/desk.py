"""The pages of desk entry: batches, typing one by one, many at once from a spreadsheet."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.dates import clock_time, date_time, short_date
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther, file_to_keep
from registration.common.spreadsheets import MOST_ROWS, SmallFileHandler, sent_text
from registration.entries import services
from registration.entries.fence import visible_batches
from registration.entries.forms import BatchForm
from registration.entries.sheets import empty_table, rows_to_correct
from registration.entries.typed import TypedEntry, find_last, is_signed, mark_of, name_last
from registration.entries.visit import SheetVisit, require_signed
from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.merging import TYPING_MISTAKE, take_back_entry
from registration.pledges.models import EntryBatch, Pledge, PledgeStep
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_view
from registration.units.choices import PledgeKind

PER_PAGE = 30
LAST_SHOWN = 10
NOT_ENTERED = Q(pledges__state__in=[PledgeState.CONTESTED, PledgeState.MERGED])


def find_batch(request: HttpRequest, batch: uuid.UUID) -> EntryBatch:
    found = visible_batches(staff_of(request)).select_related("province__jurisdiction", "unit")
    return get_object_or_404(found, pk=batch)


@require_safe
@require_right(Right.ENTER_PLEDGES)
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the fence, newest first, with how far each is."""
    found = visible_batches(staff_of(request)).select_related("province__jurisdiction", "unit")
    found = found.annotate(
        entered=Count("pledges", filter=~NOT_ENTERED),
        confirmed=Count("pledges", filter=Q(pledges__state=PledgeState.CONFIRMED)),
    )
    page = Paginator(found.order_by("-opened_at"), PER_PAGE).get_page(request.GET.get("page"))
    cards = dict(
        PledgeStep.objects.filter(
            pledge__batch__in=[batch.pk for batch in page],
            kind=StepKind.CARD_ISSUED,
            undone_at__isnull=True,
        )
        .order_by()
        .values_list("pledge__batch")
        .annotate(Count("pk"))
    )
    rows = [_batch_row(batch, cards.get(batch.pk, 0)) for batch in page]
    return render(request, "entries/batches.html", {"rows": rows, "page_obj": page})


def _batch_row(batch: Any, cards: int) -> dict[str, Any]:
    """``progress`` is of what the batch waits for: the owners' confirmation, or the cards."""
    language, jurisdiction = translation.get_language(), batch.province.jurisdiction
    has_cards = jurisdiction.pledge_kind == PledgeKind.APPLICATION
    return {
        "batch": batch,
        "opened": date_time(batch.opened_at, language, zone=jurisdiction.time_zone),
        "signed": short_date(batch.signed_on, language) if batch.signed_on else "",
        "progress": cards if is_signed(batch) else batch.confirmed,
        "waits_for": "confirmation" if not is_signed(batch) else "card" if has_cards else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require_right(Right.ENTER_PLEDGES)
def open_batch(request: HttpRequest) -> HttpResponse:
    """A new batch, and on to typing."""
    staff, now = staff_of(request), timezone.now()
    zone = staff.unit.jurisdiction.zone if staff.unit else None
    form = BatchForm(staff, request.POST or None, day=timezone.localdate(now, zone))
    if request.method == "POST" and form.is_valid():
        batch = services.open_batch(**form.cleaned_data, staff=staff, now=now)
        return SeeOther(reverse("entries:type", args=[batch.pk]))
    return render(request, "entries/open.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@require_right(Right.ENTER_PLEDGES)
def close(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    services.close_batch(find_batch(request, batch), now=timezone.now())
    return SeeOther(reverse("entries:batches"))


@require_POST
@require_right(Right.ENTER_PLEDGES)
def reopen(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    found = services.reopen_batch(find_batch(request, batch))
    return SeeOther(reverse("entries:type", args=[found.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@require_right(Right.ENTER_PLEDGES)
def type_in(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The empty form; after saving, empty again with what stays from the last one."""
    found, staff, now = find_batch(request, batch), staff_of(request), timezone.now()
    if request.method != "POST":
        last = find_last(request.GET.get("last", ""), found, staff=staff)
        return _type_page(request, TypedEntry(found, staff, now, last=last))
    entry = TypedEntry(found, staff, now, data=request.POST, key=request.POST.get("form_key", ""))
    try:
        saved = entry.save()
    except RuleBroken as error:
        return _type_page(request, entry, trouble=error)
    if saved is None:
        return _type_page(request, entry, status=422)
    return SeeOther(_typing_address(found, last=name_last(saved, staff=staff)))


def _typing_address(batch: EntryBatch, *, last: str) -> str:
    address = reverse("entries:type", args=[batch.pk])
    return f"{address}?{urlencode({'last': last})}" if last else address


def _type_page(
    request: HttpRequest, entry: TypedEntry, *, trouble: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    batch = entry.batch
    try:
        form, texts = entry.form, [] if is_signed(batch) else entry.door.texts
    except RuleBroken as error:
        return render(request, "entries/refused.html", {"trouble": error}, status=503)
    context = {
        "batch": batch,
        "form": form,
        "form_key": entry.key,
        "texts": texts,
        "texts_mark": mark_of(texts),
        "trouble": trouble,
        "last": entry.last,
        "last_token": request.GET.get("last", ""),
        "warnings": entry.warnings(),
        "is_signed": is_signed(batch),
        **_last_entries(batch),
    }
    return render(request, "entries/type.html", context, status=422 if trouble else status)


def _last_entries(batch: EntryBatch) -> dict[str, Any]:
    """The newest entries by reference and time, and how many stand. Nobody's name, no state that
    would say whether a person was known before.
    """
    entries = list(batch.pledges.order_by("-received_at", "-pk")[:LAST_SHOWN])
    taken_back = set(
        Event.objects.filter(
            subject__in=[entry.pk for entry in entries], kind=EventKind.ENTRY_TAKEN_BACK
        ).values_list("subject", flat=True)
    )
    language, zone = translation.get_language(), batch.province.jurisdiction.zone
    today = timezone.localdate(timezone=zone)
    rows = []
    for entry in entries:
        local = entry.received_at.astimezone(zone)
        is_gone = entry.state == PledgeState.CONTESTED and entry.pk in taken_back
        rows.append(
            {
                "pledge": entry,
                "time": clock_time(local, language),
                "is_taken_back": is_gone,
                "can_undo": local.date() == today and not is_gone,
            }
        )
    gone = Q(state__in=[PledgeState.CONTESTED, PledgeState.MERGED])
    return {"entries": rows, "count": batch.pledges.exclude(gone).count()}


@require_POST
@require_right(Right.ENTER_PLEDGES)
def undo(request: HttpRequest, batch: uuid.UUID, pledge: uuid.UUID) -> HttpResponse:
    """Take a mistaken entry back, on the same day; noted in the access log with its reason."""
    found, staff, now = find_batch(request, batch), staff_of(request), timezone.now()
    entry = get_object_or_404(Pledge, pk=pledge, batch=found)
    try:
        log_view(
            staff,
            subject=entry.pk,
            page="entries:undo",
            fields=["reference"],
            reason=reason_in_words(TYPING_MISTAKE, found.province.jurisdiction),
            now=now,
        )
        take_back_entry(entry, staff=staff, now=now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        text = _("The entry %(reference)s was taken back.") % {"reference": entry.reference}
        messages.success(request, text)
    return SeeOther(_typing_address(found, last=request.POST.get("last", "")[:300]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@require_right(Right.ENTER_PLEDGES)
def sheet(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Many at once. The check against forged requests comes after the file's handler is set:
    it reads the form, and the framework's own handlers write large files to disk.
    """
    handler = SmallFileHandler(request)
    request.upload_handlers = [handler]
    return _sheet(request, batch, handler)


@csrf_protect
@sensitive_post_parameters()
def _sheet(request: HttpRequest, batch: uuid.UUID, handler: SmallFileHandler) -> HttpResponse:
    found = find_batch(request, batch)
    try:
        require_signed(found)
        services.require_open(found)
    except RuleBroken as error:
        return render(request, "entries/refused.html", {"trouble": error}, status=422)
    if request.method != "POST":
        return _sheet_page(request, found)
    try:
        visit = _visit(request, found, handler)
        return _answer(request, visit)
    except RuleBroken as error:
        return _sheet_page(request, found, trouble=error, text=request.POST.get("text", ""))


def _visit(request: HttpRequest, batch: EntryBatch, handler: SmallFileHandler) -> SheetVisit:
    return SheetVisit(
        batch=batch,
        staff=staff_of(request),
        data=request.POST,
        text=sent_text(request, handler),
        language=translation.get_language(),
        now=timezone.now(),
    )


def _answer(request: HttpRequest, visit: SheetVisit) -> HttpResponse:
    action = request.POST.get("action", "")
    if action == "correct":
        table = rows_to_correct(visit.table, visit.bad_rows(), language=visit.language)
        return file_to_keep(table, "rows-to-correct.csv")
    if action != "enter":
        return _preview_page(request, visit)
    try:
        visit.enter_slice()
    except RuleBroken as error:
        return _preview_page(request, visit, trouble=error)
    context = {
        "batch": visit.batch,
        "visit": visit,
        "done": len(visit.entered),
        "all": len(visit.table.good) - len(visit.refused),
        "remaining": len(visit.remaining),
        "bad": visit.bad_rows(),
        "boxes": {name: visit.data.get(name, "") for name in ("form_signed", "paper_seen")},
    }
    return render(request, "entries/entered.html", context)


def _preview_page(
    request: HttpRequest, visit: SheetVisit, *, trouble: RuleBroken | None = None
) -> HttpResponse:
    table = visit.table
    rows = [
        {
            "row": row,
            "birth_date": short_date(row.birth_date, visit.language) if row.birth_date else "",
        }
        for row in table.rows
    ]
    steps = [name for name in ("form_signed", "paper_seen") if name in table.rows[0].form.fields]
    context = {
        "batch": visit.batch,
        "visit": visit,
        "rows": rows,
        "good": len(table.good),
        "bad": len(table.bad),
        "steps": [table.rows[0].form[name] for name in steps],
        "trouble": trouble,
    }
    return render(request, "entries/preview.html", context, status=422 if trouble else 200)


def _sheet_page(
    request: HttpRequest, batch: EntryBatch, *, trouble: RuleBroken | None = None, text: str = ""
) -> HttpResponse:
    context = {"batch": batch, "trouble": trouble, "text": text, "most": MOST_ROWS}
    return render(request, "entries/sheet.html", context, status=422 if trouble else 200)


@require_safe
@require_right(Right.ENTER_PLEDGES)
def template(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """A table with the headings of this province's form."""
    found = find_batch(request, batch)
    entry = TypedEntry(found, staff_of(request), timezone.now())
    table = empty_table(entry.door.setting, language=translation.get_language())
    return file_to_keep(table, "registrations.csv")
