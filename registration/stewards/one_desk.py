"""The page of one registration, shown for a reason and logged first."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import refused, require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.comparison import side_by_side
from registration.pledges.models import Pledge
from registration.pledges.reasons import ReasonForm
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_view
from registration.stewards.bulk import first_day
from registration.stewards.choices import ViewReason
from registration.stewards.dossier import SHOWN_FIELDS, Dossier
from registration.stewards.forms import ContactForm, LookForm, StepForm, receivers_of
from registration.stewards.worklist import visible_to

# Where the session keeps a reason in words of one's own, with the registration it is for.
WORDS_OF_LOOK = "words_of_look"
# What is asked for before each act that is kept with its reason.
REASONS = {
    "accept": _("What was compared"),
    "contest": _("Why it is not the same person"),
    "withdraw": _("Why it is to be withdrawn"),
}


@require_safe
@never_cache
@require_right(Right.SEE_PLEDGES)
def one(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    """A registration with the person's particulars, once there is a reason to see them."""
    found = find_pledge(request, pledge)
    reason = _reason(request, found)
    if not reason:
        return _ask_reason(request, found, LookForm(initial={"reason": ViewReason.CALL}))
    return show(request, found, reason=reason)


@require_POST
@never_cache
@require_right(Right.SEE_PLEDGES)
def look(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    """Say why one looks. Words of one's own stay in the session and out of the address."""
    found = find_pledge(request, pledge)
    form = LookForm(request.POST)
    if not form.is_valid():
        return _ask_reason(request, found, form, status=422)
    request.session[WORDS_OF_LOOK] = [str(found.pk), form.cleaned_data["words"]]
    return SeeOther(address_of(found, form.cleaned_data["reason"]))


def find_pledge(request: HttpRequest, pledge: uuid.UUID) -> Pledge:
    """A registration of the own provinces with all that its page shows, or 404."""
    found = (
        visible_to(staff_of(request))
        .select_related(
            "jurisdiction",
            "department",
            "placement__unit",
            "unit",
            "batch",
            "person",
            "replaces",
            "particulars__person",
            "particulars__province__jurisdiction",
            "particulars__locality",
        )
        .prefetch_related("particulars__contacts")
    )
    return get_object_or_404(found, pk=pledge)


def address_of(pledge: Pledge, reason: str = ViewReason.STEP) -> str:
    query = urlencode({"reason": reason})
    return f"{reverse('stewards:one', args=[pledge.pk])}?{query}"


def _reason(request: HttpRequest, pledge: Pledge) -> str:
    """The reason as it stands in the log."""
    code = request.GET.get("reason", "")
    if code == ViewReason.OTHER:
        about, words = request.session.get(WORDS_OF_LOOK, ["", ""])
        return str(words) if about == str(pledge.pk) else ""
    if code not in ViewReason.values:
        return ""
    return reason_in_words(ViewReason(code).label, pledge.jurisdiction)


def _ask_reason(
    request: HttpRequest, pledge: Pledge, form: LookForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "stewards/look.html", {"pledge": pledge, "form": form}, status=status)


def show(
    request: HttpRequest,
    pledge: Pledge,
    *,
    reason: str,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The page of one registration. Each person on it is logged first, or nothing is shown.

    ``forms`` are those that were sent and refused, in place of the empty ones.
    """
    staff, now, language = staff_of(request), timezone.now(), translation.get_language()
    earlier = _earlier_of(staff, pledge)
    try:
        for seen in [pledge, *([earlier] if earlier else [])]:
            log_view(
                staff,
                subject=seen.pk,
                page="stewards:one",
                fields=SHOWN_FIELDS,
                reason=reason,
                now=now,
            )
    except RuleBroken as error:
        return refused(request, error)
    dossier = Dossier(pledge, staff=staff, now=now, language=language)
    context = {
        **dossier.context(),
        "sent_forms": list(forms.values()),
    }
    if earlier:
        other = Dossier(earlier, staff=staff, now=now, language=language)
        compared = side_by_side(dossier.groups_to_compare(), other.groups_to_compare())
        context |= {"earlier": earlier, "compared": compared}
    if staff.may(Right.STEP_PLEDGES):
        context |= {"may_step": True, **forms_of(dossier), **forms}
    return render(request, "stewards/one.html", context, status=status)


def _earlier_of(staff: Staff, pledge: Pledge) -> Pledge | None:
    """The registration to compare with, if it lies in the own provinces too."""
    if pledge.state != PledgeState.WAITING or not pledge.replaces_id:
        return None
    found = visible_to(staff).select_related(
        "jurisdiction",
        "placement__unit",
        "unit",
        "particulars__person",
        "particulars__province__jurisdiction",
        "particulars__locality",
    )
    return found.filter(pk=pledge.replaces_id).first()


def forms_of(dossier: Dossier) -> dict[str, Any]:
    """The empty forms of what may be done now."""
    pledge, told = dossier.pledge, dossier.answers.person
    acts = ["withdraw"]
    if pledge.state == PledgeState.WAITING:
        acts += ["accept", "contest"]
    forms: dict[str, Any] = {f"{act}_form": reason_form(act) for act in acts}
    if pledge.state != PledgeState.CONFIRMED:
        return forms
    following, others = dossier.offered()
    forms["contact_form"] = ContactForm(
        pledge.jurisdiction,
        initial={"email": told.email, "phone": told.phone},
        auto_id="contact_%s",
    )
    if following:
        forms["step_form"] = step_form(dossier.pledge, [following], now=dossier.now)
    if others:
        forms["other_form"] = step_form(dossier.pledge, others, now=dossier.now, auto_id="other_%s")
    return forms


def reason_form(act: str, data: Any = None) -> ReasonForm:
    return ReasonForm(data, label=REASONS[act], auto_id=f"{act}_%s")


def step_form(
    pledge: Pledge, steps: list[StepKind], data: Any = None, *, now: Any, auto_id: str = "next_%s"
) -> StepForm:
    passes_on = StepKind.PASSED_ON in steps
    return StepForm(
        data,
        steps=steps,
        receivers=receivers_of(pledge.jurisdiction) if passes_on else [],
        first=first_day(pledge),
        day=now.astimezone(pledge.jurisdiction.zone).date(),
        auto_id=auto_id,
    )
