"""Somebody asks about their data."""

from typing import Any
from uuid import uuid4

from registration.rights.asked import Asked
from registration.rights.choices import RequestKind
from registration.rights.models import DataRequest
from registration.rights.services import file_request
from tests.pledges.registering import NOW


def ask(reference: Any, kind: RequestKind = RequestKind.ERASE, **changes: Any) -> DataRequest:
    asked = {"full_name": "Nguyễn Thị Diễm", "email": "diem@example.org", **changes}
    return file_request(
        Asked(kind=kind, **asked),
        province=reference.quang_ninh,
        language="vi",
        form_key=uuid4().hex,
        now=NOW,
    )
