"""The staff doors, told apart by the route that answered and never by what was typed.

A route comes from the table of addresses, so no spelling of an address leads past its door.
"""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import ResolverMatch

from registration.accounts.choices import Right

CMS, DESK, ACCOUNT = "cms", "desk", "account"
RIGHT_OF = {CMS: Right.USE_CMS, DESK: Right.USE_DESK}

# Views that come with other parts and would be further ways in, or accounts that open themselves.
CLOSED = frozenset(
    {
        "account_confirm_email",
        "account_confirm_login_code",
        "account_email",
        "account_email_verification_sent",
        "account_signup",
        "wagtailcore_authenticate_with_password",
        "wagtailcore_login",
        "wagtaildocs_authenticate_with_password",
    }
)
# Behind the editors' door, but only ways to the entrance.
TO_ENTRANCE = frozenset({"wagtailadmin_login", "wagtailadmin_password_reset"})
# What a session may do before it has shown its second factor.
BEFORE_SECOND_FACTOR = frozenset(
    {"account_login", "account_logout", "account_reauthenticate", "mfa_reauthenticate"}
)
SET_UP_HERE = "second_factor_set_up_here"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_look_up(match: ResolverMatch | None) -> bool:
    """Whether a page answers about one person from an identity number or a card."""
    return match is not None and (match.app_name == "lookups" or match.view_name == "cards:check")


def door_of(match: ResolverMatch | None) -> str:
    """``cms``, ``desk`` or ``account``; empty for all that is public."""
    if match is None or match.view_name in TO_ENTRANCE:
        return ""
    first = match.route.partition("/")[0]
    return first if first in (CMS, DESK, ACCOUNT) else ""


def has_second_factor(request: HttpRequest) -> bool:
    return bool(is_mfa_enabled(request.user, FACTORS))


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this very session was opened with a second factor, or set it up.

    That the account has one is not enough: an older session, opened with the password alone, would
    slip in once its owner sets one up elsewhere.
    """
    records = get_authentication_records(request, request.user)
    shown = any(record.get("method") == "mfa" for record in records)
    return shown or bool(request.session.get(SET_UP_HERE))
