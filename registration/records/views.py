"""The pages of a person's own record. Without an open visit they show nothing of anybody."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.cards.services import valid_card_of
from registration.common.dates import clock_time, date_time
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.pages import STATUSES, SeeOther, file_to_keep, private_page
from registration.intake.gate import sender_of
from registration.intake.pages import alternates
from registration.intake.provinces import provinces_to_choose
from registration.intake.texts import texts_with_boxes
from registration.pledges.choices import ACTIVE_STATES, OPEN_STATES, PledgeState
from registration.pledges.rules import shown_state
from registration.records import letters, papers, services
from registration.records.change import Change
from registration.records.forms import AskForm, RelativeForm, SecondFactForm
from registration.records.overview import overview_of
from registration.records.renewal import renew_consents, texts_to_renew
from registration.records.rules import MOST_RELATIVES
from registration.records.visits import (
    Visit,
    begin_visit,
    end_visit,
    find_visit,
    in_visit,
    note_end,
)
from registration.units.models import CallLine, Jurisdiction
from registration.units.places import department_of, steward_of

# Behind one address may be a whole hospital; nobody types thirty addresses an hour by hand.
SENDER = Limit("record.sender", times=30, seconds=3600)
PAGES = require_http_methods(["GET", "HEAD", "POST"])


@PAGES
@sensitive_post_parameters()
@private_page("same-origin")
def ask(request: HttpRequest) -> HttpResponse:
    """One field. The answer is the same for every address that can be one."""
    language, now = translation.get_language(), timezone.now()
    countries = sorted(Jurisdiction.objects.all(), key=lambda row: row.language != language)
    form = AskForm(request.POST or None, regions=[row.code for row in countries])
    context = {"form": form, "alternates": alternates(request, "records:ask")}
    if request.method != "POST":
        return render(request, "records/ask.html", context)
    if not form.is_valid():
        return render(request, "records/ask.html", context, status=422)
    if not count_use(SENDER, sender_of(request), now=now):
        context["trouble"] = RuleBroken(
            "too_many",
            _("Too many links were asked for from your connection. Wait an hour and try again."),
        )
        return render(request, "records/ask.html", context, status=429)
    services.ask_for_link(form.cleaned_data["address"], now=now)
    return SeeOther(reverse("records:asked"))


@require_safe
@private_page("same-origin")
def asked(request: HttpRequest) -> HttpResponse:
    context = {"alternates": alternates(request, "records:asked")}
    return render(request, "records/asked.html", context)


@PAGES
@sensitive_post_parameters()
@private_page("same-origin")
def open_record(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks for the date of birth, and shows and changes nothing. The POST opens the record."""
    now = timezone.now()
    links = alternates(request, "records:open", token)
    try:
        services.look_at_link(token, now=now)
        form = SecondFactForm(request.POST or None, day=timezone.localdate())
        context = {"form": form, "alternates": links}
        if request.method != "POST":
            return render(request, "records/open.html", context)
        if form.is_valid():
            link = services.open_record(token, form.cleaned_data["birth_date"], now=now)
            begin_visit(request, link, now=now)
            return SeeOther(reverse("records:show"))
    except RuleBroken as error:
        if error.code != "fact_wrong":
            context = {"trouble": error, "alternates": links}
            status = {**STATUSES, "too_many_facts": 429}.get(error.code, 410)
            return render(request, "records/link_ended.html", context, status=status)
        form.add_error("birth_date", error.sentence)
    return render(request, "records/open.html", context, status=422)


@require_safe
@private_page("same-origin")
def show(request: HttpRequest) -> HttpResponse:
    """Everything that is kept, where it stands, and what can be done.

    Messages lead here: without a visit it goes on to the page that asks for a link.
    """
    visit = find_visit(request, now=timezone.now())
    if visit is None:
        return SeeOther(reverse("records:ask"))
    language = translation.get_language()
    pledge = visit.pledge
    context = {
        "pledge": pledge,
        "papers": papers.offered_papers(pledge),
        "record": overview_of(visit, language=language),
        "until": clock_time(visit.until.astimezone(pledge.jurisdiction.zone), language),
        "is_active": shown_state(pledge.state) in ACTIVE_STATES,
        "is_open": pledge.state in OPEN_STATES,
        "has_stopped": services.has_stopped(pledge),
        "asks_anew": pledge.state in OPEN_STATES and texts_to_renew(pledge, language=language),
        "most_relatives": MOST_RELATIVES,
        "alternates": alternates(request, "records:show"),
    }
    return render(request, "records/show.html", context)


@PAGES
@sensitive_post_parameters()
@private_page("same-origin")
@in_visit
def change(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    return Change(request, visit, now=now).answer()


@PAGES
@private_page("same-origin")
@in_visit
def renew(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """A newer text that needs the person's act; nothing else depends on it."""
    language, trouble = translation.get_language(), None
    if request.method == "POST":
        try:
            renew_consents(visit.pledge, request.POST, language=language, now=now)
            messages.success(request, _("Thank you. Your agreement is noted."))
            return SeeOther(reverse("records:show"))
        except RuleBroken as error:
            trouble = error
    context = {
        "pledge": visit.pledge,
        "texts": texts_with_boxes(texts_to_renew(visit.pledge, language=language), request.POST),
        "trouble": trouble,
        "alternates": alternates(request, "records:renew"),
    }
    return render(request, "records/renew.html", context, status=422 if trouble else 200)


@PAGES
@private_page("same-origin")
@in_visit
def withdraw(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """Says what it means; one POST withdraws at once."""
    if request.method == "POST":
        services.withdraw_record(visit.pledge, used=visit.contact, now=now)
        note_end(request)
        return SeeOther(reverse("records:withdrawn"))
    context = {
        "pledge": visit.pledge,
        "has_card": valid_card_of(visit.pledge) is not None,
        "alternates": alternates(request, "records:withdraw"),
    }
    return render(request, "records/withdraw.html", context)


@PAGES
@private_page("same-origin")
@in_visit
def consent(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """Withdraw the consent to data, which is another act than withdrawing the registration."""
    if request.method == "POST":
        services.withdraw_consent(visit.pledge, used=visit.contact, now=now)
        note_end(request)
        return SeeOther(reverse("records:withdrawn"))
    context = {
        "pledge": visit.pledge,
        "days": letters.days_until_erased(visit.pledge),
        "alternates": alternates(request, "records:consent"),
    }
    return render(request, "records/consent.html", context)


@require_safe
@private_page("same-origin")
@in_visit
def withdrawn(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """The proof on the screen."""
    pledge = visit.pledge
    if pledge.state != PledgeState.WITHDRAWN:
        return SeeOther(reverse("records:show"))
    context = {
        "pledge": pledge,
        "moment": date_time(
            pledge.ended_at or now,
            translation.get_language(),
            zone=pledge.jurisdiction.time_zone,
        ),
        "means": papers.withdrawal_means(pledge),
        "has_withdrawn_consent": services.has_withdrawn_consent(pledge),
        "days": letters.days_until_erased(pledge),
        "alternates": alternates(request, "records:withdrawn"),
    }
    return render(request, "records/withdrawn.html", context)


@require_safe
@private_page("same-origin")
@in_visit
def proof(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    if visit.pledge.state != PledgeState.WITHDRAWN:
        return SeeOther(reverse("records:show"))
    return _file(papers.withdrawal_paper(visit.pledge, now=now), visit, "proof.pdf")


@require_safe
@private_page("same-origin")
@in_visit
def paper(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    return _file(papers.record_paper(visit, now=now), visit, "record.pdf")


@require_safe
@private_page("same-origin")
@in_visit
def export(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    return _file(papers.export_json(visit, now=now).encode(), visit, "record.json")


@require_safe
@private_page("same-origin")
@in_visit
def document(request: HttpRequest, visit: Visit, now: datetime, name: str) -> HttpResponse:
    """The card, the acknowledgement or the form to sign."""
    try:
        content = papers.offered_paper(visit.pledge, name)
    except RuleBroken as error:
        raise Http404 from error
    return _file(content, visit, name)


def _file(content: bytes, visit: Visit, name: str) -> HttpResponse:
    return file_to_keep(content, f"{visit.pledge.reference}-{name}")


@require_POST
@private_page("same-origin")
@in_visit
def stop(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """Switch messages off, or on again."""
    if request.POST.get("messages") == "on":
        services.resume_reminders(visit.pledge)
        messages.success(request, _("We write to you again about this registration."))
    else:
        services.stop_reminders(visit.pledge, now=now)
        messages.success(
            request,
            _(
                "We send you no more messages about this registration, except answers to what "
                "you do yourself and what you must know for your safety."
            ),
        )
    return SeeOther(reverse("records:show"))


@PAGES
@sensitive_post_parameters()
@private_page("same-origin")
@in_visit
def relative(request: HttpRequest, visit: Visit, now: datetime) -> HttpResponse:
    """Name somebody close, who is told once."""
    pledge = visit.pledge
    form = RelativeForm(request.POST or None, region=pledge.jurisdiction_id)
    context = {
        "form": form,
        "pledge": pledge,
        "alternates": alternates(request, "records:relative"),
    }
    if request.method != "POST":
        return render(request, "records/relative.html", context)
    if form.is_valid():
        try:
            data = form.cleaned_data
            services.name_relative(
                pledge,
                full_name=data["full_name"],
                email=data["email"],
                phone=data["phone"],
                now=now,
            )
        except RuleBroken as error:
            context["trouble"] = error
        else:
            messages.success(request, _("The person is on your list."))
            return SeeOther(reverse("records:show"))
    return render(request, "records/relative.html", context, status=422)


@require_POST
@private_page("same-origin")
@in_visit
def remove_relative(
    request: HttpRequest, visit: Visit, now: datetime, relative: UUID
) -> HttpResponse:
    services.remove_relative(visit.pledge, relative)
    messages.success(request, _("The person is off your list and is not written to any more."))
    return SeeOther(reverse("records:show"))


@PAGES
@private_page("same-origin")
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """A relative wants no more messages. Nothing is shown of anybody; only the POST does it."""
    context: dict[str, object] = {"alternates": alternates(request, "records:decline", token)}
    try:
        if request.method == "POST":
            services.decline_messages(token, now=timezone.now())
            return SeeOther(reverse("records:decline", args=[token]))
        context["relative"] = services.find_relative(token)
    except RuleBroken as error:
        context["trouble"] = error
        return render(request, "records/decline_ended.html", context, status=404)
    return render(request, "records/decline.html", context)


@require_POST
@private_page("same-origin")
def leave(request: HttpRequest) -> HttpResponse:
    """Close the record on this device."""
    end_visit(request)
    return SeeOther(reverse("records:left"))


@require_safe
@private_page("same-origin")
def left(request: HttpRequest) -> HttpResponse:
    context = {"alternates": alternates(request, "records:left")}
    return render(request, "records/left.html", context)


@require_safe
@private_page("strict-origin-when-cross-origin")
def lost(request: HttpRequest) -> HttpResponse:
    """Both ways back for somebody who lost the link, the mailbox or the telephone."""
    groups = provinces_to_choose(translation.get_language())
    chosen = request.GET.get("province", "")
    provinces = {row.address_code: row for group in groups for row in group.provinces}
    province = provinces.get(chosen)
    context: dict[str, object] = {
        "groups": groups,
        "province": province,
        "alternates": alternates(request, "records:lost"),
    }
    if province:
        unit = steward_of(province, day=timezone.localdate()) or department_of(province)
        context["unit"] = unit
        context["lines"] = CallLine.objects.filter(unit=unit)
    return render(request, "records/lost.html", context)
