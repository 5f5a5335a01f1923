"""What an officer does beside answering: correct, lift a restriction, take along papers."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import refused, require_right, staff_of
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.common.pages import file_to_keep
from registration.people.services import answers_of, contradictions_of
from registration.rights import services
from registration.rights.desk import (
    SHOWN_FIELDS,
    correction_form,
    has_export,
    lifting_form,
    log,
    show,
    visible_to,
)
from registration.rights.everything import everything_json, everything_paper
from registration.rights.letters import answer_letter
from registration.rights.models import DataRequest
from registration.rights.reach import reach_of

MAKERS = {"pdf": everything_paper, "json": everything_json}


@require_POST
@never_cache
@require_right(Right.ANSWER_REQUESTS)
def correct(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Correct what the registration says of the person who asks."""
    staff, now = staff_of(request), timezone.now()
    found = get_object_or_404(visible_to(staff), pk=request_id)
    pledge = services.registration_of(found)
    if pledge is None:
        raise Http404
    form = correction_form(pledge, request.POST, now=now)
    if form.is_valid():
        try:
            is_new = services.correct_registration(found, **form.corrected(), staff=staff, now=now)
            _say_what_was_corrected(request, found, is_new)
            return redirect("rights_desk:one", request_id=found.pk)
        except RuleBroken as error:
            form.refuse(error)
    return show(request, found, correction=form)


def _say_what_was_corrected(request: HttpRequest, found: DataRequest, is_new: bool) -> None:
    pledge = services.registration_of(found)
    if not is_new or pledge is None:
        messages.info(request, _("Nothing was different, so nothing was changed."))
        return
    messages.success(request, _("It is corrected, and the person is told."))
    for warning in contradictions_of(answers_of(pledge.particulars)):
        messages.warning(request, str(warning))


@require_POST
@never_cache
@require_right(Right.ANSWER_REQUESTS)
def lift(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Let work go on with what was only kept at the person's request."""
    staff = staff_of(request)
    found = get_object_or_404(visible_to(staff), pk=request_id)
    form = lifting_form(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.lift_restriction(found, reason=reason, staff=staff, now=timezone.now())
            messages.success(request, _("The restriction is lifted and the person is told."))
            return redirect("rights_desk:one", request_id=found.pk)
        except RuleBroken as error:
            form.refuse(error)
    return show(request, found, lifting=form)


@require_safe
@never_cache
@require_right(Right.ANSWER_REQUESTS)
def letter(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The answer as a letter, once there is one. Logged as every view."""
    staff = staff_of(request)
    found = get_object_or_404(visible_to(staff).exclude(ended_at=None), pk=request_id)
    try:
        log(request, found, "rights_desk:letter", [found.pk], SHOWN_FIELDS, timezone.now())
    except RuleBroken as error:
        return refused(request, error)
    return file_to_keep(answer_letter(found), f"{found.reference}.pdf")


@require_safe
@never_cache
@require_right(Right.ANSWER_REQUESTS)
def everything(request: HttpRequest, request_id: uuid.UUID, ending: str) -> HttpResponse:
    """All that is kept about the person who asked to learn it, to be handed over to them; of
    their own registrations alone while somebody else's stands under their number.
    """
    found = get_object_or_404(visible_to(staff_of(request)), pk=request_id)
    pledge, now = services.registration_of(found), timezone.now()
    if pledge is None or not has_export(found) or ending not in MAKERS:
        raise Http404
    reach = reach_of(pledge)
    try:
        subjects = [found.pk, *sorted(reach.persons if reach.is_whole else reach.ids)]
        log(request, found, "rights_desk:everything", subjects, ["everything"], now)
    except RuleBroken as error:
        return refused(request, error)
    content = MAKERS[ending](found, pledge, reach, now=now)
    return file_to_keep(content, f"{found.reference}.{ending}")
