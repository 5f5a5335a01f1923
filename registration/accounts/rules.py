"""Which role may do what, who may be called what, how long a session lasts. Pure."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from registration.accounts.choices import Right, Role
from registration.common.errors import RuleBroken

USERNAME = r"^[a-z][a-z0-9.-]{1,49}\Z"
# OWASP ASVS 5.0.0, 7.3.1 and 7.3.2; seconds.
IDLE_SECONDS = 30 * 60
# Where one person's registration is looked up, an unwatched screen is worth more.
LOOK_UP_IDLE_SECONDS = 15 * 60
WHOLE_SECONDS = 8 * 60 * 60
# Roles that mean something only at a unit.
AT_A_UNIT = frozenset(
    {
        Role.DEPARTMENT,
        Role.STEWARD,
        Role.HOSPITAL,
        Role.COORDINATOR,
        Role.RECEIVER,
        Role.DATA_OFFICER,
        Role.MINISTRY,
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Right.USE_DESK,
            Right.USE_CMS,
            Right.SEE_ALL_REPORTS,
            Right.SEE_REPORTS,
            Right.READ_MAILBOX,
            Right.KEEP_RECIPIENTS,
            Right.WATCH_REPORTS,
            Right.SEE_TOTALS,
            Right.KEEP_KEYS,
        }
    ),
    Role.OPERATOR: frozenset(
        {Right.USE_DESK, Right.SEE_ALL_REPORTS, Right.SEE_REPORTS, Right.WATCH_REPORTS}
    ),
    Role.MINISTRY: frozenset(
        {Right.USE_DESK, Right.SEE_REPORTS, Right.SEE_TOTALS, Right.KEEP_KEYS}
    ),
    Role.EDITOR: frozenset({Right.USE_DESK, Right.USE_CMS}),
    Role.DEPARTMENT: frozenset(
        {
            Right.USE_DESK,
            Right.SEE_REPORTS,
            Right.KEEP_RECIPIENTS,
            Right.KEEP_KEYS,
            Right.WATCH_SITES,
        }
    ),
    Role.STEWARD: frozenset(
        {
            Right.USE_DESK,
            Right.SEE_REPORTS,
            Right.SEE_PLEDGES,
            Right.STEP_PLEDGES,
            Right.ENTER_PLEDGES,
            Right.MERGE_PLEDGES,
            Right.WATCH_SITES,
        }
    ),
    Role.HOSPITAL: frozenset({Right.USE_DESK, Right.SEE_PLACEMENTS, Right.ENTER_PLEDGES}),
    Role.COORDINATOR: frozenset({Right.USE_DESK, Right.LOOK_UP}),
    Role.RECEIVER: frozenset({Right.USE_DESK, Right.RECEIVE_CARDS}),
    Role.DATA_OFFICER: frozenset({Right.USE_DESK, Right.ANSWER_REQUESTS}),
}


def may(roles: Iterable[str], right: Right) -> bool:
    """Whether one of the roles carries the right."""
    return any(right in RIGHTS.get(Role(role), frozenset()) for role in roles)


def require_username(username: str) -> None:
    """Refuse what could be taken for another's name (``username_not_plain``)."""
    if not re.match(USERNAME, username):
        raise RuleBroken(
            "username_not_plain",
            _("A user name has 2 to 50 characters: small letters a–z, digits, dot and hyphen."),
            field="username",
        )


def require_plain_email(address: str) -> None:
    """Refuse a mailbox name outside ASCII (``email_not_plain``): ı and i would be two accounts."""
    if not address.isascii():
        raise RuleBroken(
            "email_not_plain",
            _("Staff sign in with an e-mail address without accents or special letters."),
            field="email",
        )


def require_fitting_roles(roles: Iterable[str], *, has_unit: bool) -> None:
    """Refuse a role that does not exist (``role_unknown``) or lacks its unit (``unit_missing``)."""
    wanted = set(roles)
    if not wanted <= set(Role.values):
        raise RuleBroken("role_unknown", _("There is no such role."), field="roles")
    if wanted & AT_A_UNIT and not has_unit:
        raise RuleBroken(
            "unit_missing", _("Choose the unit at which this person has the role."), field="unit"
        )


def session_is_over(
    *, signed_in_at: float, seen_at: float, now: float, idle: int = IDLE_SECONDS
) -> bool:
    """Whether a session ended: after ``idle`` without activity, or 8 hours in all. In seconds."""
    return now - seen_at >= idle or now - signed_in_at >= WHOLE_SECONDS
