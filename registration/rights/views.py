"""The public's page to ask about the own data."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from registration.common.errors import RuleBroken
from registration.common.pages import STATUSES, SeeOther, private_page
from registration.intake import gate
from registration.intake.pages import alternates
from registration.rights.forms import RequestForm
from registration.rights.letters import words_of
from registration.rights.models import DataRequest, LegalClock
from registration.rights.services import file_request
from registration.units.models import Jurisdiction

FILED_SALT = "rights.filed"
FILED_SECONDS = 24 * 3600


@require_safe
@private_page("strict-origin-when-cross-origin")
def ask(request: HttpRequest) -> HttpResponse:
    """What the law lets a person ask, in which country and how fast it is answered."""
    clocks = LegalClock.objects.select_related("jurisdiction").order_by("jurisdiction", "pk")
    countries: dict[Jurisdiction, list[LegalClock]] = {}
    for clock in clocks:
        countries.setdefault(clock.jurisdiction, []).append(clock)
    language = translation.get_language()
    own_first = sorted(countries.items(), key=lambda pair: pair[0].language != language)
    context = {"countries": own_first, "alternates": alternates(request, "rights:ask")}
    return render(request, "rights/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@private_page("same-origin")
def fill_in(request: HttpRequest, country: str) -> HttpResponse:
    """The form of one country, and its sending."""
    jurisdiction = Jurisdiction.objects.filter(pk=country.upper()).first()
    if jurisdiction is None:
        raise Http404
    key, trouble, status = request.POST.get("form_key", ""), None, 200
    form = RequestForm(jurisdiction, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            try:
                return _file(request, form, key)
            except RuleBroken as error:
                trouble, status = error, STATUSES.get(error.code, 422)
                key = gate.new_form_key() if error.code.startswith("form_") else key
        else:
            status = 422
    context = {
        "form": form,
        "trouble": trouble,
        "form_key": key or gate.new_form_key(),
        "honeypot": gate.HONEYPOT,
        "jurisdiction": jurisdiction,
        "alternates": alternates(request, "rights:fill_in", country),
    }
    return render(request, "rights/form.html", context, status=status)


def _file(request: HttpRequest, form: RequestForm, signed: str) -> HttpResponse:
    key = gate.read_form_key(signed)
    gate.require_no_robot(request.POST)
    now = timezone.now()
    with transaction.atomic():
        gate.count_sender(request, is_proven=False, now=now)
        filed = file_request(
            form.asked(),
            province=form.cleaned_data["province"],
            language=translation.get_language() or settings.LANGUAGE_CODE,
            form_key=key.nonce,
            now=now,
        )
    token = signing.dumps(str(filed.pk), salt=FILED_SALT)
    return SeeOther(reverse("rights:filed", args=[token]))


@require_safe
@private_page("no-referrer")
def filed(request: HttpRequest, token: str) -> HttpResponse:
    """What was taken in: the reference and the clocks, and nothing of a person."""
    try:
        pk = signing.loads(token, salt=FILED_SALT, max_age=FILED_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    found = DataRequest.objects.select_related("jurisdiction", "province").filter(pk=pk).first()
    if found is None:
        raise Http404
    context = {"words": words_of(found), "alternates": alternates(request, "rights:filed", token)}
    return render(request, "rights/filed.html", context)
