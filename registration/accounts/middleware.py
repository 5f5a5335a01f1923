"""The staff's language, the length of a session, and who passes which staff door."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from registration.accounts import doors
from registration.accounts.rules import (
    IDLE_SECONDS,
    LOOK_UP_IDLE_SECONDS,
    session_is_over,
)

Answer = Callable[[HttpRequest], HttpResponse]

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# A session is written at most this often only to note that its owner is there.
NOTE_EVERY_SECONDS = 60
# The page editor calls these by itself every few seconds: no sign of a person.
NOT_ACTIVITY = frozenset({"wagtailadmin_editing_sessions:ping"})


class _Middleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class StaffLanguageMiddleware(_Middleware):
    """Addresses without a language prefix speak the language of the member of staff."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/desk/", "/account/")) and request.user.is_authenticated:
            with translation.override(request.user.language):
                request.LANGUAGE_CODE = request.user.language
                return self.get_response(request)
        return self.get_response(request)


class SessionLimitsMiddleware(_Middleware):
    """Ends a staff session after 30 minutes without activity (15 before a look-up) and after 8
    hours in any case.

    A member of staff who is switched off is out with the next request: the sign-in backend no
    longer knows them.
    """

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not doors.door_of(match) or not request.user.is_authenticated:
            return None
        now = time.time()
        signed_in_at = request.session.setdefault(SIGNED_IN_AT, now)
        seen_at = request.session.setdefault(SEEN_AT, now)
        idle = LOOK_UP_IDLE_SECONDS if doors.is_look_up(match) else IDLE_SECONDS
        if session_is_over(signed_in_at=signed_in_at, seen_at=seen_at, now=now, idle=idle):
            return self._end(request)
        is_activity = match is not None and match.view_name not in NOT_ACTIVITY
        if is_activity and now - seen_at >= NOTE_EVERY_SECONDS:
            request.session[SEEN_AT] = now
        return None

    def _end(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.info(request, _("Your session has ended. Please sign in again."))
        # A form cannot be sent again after signing in; its page can be opened again.
        came_by_link = request.method in ("GET", "HEAD")
        return redirect_to_login(request.get_full_path() if came_by_link else reverse("desk:home"))


class StaffDoorMiddleware(_Middleware):
    """Nobody passes a staff door without signing in and the right to it; side doors are closed.

    The views behind ask for their own right besides. This is the wall around them, so that a view
    that forgot to ask, or one that came with an upgrade, is not open.
    """

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.view_name in doors.CLOSED:
            return redirect("account_login")
        right = doors.RIGHT_OF.get(doors.door_of(match))
        if right is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.may(right):
            raise PermissionDenied
        return None


class SecondFactorMiddleware(_Middleware):
    """Staff without a second factor see nothing but the page that sets one up.

    The sign-in library does not enforce it by design. Who has one must have shown it in this
    session, whatever the setting says.
    """

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        door = doors.door_of(match)
        if not door or match is None or match.view_name in doors.BEFORE_SECOND_FACTOR:
            return None
        if not request.user.is_authenticated:
            return None
        if not doors.has_second_factor(request):
            must_set_up = settings.REQUIRE_SECOND_FACTOR and door != doors.ACCOUNT
            return redirect("mfa_activate_totp") if must_set_up else None
        if doors.has_shown_second_factor(request):
            return None
        return self._ask(request)

    def _ask(self, request: HttpRequest) -> HttpResponse:
        query: dict[str, Any] = {"next": request.get_full_path()}
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode(query)}")
