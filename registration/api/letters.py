"""What the others who keep a unit's keys are told by e-mail: one person makes and ends them."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.api.listed import row_of
from registration.api.models import ApiKey
from registration.deliveries.fence import keepers_of
from registration.outbox.services import queue_email


def tell_keepers(key: ApiKey, *, has_ended: bool, actor: Staff, now: datetime) -> None:
    """That a key was made or ended, what it reads and until when; not to the one who just did it.

    Never holds the key's text.
    """
    for staff in keepers_of(key.unit, right=Right.KEEP_KEYS):
        if staff == actor or not staff.email:
            continue
        with translation.override(staff.language):
            context = {
                "row": row_of(key, staff.language, now=now),
                "actor": actor.shown_name,
                "url": settings.BASE_URL + reverse("keys:list"),
            }
        queue_email(
            "api/key_ended" if has_ended else "api/key_made",
            to=staff.email,
            language=staff.language,
            context=context,
            dedupe_key=f"api-key:{key.pk}:{'ended' if has_ended else 'made'}:{staff.pk}",
            now=now,
            limit=None,
        )
