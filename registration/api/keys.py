"""Keys: how they read, how one is found again, what its holder may read.

A key reads ``dp_<prefix>_<secret>`` with 256 random bits. Only a keyed hash of it is stored, and
looked up by the hash: how long that takes says nothing of any key.
"""

import secrets
from datetime import datetime

from django.db.models import Q, QuerySet

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.api.models import ApiKey
from registration.api.rules import HOLDERS, NOTE_EVERY, is_token
from registration.common.sealing import lookup_hash
from registration.units.choices import UnitKind
from registration.units.models import Unit

PREFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def new_prefix() -> str:
    return "".join(secrets.choice(PREFIX_LETTERS) for _number in range(8))


def new_token(prefix: str) -> str:
    return f"dp_{prefix}_{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> str:
    return lookup_hash(token, purpose="api-key")


def find_key(token: str) -> ApiKey | None:
    """The key that was given out under this text, ended or not; one query."""
    if not is_token(token):
        return None
    found = ApiKey.objects.select_related(
        "unit__jurisdiction", "unit__province", "unit__parent", "made_by"
    )
    return found.filter(key_hash=hash_of(token)).first()


def has_keeper(key: ApiKey) -> bool:
    """Whether whoever made it still keeps the unit's keys: who left reads no small figures.

    As ``units_kept_by``, with one query on each request.
    """
    maker = key.made_by
    is_theirs = maker.unit_id == key.unit_id or maker.may(Right.SEE_ALL_REPORTS)
    return is_theirs and maker.may(Right.KEEP_KEYS)


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Note that the key is in use; written at most once an hour."""
    if key.last_used_at is None or now - key.last_used_at >= NOTE_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def departments_of(key: ApiKey) -> QuerySet[Unit]:
    """The departments that a key reads: the fence of every route."""
    departments = Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related(
        "jurisdiction", "province"
    )
    if key.unit.kind == UnitKind.MINISTRY:
        return departments.filter(jurisdiction=key.unit.jurisdiction_id)
    return departments.filter(pk=key.unit_id)


def units_kept_by(staff: Staff) -> QuerySet[Unit]:
    """The departments and ministries whose keys this person keeps: one's own, or all."""
    if not staff.may(Right.KEEP_KEYS):
        return Unit.objects.none()
    holders = Unit.objects.filter(kind__in=HOLDERS).select_related("jurisdiction")
    if staff.may(Right.SEE_ALL_REPORTS):
        # A department without report hours has nothing that could be read.
        has_figures = Q(kind=UnitKind.MINISTRY) | Q(report_hours__isnull=False)
        return holders.filter(has_figures | Q(api_keys__isnull=False)).distinct()
    return holders.filter(pk=staff.unit_id) if staff.unit_id else holders.none()
