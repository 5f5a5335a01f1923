"""Desk pages that send a closed day's summary again, and take and send provisional figures."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, require_few
from registration.common.pages import SeeOther
from registration.deliveries.editions import Papers, Thing, facts_of_papers, file_response
from registration.deliveries.fence import may_send, visible_to
from registration.deliveries.forms import SendForm
from registration.deliveries.sending import send_copies
from registration.deliveries.shown import receipts_of
from registration.ledger.clock import BarrierBusy
from registration.reports.choices import Edition
from registration.reports.models import Provisional, Summary
from registration.reports.provisional import take_provisional
from registration.units.models import Unit

PER_PAGE = 30
# By one department: each is kept for good.
TAKEN = Limit("deliveries.provisional", times=12, seconds=3600)


@require_POST
@never_cache
@require_right(Right.SEE_REPORTS)
def again(request: HttpRequest, summary: int) -> HttpResponse:
    """Send a closed day's summary once more, at any hour, to those who were chosen."""
    found = get_object_or_404(
        Summary.objects.select_related("window", "department__jurisdiction"),
        department__in=visible_to(request.user),
        pk=summary,
    )
    day = found.window.day.isoformat()
    back = reverse("overview:summary", args=[found.department.code, day])
    return _send(request, found, back=f"{back}#deliveries-heading")


def _send(request: HttpRequest, thing: Thing, *, back: str) -> HttpResponse:
    staff = staff_of(request)
    if not may_send(staff, thing.department):
        raise PermissionDenied
    form = SendForm(thing.department, request.POST)
    if not form.is_valid():
        for told in form.errors.values():
            messages.error(request, str(told[0]))
        return SeeOther(back)
    key, to = str(form.cleaned_data["key"]), form.cleaned_data["to"]
    try:
        number = send_copies(thing, to=to, key=key, staff=staff, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return SeeOther(back)
    if number:
        sentence = ngettext(
            "One copy is on its way.", "%(count)d copies are on their way.", number
        ) % {"count": number}
        messages.success(request, sentence)
    return SeeOther(back)


def _department(request: HttpRequest, code: str) -> Unit:
    return get_object_or_404(visible_to(request.user), code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.SEE_REPORTS)
def provisionals(request: HttpRequest, department: str) -> HttpResponse:
    """Provisional figures that were taken, by number; by POST, those of this moment."""
    found, trouble = _department(request, department), None
    if request.method == "POST":
        now = timezone.now()
        try:
            require_few(TAKEN, found.code, now=now)
            taken = take_provisional(found, now=now, staff=staff_of(request))
        except RuleBroken as error:
            trouble = error
        except BarrierBusy:
            trouble = RuleBroken(
                "busy", _("Entries are being written at this moment. Try again in a minute.")
            )
        else:
            return SeeOther(reverse("deliveries:provisional", args=[found.code, taken.number]))
    taken_so_far = Provisional.objects.filter(department=found).select_related("asked_by")
    page = Paginator(taken_so_far.order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    language, zone = translation.get_language(), found.jurisdiction.time_zone
    rows = [
        {
            "number": each.number,
            "taken": date_time(each.taken_at, language, zone=zone),
            "by": each.asked_by.shown_name if each.asked_by else "",
        }
        for each in page
    ]
    context = {"department": found, "rows": rows, "page_obj": page, "trouble": trouble}
    status = 422 if trouble else 200
    return render(request, "deliveries/provisionals.html", context, status=status)


def _provisional(request: HttpRequest, code: str, number: int) -> Provisional:
    return get_object_or_404(
        Provisional.objects.select_related("department__jurisdiction", "asked_by"),
        department=_department(request, code),
        number=number,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.SEE_REPORTS)
def provisional(request: HttpRequest, department: str, number: int) -> HttpResponse:
    """One set of provisional figures with its documents; by POST it is sent to those chosen."""
    found = _provisional(request, department, number)
    if request.method == "POST":
        back = reverse("deliveries:provisional", args=[department, number])
        return _send(request, found, back=back)
    papers, language = Papers(found, Edition.OWN), translation.get_language()
    context = {
        "provisional": found,
        "department": found.department,
        "facts": facts_of_papers(papers, language),
        "formats": [{"code": each.value, "label": each.label} for each in papers.formats],
        "receipts": receipts_of(found, language, staff=staff_of(request)),
    }
    return render(request, "deliveries/provisional.html", context)


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def provisional_document(
    request: HttpRequest, department: str, number: int, format: str
) -> HttpResponse:
    found = _provisional(request, department, number)
    return file_response(Papers(found, Edition.OWN), format)
