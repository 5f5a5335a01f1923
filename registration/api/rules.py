"""What a key may be, how long it lasts, and what may be asked with it. Pure."""

import re
from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from registration.api.choices import KeyState, Scope
from registration.common.errors import RuleBroken
from registration.units.choices import UnitKind

PREFIX = r"[a-z2-7]{8}"
TOKEN = re.compile(rf"dp_({PREFIX})_[A-Za-z0-9_-]{{43}}")
LONGEST_DAYS = 365
SOON = timedelta(days=30)
# Whoever reads with a key is noted at most this often.
NOTE_EVERY = timedelta(hours=1)
MOST_DAYS = 366
# Valid ones of one department: more than anybody looks through.
MOST_KEYS = 20
HOLDERS = frozenset({UnitKind.DEPARTMENT, UnitKind.MINISTRY})


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None


def state_of_key(*, expires_at: datetime, ended_at: datetime | None, now: datetime) -> KeyState:
    if ended_at is not None:
        return KeyState.ENDED
    if expires_at <= now:
        return KeyState.EXPIRED
    return KeyState.ENDS_SOON if expires_at - now <= SOON else KeyState.VALID


def require_key(
    *, kind: str, prefix: str, scopes: Collection[str], days: int, label: str
) -> list[str]:
    """The scopes in their order. Refuses ``unit_has_no_keys``, ``prefix_not_plain``,
    ``label_missing``, ``scope_missing``, ``totals_not_here`` and ``lasts_too_long``.
    """
    if kind not in HOLDERS:
        raise RuleBroken("unit_has_no_keys", _("Keys are for health departments and ministries."))
    if not re.fullmatch(PREFIX, prefix):
        raise RuleBroken("prefix_not_plain", _("Open the form again; it was not whole."))
    if not label:
        raise RuleBroken("label_missing", _("Write what the key is for."), field="label")
    chosen = [scope.value for scope in Scope if scope in scopes]
    if not chosen or len(chosen) < len(scopes):
        raise RuleBroken(
            "scope_missing", _("Choose at least one thing that the key may read."), field="scopes"
        )
    if Scope.TOTALS in chosen and kind != UnitKind.MINISTRY:
        raise RuleBroken(
            "totals_not_here",
            _("Totals over departments are for keys of a ministry."),
            field="scopes",
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise RuleBroken("lasts_too_long", _("A key lasts at most one year."), field="days")
    return chosen


def require_few(valid: int) -> None:
    """Refuse ``too_many_keys`` to a department or ministry that has so many valid ones."""
    if valid >= MOST_KEYS:
        raise RuleBroken(
            "too_many_keys",
            _("There are %(most)s valid keys already. End one that nobody needs any more."),
            most=MOST_KEYS,
        )


def require_period(first: date, last: date) -> None:
    """Refuse ``wrong_order`` and ``too_long`` (more than a leap year)."""
    if last < first:
        raise RuleBroken("wrong_order", _("The last day must not be before the first."), field="to")
    if (last - first).days >= MOST_DAYS:
        raise RuleBroken(
            "too_long", _("At most %(most)s days at once."), field="to", most=MOST_DAYS
        )


def is_whole_month(first: date, last: date) -> bool:
    """Whether these are the first and the last day of one month."""
    is_one = (first.year, first.month) == (last.year, last.month)
    return first.day == 1 and is_one and last.day == monthrange(last.year, last.month)[1]
