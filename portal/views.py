"""The frame's own answers: the front door, errors."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request


def front_door(request: HttpRequest) -> HttpResponse:
    """Lead to the reader's language; the address stays free of cookies."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    response["Cache-Control"] = "public, max-age=300"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose key ran out: the reader is told to go back, where the text still stands."""
    return render(request, "403_csrf.html", status=403)
