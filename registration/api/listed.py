"""What the desk shows of keys, as plain values in the reader's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from registration.api.choices import KeyState, Scope
from registration.api.models import ApiKey
from registration.api.rules import state_of_key
from registration.common.dates import date_time

OVER = frozenset({KeyState.EXPIRED, KeyState.ENDED})


def rows_of(keys: Iterable[ApiKey], language: str, *, now: datetime) -> list[dict[str, Any]]:
    return [row_of(key, language, now=now) for key in keys]


def row_of(key: ApiKey, language: str, *, now: datetime) -> dict[str, Any]:
    """One key; ``is_over`` when it opens nothing any more."""
    zone = key.unit.jurisdiction.time_zone

    def told(moment: datetime | None) -> str:
        return date_time(moment, language, zone=zone) if moment else ""

    state = state_of_key(expires_at=key.expires_at, ended_at=key.ended_at, now=now)
    return {
        "key": key,
        "shown": f"dp_{key.prefix}_…",
        "unit": key.unit.name,
        "scopes": ", ".join(str(Scope(each).label) for each in key.scopes.split(";")),
        "edition": (
            _("Outside: small figures hidden") if key.is_outside else _("The department's own")
        ),
        "state": state.value,
        "state_label": state.label,
        "ends_soon": state == KeyState.ENDS_SOON,
        "days_left": max((key.expires_at - now).days, 0),
        "is_over": state in OVER,
        "made": told(key.made_at),
        "made_by": key.made_by.shown_name,
        "expires": told(key.expires_at),
        "last_used": told(key.last_used_at),
        "ended": told(key.ended_at),
        "ended_by": key.ended_by.shown_name if key.ended_by else "",
    }
