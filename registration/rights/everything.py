"""Everything that is kept about a person who asked to learn it: on paper and for machines."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registration.accounts.choices import Role
from registration.common.dates import date_time, short_date
from registration.common.typeset import typeset
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.privacy.holders import export_person, export_registrations, holders
from registration.rights.labels import FIELDS, LEFT_TO_MACHINES, TABLES
from registration.rights.models import DataRequest
from registration.rights.reach import Reach, things_of
from registration.units.places import department_of

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def everything_json(request: DataRequest, pledge: Pledge, reach: Reach, *, now: datetime) -> bytes:
    """The whole export for machines. Opens the seals: log the view first."""
    content = {
        "exported_at": now,
        "reference": request.reference,
        "records": _records(pledge, reach),
    }
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def everything_paper(request: DataRequest, pledge: Pledge, reach: Reach, *, now: datetime) -> bytes:
    """The same as a PDF (PDF/UA-1) with readable tables, in the language of the request."""
    with translation.override(request.language):
        reader = _Reader(request)
        department = department_of(request.province)
        data = {
            "language": request.language,
            "region": request.jurisdiction_id,
            "demo": _("DEMONSTRATION DATA") if request.is_demo else "",
            "title": _("Everything that is kept about you"),
            "reference": request.reference,
            "department": department.name if department else request.province.name,
            "foot": _("Made on %(moment)s.") % {"moment": reader.moment(now)},
            "nothing": _("Nothing is kept here."),
            "sections": reader.sections(_records(pledge, reach)),
        }
    return typeset("rights/typst/everything.typ", data=data, made_at=now)


def _records(pledge: Pledge, reach: Reach) -> dict[str, Any]:
    if reach.is_whole:
        return export_person(pledge.person)
    return export_registrations(things_of(reach))


class _Reader:
    """Writes what is kept in words. Use it under the reader's language."""

    def __init__(self, request: DataRequest) -> None:
        self.language = request.language
        self.zone = request.jurisdiction.time_zone
        self.names: dict[str, Mapping[str, Any]] = {
            "organs": organs_offered(request.jurisdiction).names,
            "roles": dict(Role.choices),
            "language": dict(settings.LANGUAGES),
        }
        self.models = {kept.name: kept.model for each in holders() for kept in each.kept}

    def moment(self, moment: datetime) -> str:
        return date_time(moment, self.language, zone=self.zone)

    def sections(self, records: Mapping[str, Any]) -> list[dict[str, Any]]:
        """In the order of ``TABLES``: first the person, the long messages last."""
        return [
            {
                "title": str(title),
                "count": str(told) if isinstance(told, int) else "",
                "tables": [] if isinstance(told, int) else self._tables(name, told),
            }
            for name, title in TABLES.items()
            if (told := records.get(name)) is not None
        ]

    def _tables(self, name: str, rows: list[dict[str, Any]]) -> list[list[dict[str, str]]]:
        return [self._table(self.models[name], row) for row in rows]

    def _table(self, model: type[models.Model], row: Mapping[str, Any]) -> list[dict[str, str]]:
        written = [(name, self._value(model, name, row[name])) for name in row]
        return [
            {"label": str(FIELDS[name]), "value": value}
            for name, value in written
            if value and name not in LEFT_TO_MACHINES
        ]

    def _value(self, model: type[models.Model], name: str, value: Any) -> str:
        if value is None or value == "" or _is_id(value):
            return ""
        if isinstance(value, bool):
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        if names := self.names.get(name):
            return ", ".join(str(names.get(code, code)) for code in re.split("[;,]", value))
        return self._word(model._meta.get_field(name), value)

    def _word(self, field: Any, value: Any) -> str:
        if isinstance(field, models.DateTimeField):
            return self.moment(datetime.fromisoformat(value))
        if isinstance(value, str) and DAY.fullmatch(value):
            return short_date(date.fromisoformat(value), self.language)
        choices = dict(getattr(field, "flatchoices", []))
        return str(choices.get(value, value))


def _is_id(value: Any) -> bool:
    try:
        return len(str(value)) == 36 and bool(UUID(str(value)))
    except ValueError:
        return False
