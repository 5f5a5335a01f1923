"""What people do with keys: make one, end it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.api.keys import hash_of, new_token
from registration.api.letters import tell_keepers
from registration.api.models import ApiKey
from registration.api.rules import require_few, require_key
from registration.common.errors import RuleBroken
from registration.units.choices import UnitKind
from registration.units.models import Unit


@transaction.atomic
def make_key(
    unit: Unit,
    *,
    prefix: str,
    label: str,
    scopes: Collection[str],
    days: int,
    is_outside: bool,
    staff: Staff,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key for a department or ministry; the second value is its text, kept nowhere.

    The ``prefix`` comes with the form, so that pressing twice makes one key: the second press is
    refused (``key_made_already``). A ministry's key is always outside the departments. Refuses
    what ``require_key`` and ``require_few`` refuse. The unit's other keepers are told by e-mail.
    """
    chosen = require_key(kind=unit.kind, prefix=prefix, scopes=scopes, days=days, label=label)
    # Whoever makes another one waits; whoever writes what belongs to the unit does not.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    others = ApiKey.objects.filter(unit=unit).exclude(prefix=prefix)
    require_few(others.filter(ended_at__isnull=True, expires_at__gt=now).count())
    token = new_token(prefix)
    key, is_new = ApiKey.objects.get_or_create(
        prefix=prefix,
        defaults={
            "unit": unit,
            "label": label,
            "key_hash": hash_of(token),
            "scopes": ";".join(chosen),
            "is_outside": is_outside or unit.kind == UnitKind.MINISTRY,
            "made_by": staff,
            "made_at": now,
            "expires_at": now + timedelta(days=days),
        },
    )
    if not is_new:
        raise RuleBroken(
            "key_made_already",
            _("This key has been made already. It was shown once and cannot be shown again."),
        )
    tell_keepers(key, has_ended=False, actor=staff, now=now)
    return key, token


@transaction.atomic
def end_key(key: ApiKey, *, staff: Staff, now: datetime) -> bool:
    """Let a key open nothing from now on; False if somebody ended it before.

    The unit's other keepers are told by e-mail.
    """
    valid = ApiKey.objects.filter(pk=key.pk, ended_at__isnull=True)
    if not valid.update(ended_at=now, ended_by=staff):
        return False
    tell_keepers(key, has_ended=True, actor=staff, now=now)
    return True
