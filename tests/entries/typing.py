"""Typing at the desk, for the tests of this room."""

import re
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from registration.pledges.models import EntryBatch
from tests.intake.visits import TR_ANSWERS, form_key, vn_answers

SIGNED_ON = date(2026, 11, 18)
OPENED = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
HEADINGS = (
    "Họ và tên;Ngày sinh;Giới tính;Số CCCD;Ngày cấp;Nơi cấp;Điện thoại;Email;Nghề nghiệp;"
    "Phường/xã;Địa chỉ;Mô tạng;Giữ bí mật"
)


def batch_of(reference: Any, staff: Any, **changes: Any) -> EntryBatch:
    values = {
        "label": "Bãi Cháy, chiều",
        "province": reference.quang_ninh,
        "unit": reference.hospital,
        "channel": "paper",
        "signed_on": SIGNED_ON,
        "staff": staff,
        "opened_at": OPENED,
        **changes,
    }
    return EntryBatch.objects.create(**values)


def address(batch: EntryBatch, what: str = "") -> str:
    return f"/desk/entries/{batch.pk}/{what}"


def typed(reference: Any, **changes: Any) -> dict[str, Any]:
    told = {**vn_answers(reference), "language": "vi", "texts_agreed": "on", **changes}
    return {"form_key": form_key(), **told}


def typed_turkish(**changes: Any) -> dict[str, Any]:
    told = {**TR_ANSWERS, "language": "tr", "texts_agreed": "on", **changes}
    return {"form_key": form_key(), **told}


def errors_in(html: str) -> list[str]:
    summary = re.search(r'<div class="error-summary".*?</ul>', html, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]*)</a>", summary.group(0)) if summary else []


def row(number: int = 1, **changes: str) -> str:
    cells = {
        "name": f"Nguyễn Thị Diễm {'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
        "born": "27/3/1990",
        "sex": "Nữ",
        "id": f"022190{number:06}",
        "issued": "5/6/2021",
        "by": "Cục Cảnh sát",
        "phone": "0912 345 678",
        "email": "",
        "work": "Điều dưỡng",
        "place": "Phường Hạ Long",
        "street": "Số 7 Hải Thịnh",
        "organs": "Tất cả",
        "secret": "có",
        **changes,
    }
    return ";".join(cells.values())


def table(*rows: str) -> str:
    return "\r\n".join([HEADINGS, *rows])


def send_table(client: Client, batch: EntryBatch, text: str, action: str, **extra: Any) -> Any:
    data = {"form_key": form_key(), "text": text, "action": action, **extra}
    return client.post(address(batch, "sheet/"), data)
