"""The address in the QR code of a card."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from registration.accounts.choices import Right
from registration.accounts.models import Staff


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """One neutral page for everybody, whatever the code: it is not even looked for.

    Coordinators are led to the desk, where a session's age and second factor are asked for.
    """
    user = request.user
    is_coordinator = isinstance(user, Staff) and user.may(Right.LOOK_UP)
    if is_coordinator or "check" in request.GET:
        response: HttpResponse = redirect("cards:check", code)
    else:
        response = render(request, "cards/found.html")
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
