"""Desk pages of the lists of cards: what a receiver fetches, and what is outstanding."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import refused, require_right, staff_of
from registration.accounts.choices import Right
from registration.cards import listing, transfers
from registration.cards.choices import TransferState
from registration.cards.forms import CountForm
from registration.cards.models import Transfer
from registration.common.dates import date_time, short_date
from registration.common.errors import RuleBroken
from registration.privacy.services import log_views

LISTS_SHOWN = 60
FETCHED_FIELDS = ["full_name", "birth_date", "sex", "identity_number", "organs", "card"]


@require_safe
@never_cache
@require_right(Right.STEP_PLEDGES)
def outstanding(request: HttpRequest) -> HttpResponse:
    """Lists that a receiver of the country has not acknowledged; nobody's name is in it."""
    staff = staff_of(request)
    waiting = transfers.unacknowledged().filter(
        receiver__jurisdiction__units=staff.unit_id, receiver__is_active=True
    )
    rows = _list_rows(waiting.select_related("receiver__unit", "receiver__jurisdiction"))
    return render(request, "cards/desk/outstanding.html", {"rows": rows})


def _list_rows(found: QuerySet[Transfer]) -> list[dict[str, Any]]:
    language = translation.get_language()
    return [
        {
            "transfer": each,
            "day": short_date(each.day, language),
            "is_waiting": each.state != TransferState.ACKNOWLEDGED,
        }
        for each in found.defer("content").order_by("-day", "-serial")[:LISTS_SHOWN]
    ]


def _their_lists(request: HttpRequest) -> QuerySet[Transfer]:
    lists = Transfer.objects.select_related("receiver__unit", "receiver__jurisdiction")
    return lists.filter(receiver__unit=staff_of(request).unit_id)


@require_safe
@never_cache
@require_right(Right.RECEIVE_CARDS)
def lists(request: HttpRequest) -> HttpResponse:
    """The lists for one's own unit, newest first; numbers and hashes, no person."""
    return render(request, "cards/desk/lists.html", {"rows": _list_rows(_their_lists(request))})


@require_safe
@never_cache
@require_right(Right.RECEIVE_CARDS)
def one_list(request: HttpRequest, transfer: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(_their_lists(request), pk=transfer)
    return _list_page(request, found, form=CountForm())


def _list_page(request: HttpRequest, transfer: Transfer, *, form: CountForm) -> HttpResponse:
    language, zone = translation.get_language(), transfer.receiver.jurisdiction.time_zone
    rows = [
        {"label": _("Made at"), "value": date_time(transfer.made_at, language, zone=zone)},
        {"label": pgettext("card list", "Lines"), "value": str(transfer.count)},
        {"label": "SHA-256", "value": transfer.sha256},
        {"label": _("State"), "value": transfer.get_state_display()},
    ]
    context = {
        "transfer": transfer,
        "day": short_date(transfer.day, language),
        "rows": rows,
        "form": form,
        "states": TransferState,
        "is_kept": bool(transfer.content),
    }
    return render(request, "cards/desk/list.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@require_right(Right.RECEIVE_CARDS)
def fetch(request: HttpRequest, transfer: uuid.UUID) -> HttpResponse:
    """The file: JSON whose bytes have the hash, or a table of it. Logged before it is given."""
    found, now = get_object_or_404(_their_lists(request), pk=transfer), timezone.now()
    if not found.content:
        return redirect("cards:list", found.pk)
    try:
        # The list itself, and each registration in it: its lines go when a person is erased.
        log_views(
            staff_of(request),
            subjects=[found.pk, *found.lines.values_list("card__pledge_id", flat=True)],
            page="cards:fetch",
            fields=FETCHED_FIELDS,
            reason=f"{found.receiver.unit.code} {found.serial}",
            now=now,
        )
        found = transfers.fetch_transfer(found, now=now)
    except RuleBroken as error:
        return refused(request, error)
    name = f"cards-{found.receiver.unit.code}-{found.serial:05}"
    if request.POST.get("format") == "csv":
        response = HttpResponse(
            listing.table_of(found.content), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        response = HttpResponse(found.content.encode(), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@require_POST
@never_cache
@require_right(Right.RECEIVE_CARDS)
def acknowledge(request: HttpRequest, transfer: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(_their_lists(request), pk=transfer)
    form = CountForm(request.POST)
    if form.is_valid():
        try:
            transfers.acknowledge_transfer(
                found,
                counted=form.cleaned_data["counted"],
                staff=staff_of(request),
                now=timezone.now(),
            )
        except RuleBroken as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            messages.success(request, _("Receipt is acknowledged. The cards are listed."))
            return redirect("cards:list", found.pk)
    return _list_page(request, found, form=form)
