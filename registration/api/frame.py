"""What all answers below /api/ share: methods, headers, and a problem where a page would stand."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from registration.api.problems import Problem, problem_answer

View = Callable[..., HttpResponseBase]
METHODS = "GET, HEAD"


def framed(view: View) -> View:
    """GET and HEAD of an address; everything else is answered as a problem."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = request.method
        if method not in ("GET", "HEAD"):
            return problem_answer(request, Problem("wrong_method", headers={"Allow": METHODS}))
        # The views know GET alone; the server leaves out the body that HEAD does not want.
        request.method = "GET"
        try:
            found = view(request, *args, **kwargs)
        except Http404:
            found = problem_answer(request, Problem("not_found"))
        finally:
            request.method = method
        for name, value in getattr(request, "limit_headers", {}).items():
            found.headers[name] = value
        found.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(found, ["Authorization", "Accept", "Accept-Language"])
        return found

    return answer


@framed
def nothing_here(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Every address below /api/ that no route knows."""
    raise Http404
