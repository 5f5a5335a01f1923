"""Somebody asks about their data."""

from typing import Any
from uuid import uuid4

from registration.rights.asked import Asked
from registration.rights.choices import RequestKind
from registration.rights.models import DataRequest, LegalClock
from registration.rights.services import file_request
from tests.pledges.registering import NOW


def clocks(reference: Any) -> None:
    """Two working days and twenty days in Vietnam, thirty in Turkey, as the shipped rows say."""
    for kind in RequestKind:
        LegalClock.objects.create(
            jurisdiction=reference.vn,
            kind=kind,
            answer_working_days=2,
            act_days=20,
            extension_days=20,
            source="Decree 356/2025/NĐ-CP",
        )
        LegalClock.objects.create(
            jurisdiction=reference.tr, kind=kind, act_days=30, source="Law 6698 art. 13"
        )


def ask(reference: Any, kind: RequestKind = RequestKind.ERASE, **changes: Any) -> DataRequest:
    asked = {"full_name": "Nguyễn Thị Diễm", "email": "diem@example.org", **changes}
    return file_request(
        Asked(kind=kind, **asked),
        province=reference.quang_ninh,
        language="vi",
        form_key=uuid4().hex,
        now=NOW,
    )
