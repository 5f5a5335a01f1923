"""Desk pages of the list of recipients: who proposes a change, who agrees to it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.deliveries.choices import ChangeKind, Decision
from registration.deliveries.fence import kept_by
from registration.deliveries.forms import RecipientForm
from registration.deliveries.models import Change, Recipient
from registration.deliveries.services import (
    decide_change,
    end_old_secret,
    facts_of,
    propose_addition,
    propose_edit,
    propose_switch,
    take_back_change,
)
from registration.deliveries.shown import (
    HISTORY_SHOWN,
    change_row,
    change_rows,
    recipient_rows,
)
from registration.units.models import Unit

SWITCHES = {"stop": ChangeKind.STOP, "resume": ChangeKind.RESUME}


@require_safe
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def departments(request: HttpRequest) -> HttpResponse:
    """The departments whose list one may change; who has one goes straight to its list."""
    kept = kept_by(staff_of(request)).annotate(
        receiving=Count("recipients", filter=Q(recipients__is_active=True), distinct=True),
        changes=Count(
            "recipient_changes",
            filter=Q(recipient_changes__decision=Decision.WAITING),
            distinct=True,
        ),
    )
    rows = list(kept.order_by("-changes", "folded"))
    if len(rows) == 1:
        return redirect("deliveries:recipients", rows[0].code)
    return render(request, "deliveries/departments.html", {"rows": rows})


def _department(request: HttpRequest, code: str) -> Unit:
    return get_object_or_404(kept_by(staff_of(request)), code=code)


@require_safe
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def recipients(request: HttpRequest, department: str) -> HttpResponse:
    """The list as it holds, the changes that wait with both sides, and what was changed before."""
    found, staff = _department(request, department), staff_of(request)
    changes = _changes(request).filter(department=found)
    past = changes.exclude(decision=Decision.WAITING)[:HISTORY_SHOWN]
    context = {
        "department": found,
        "rows": recipient_rows(found, now=timezone.now()),
        "waiting": change_rows(changes.filter(decision=Decision.WAITING), staff=staff),
        "past": change_rows(past, staff=staff),
    }
    return render(request, "deliveries/recipients.html", context)


def _changes(request: HttpRequest) -> QuerySet[Change]:
    theirs = Change.objects.filter(department__in=kept_by(staff_of(request)))
    return theirs.select_related(
        "department__jurisdiction", "recipient", "proposed_by", "decided_by"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def add(request: HttpRequest, department: str) -> HttpResponse:
    found = _department(request, department)
    form = RecipientForm(request.POST or None, initial=_first_language(found))
    if form.is_valid():
        try:
            propose_addition(found, wanted=form.wanted, staff=staff_of(request), now=timezone.now())
        except RuleBroken as error:
            form.refuse(error)
        else:
            return _proposed(request, found)
    return _form_page(request, found, form, recipient=None)


def _first_language(department: Unit) -> dict[str, Any]:
    hours = getattr(department, "report_hours", None)
    return {"language": hours.language if hours else department.jurisdiction.language}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def edit(request: HttpRequest, department: str, recipient: int) -> HttpResponse:
    found = _department(request, department)
    listed = get_object_or_404(Recipient, department=found, pk=recipient)
    facts = facts_of(listed)
    initial = facts | {
        "formats": listed.formats.split(";"),
        "is_outside": "1" if listed.is_outside else "0",
    }
    form = RecipientForm(request.POST or None, initial=initial, recipient=listed)
    if form.is_valid():
        try:
            propose_edit(
                listed,
                wanted=form.wanted,
                new_secret=form.cleaned_data.get("new_secret", False),
                staff=staff_of(request),
                now=timezone.now(),
            )
        except RuleBroken as error:
            form.refuse(error)
        else:
            return _proposed(request, found)
    return _form_page(request, found, form, recipient=listed)


def _form_page(
    request: HttpRequest, department: Unit, form: RecipientForm, *, recipient: Recipient | None
) -> HttpResponse:
    context = {"department": department, "form": form, "recipient": recipient}
    status = 422 if form.errors else 200
    return render(request, "deliveries/recipient_form.html", context, status=status)


def _proposed(request: HttpRequest, department: Unit) -> HttpResponse:
    messages.success(
        request, _("The change is proposed. It holds once a second person agrees to it.")
    )
    return SeeOther(_list_address(department))


def _list_address(department: Unit) -> str:
    return redirect("deliveries:recipients", department.code).url


@require_POST
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def switch(request: HttpRequest, department: str, recipient: int) -> HttpResponse:
    """Propose that an office receives nothing more, or something again."""
    found = _department(request, department)
    listed = get_object_or_404(
        Recipient.objects.select_related("endpoint"), department=found, pk=recipient
    )
    kind = SWITCHES.get(request.POST.get("to", ""))
    if kind is None:
        return SeeOther(_list_address(found))
    try:
        propose_switch(listed, kind=kind, staff=staff_of(request), now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return SeeOther(_list_address(found))
    return _proposed(request, found)


@require_POST
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def old_secret(request: HttpRequest, department: str, recipient: int) -> HttpResponse:
    """End the old secret of a webhook before its week is over; nobody has to agree to it."""
    found = _department(request, department)
    listed = get_object_or_404(
        Recipient.objects.select_related("endpoint"), department=found, pk=recipient
    )
    end_old_secret(listed, staff=staff_of(request))
    messages.success(request, _("The old secret has ended. Calls are signed by the new one alone."))
    return SeeOther(_list_address(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def change(request: HttpRequest, change: int) -> HttpResponse:
    """One change with both sides; by POST it is agreed to, declined or taken back.

    The secret of a webhook is in the answer to the agreement and on no page after it.
    """
    found, staff, now = get_object_or_404(_changes(request), pk=change), staff_of(request), None
    if request.method != "POST":
        return _change_page(request, found)
    answer, now = request.POST.get("answer"), timezone.now()
    secret = ""
    try:
        if answer == "take_back":
            take_back_change(found, staff=staff, now=now)
        elif answer in ("agree", "decline"):
            secret = decide_change(found, agrees=answer == "agree", staff=staff, now=now).secret
    except RuleBroken as error:
        return _change_page(request, found, trouble=error, status=422)
    if secret:
        return _change_page(request, _changes(request).get(pk=found.pk), secret=secret)
    return SeeOther(_list_address(found.department))


def _change_page(request: HttpRequest, change: Change, *, status: int = 200, **more: Any) -> Any:
    row = change_row(change, staff=staff_of(request))
    return render(request, "deliveries/change.html", {"row": row, **more}, status=status)
