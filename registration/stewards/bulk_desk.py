"""One step for many registrations: tick, choose, look at what will come of it, then do it."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.pledges.models import Pledge
from registration.stewards import bulk as many
from registration.stewards import rules
from registration.stewards.forms import StepForm, receivers_of
from registration.stewards.worklist import Wanted


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.STEP_PLEDGES)
def bulk(request: HttpRequest) -> HttpResponse:
    """For up to 500, shown by reference only. Sent again it finds what it did, and does no more."""
    query = request.POST.get("query", "")
    back = f"{reverse('stewards:work_list')}?{Wanted.from_query(QueryDict(query).dict()).query()}"
    if request.method != "POST":
        return SeeOther(back)
    staff, now = staff_of(request), timezone.now()
    ids = _ids(request, staff, query)
    try:
        rules.require_few(len(ids))
        pledges = many.chosen(staff, ids)
        rules.require_few(len(pledges))
    except RuleBroken as error:
        messages.warning(request, error.sentence)
        return SeeOther(back)
    action = request.POST.get("action", "choose")
    form = _bulk_form(pledges, None if action == "choose" else request.POST, now)
    context = {
        "form": form,
        "ids": " ".join(str(pledge.pk) for pledge in pledges),
        "pledges": pledges,
        "query": query,
        "back": back,
    }
    if action == "choose" or not form.is_valid():
        status = 200 if action == "choose" else 422
        return render(request, "stewards/bulk_choose.html", context, status=status)
    return _plan(request, pledges, form, context, takes=action == "take", now=now)


def _ids(request: HttpRequest, staff: Staff, query: str) -> list[uuid.UUID]:
    """What was ticked, or all of the list; one more than is allowed shows that it is too many."""
    if "all" in request.POST:
        wanted = Wanted.from_query(QueryDict(query).dict())
        found = wanted.all_of(list(staff.provinces()))
        return list(found.values_list("pk", flat=True)[: rules.AT_MOST + 1])
    typed = [*request.POST.getlist("pledge"), *request.POST.get("ids", "").split()]
    try:
        return list({uuid.UUID(text) for text in typed})
    except ValueError:
        raise Http404 from None


def _bulk_form(pledges: list[Pledge], data: Any, now: datetime) -> StepForm:
    jurisdiction = pledges[0].jurisdiction
    return StepForm(
        data,
        steps=rules.bulk_steps(pledges[0].kind),
        receivers=receivers_of(jurisdiction),
        first=None,
        day=now.astimezone(jurisdiction.zone).date(),
    )


def _plan(
    request: HttpRequest,
    pledges: list[Pledge],
    form: StepForm,
    context: dict[str, Any],
    *,
    takes: bool,
    now: datetime,
) -> HttpResponse:
    data, staff = form.cleaned_data, staff_of(request)
    plan = many.Plan(
        **{name: data[name] for name in ("step", "happened_on", "unit", "note", "key")}
    )
    if takes:
        verdicts = many.carry_out(pledges, plan, staff=staff, now=now)
    else:
        verdicts = many.judge(pledges, plan, now=now)
    context |= {
        "plan": plan,
        "step_name": plan.step.label,
        "day": short_date(plan.happened_on, get_language()),
        "works": [each.pledge for each in verdicts if not each.code],
        "before": [each.pledge for each in verdicts if each.code and not each.refusal],
        "refused": many.by_refusal(verdicts),
        "sent": [(name, request.POST.get(name, "")) for name in form.fields],
    }
    return render(request, f"stewards/bulk_{'result' if takes else 'preview'}.html", context)
