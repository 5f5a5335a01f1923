"""How a page of the desk states its right, whom it works for, and how it says that it cannot."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.errors import RuleBroken

View = Callable[..., HttpResponseBase]


def require_right(right: Right) -> Callable[[View], View]:
    """Let in only staff who have the right; others are asked to sign in, or refused (403)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # login_required lets nobody else through; a stranger is refused, not an error.
            if not (isinstance(request.user, Staff) and request.user.may(right)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        decorated: View = login_required(guarded)
        # Read by the test that walks every address of the desk.
        decorated.right = right  # type: ignore[attr-defined]
        return decorated

    return decorate


def staff_of(request: HttpRequest) -> Staff:
    """Who looks at a page that has stated its right."""
    return cast(Staff, request.user)


def refused(request: HttpRequest, error: RuleBroken, *, status: int = 503) -> HttpResponse:
    """The page that says why another one is not shown: most often its view could not be logged."""
    return render(request, "desk/refused.html", {"trouble": error}, status=status)
