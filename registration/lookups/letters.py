"""The alarm of this room: many look-ups that found nobody."""

from datetime import datetime

from django.utils import translation

from registration.accounts.choices import Role
from registration.accounts.models import Staff
from registration.common.dates import short_date
from registration.lookups.models import LookUp
from registration.outbox.services import queue_email
from registration.units.models import Unit


def report_misses(row: LookUp, *, department: Unit, now: datetime) -> None:
    """Tell the department and every administrator who looks up in vain; once a day for each."""
    zone = department.jurisdiction.zone
    day = now.astimezone(zone).date()
    readers = [(f"u{department.pk}", department.email, department.language)]
    administrators = Staff.objects.filter(roles__role=Role.ADMINISTRATOR, is_active=True)
    for staff in administrators.exclude(email="").order_by("pk"):
        readers.append((f"s{staff.pk}", staff.email, staff.language))
    for reader, address, language in readers:
        if not address:
            continue
        with translation.override(language):
            context = {
                "name": row.staff.get_full_name() or row.staff.username,
                "username": row.staff.username,
                "unit": row.unit.name,
                "day": short_date(day, language),
                "serial": row.serial,
            }
        queue_email(
            "lookups/misses",
            to=address,
            language=language,
            context=context,
            dedupe_key=f"lookups/misses:{row.staff_id}:{day}:{reader}",
            now=now,
            limit=None,
        )
