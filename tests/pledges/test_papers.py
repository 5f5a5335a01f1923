"""The official form as a PDF to sign: its text, its marks, its tags, and long values."""

import csv
import itertools
import re
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from registration.accounts.models import Staff
from registration.pledges.choices import StepKind
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge
from registration.pledges.papers import application_form
from registration.pledges.services import confirm_pledge
from registration.pledges.steps import take_step
from registration.units.models import Organ, OrganOffer
from tests import factories
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

ORGANS = Path(__file__).resolve().parents[2] / "registration/units/data/organs_tissues.csv"
# ``pdftotext -bbox`` measures in points on A4; the margins of the form leave this much on the left.
A4_WIDTH, LEFT, RIGHT = 595.3, 79.0, 51.0


def text_of(content: bytes, *options: str) -> str:
    """The text as a reader of the PDF gets it, lines kept."""
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", *options, "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def form_of(pledge: Pledge) -> bytes:
    return application_form(with_origin().get(pk=pledge.pk))


def lines_of(content: bytes) -> list[str]:
    text = text_of(content, "-layout")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def marks_in(content: bytes, names: list[str]) -> set[str]:
    """The organs whose box holds an X."""
    listed = text_of(content, "-layout").partition("Danh mục mô, bộ phận hiến")[2]
    listed = listed.partition("…")[0]
    by_length = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    found = re.findall(rf"(X )?({by_length})(?=\s{{2}}|\s*$)", listed, flags=re.MULTILINE)
    assert sorted(name for _mark, name in found) == sorted(names)
    return {name for mark, name in found if mark}


@pytest.fixture
def every_organ(reference: Any) -> dict[str, str]:
    """The real list of Vietnam in place of the two of the other tests: code and name."""
    OrganOffer.objects.all().delete()
    offered = {}
    with ORGANS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["vn_offer"] == "1":
                offered[row["code"]] = row["name_vi"]
                organ, _made = Organ.objects.update_or_create(
                    code=row["code"],
                    defaults={
                        "kind": row["kind"],
                        "sort": row["sort"],
                        "name_vi": row["name_vi"],
                        "name_en": row["name_en"],
                    },
                )
                OrganOffer.objects.create(jurisdiction=reference.vn, organ=organ, is_offered=True)
    return offered


def test_form_holds_the_official_fields_in_their_order(reference: Any) -> None:
    told = answers(reference, occupation="Giáo viên", old_district="thành phố Hạ Long")

    lines = lines_of(form_of(register(reference, told)))

    assert lines[:15] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ĐƠN ĐĂNG KÝ TỰ NGUYỆN HIẾN MÔ,",
        "BỘ PHẬN CƠ THỂ NGƯỜI SAU KHI CHẾT",
        "Kính gửi:",
        "Tên tôi là: Nguyễn Thị Diễm",
        "Ngày, tháng, năm sinh: 27/3/1990 Giới tính: Nữ",
        "Điện thoại: +84 912 345 678",
        "Địa chỉ thường trú: Số 7 Hải Thịnh, Phường Hạ Long, Quảng Ninh (địa chỉ cũ:",
        "thành phố Hạ Long)",
        "Địa chỉ nhận thẻ: Số 7 Hải Thịnh, Hạ Long",
        "Nghề nghiệp: Giáo viên",
        "Nơi công tác (nếu có):",
        "CCCD/CMND/Hộ chiếu số: 022190123456 Ngày cấp: 5/6/2021",
        "Nơi cấp: Cục Cảnh sát",
    ]


def test_form_ends_with_room_for_place_date_and_signature(reference: Any) -> None:
    pledge = register(reference)

    lines = lines_of(form_of(pledge))

    assert lines[-4:] == [
        "…………………, ngày …… tháng …… năm ………",
        "NGƯỜI VIẾT ĐƠN",
        "(Ký, ghi rõ họ tên)",
        f"Mã đơn: {pledge.reference}. Việc đăng ký có hiệu lực kể từ ngày được cấp thẻ "
        "(Luật 75/2006/QH11, Điều 18).",
    ]


def test_form_is_vietnamese_whatever_the_readers_language(reference: Any) -> None:
    pledge = register(reference, answers(reference, language="en"))
    with translation.override("tr"):
        in_turkish = form_of(pledge)

    with translation.override("vi"):
        assert form_of(pledge) == in_turkish


def test_form_is_a_tagged_document_on_one_page_of_a4(reference: Any) -> None:
    reader = PdfReader(BytesIO(form_of(register(reference))))

    root = reader.trailer["/Root"]
    box = reader.pages[0].mediabox
    assert len(reader.pages) == 1
    assert (round(box.width), round(box.height)) == (595, 842)
    assert root["/Lang"] == "vi-VN"
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == (
        "Đơn đăng ký tự nguyện hiến mô, bộ phận cơ thể người sau khi chết"
    )


@pytest.mark.parametrize("chosen", [(), ("kidney",), ("cornea",), ("cornea", "kidney")])
def test_each_choice_of_two_is_ticked_as_stored(reference: Any, chosen: tuple[str, ...]) -> None:
    names = {"kidney": "Thận", "cornea": "Giác mạc"}
    pledge = register(reference, answers(reference, organs=chosen))

    assert marks_in(form_of(pledge), list(names.values())) == {names[code] for code in chosen}


def test_every_organ_of_the_list_is_ticked_alone_and_left_out_alone(
    reference: Any, every_organ: dict[str, str]
) -> None:
    pledge = register(reference)
    codes = sorted(every_organ)

    for code, is_alone in itertools.product(codes, (True, False)):
        pledge.organs = ";".join(c for c in codes if (c == code) is is_alone)
        pledge.save(update_fields=["organs"])
        expected = {name for c, name in every_organ.items() if (c == code) is is_alone}
        assert marks_in(form_of(pledge), list(every_organ.values())) == expected, code


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (True, "X giữ bí mật không giữ bí mật"),
        (False, "giữ bí mật X không giữ bí mật"),
        (None, "giữ bí mật không giữ bí mật"),
    ],
)
def test_wish_about_identity_is_ticked(reference: Any, wish: bool | None, line: str) -> None:
    told = replace(answers(reference), keeps_identity_secret=wish)

    lines = lines_of(form_of(register(reference, told)))

    assert f"Tôi đề nghị: {line} danh tính của tôi với người nhận." in lines


def test_longest_values_stay_within_the_margins(
    reference: Any, every_organ: dict[str, str]
) -> None:
    told = answers(
        reference,
        organs=tuple(every_organ),
        full_name=("Nguyễn Hoàng Đặng Thị Diễm " * 4)[:80] + "Ễ" * 20,
        permanent_address=("Số 123456 đường Nguyễn Thị Minh Khai " * 6)[:200],
        card_address="Đ" * 250,
        occupation="W" * 100,
        workplace="Bệnh viện Đa khoa tỉnh Quảng Ninh, " * 4,
        identity_issued_by="Cục Cảnh sát quản lý hành chính về trật tự xã hội " * 2,
    )

    content = form_of(register(reference, told))

    words = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)"', text_of(content, "-bbox"))
    assert min(float(left) for left, _right in words) >= LEFT
    assert max(float(right) for _left, right in words) <= A4_WIDTH - RIGHT + 1
    text = text_of(content, "-raw").replace("\u200b", "")
    assert "".join(text.split()).count("Đ" * 250) == 1
    assert "…………………, ngày" in text
    assert len(PdfReader(BytesIO(content)).pages) == 2


def test_form_is_addressed_to_the_receiver_it_was_passed_to(reference: Any, steward: Staff) -> None:
    centre = factories.UnitFactory(
        code="vnhot", kind="coordination_centre", name_vi="Trung tâm Điều phối quốc gia"
    )
    type(centre).objects.filter(pk=centre.pk).update(province=None)
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    before = lines_of(form_of(pledge))[4]

    take_step(
        pledge,
        StepKind.PASSED_ON,
        staff=steward,
        unit=reference.hospital,
        happened_on=date(2026, 11, 20),
        now=NOW,
    )

    assert before == "Kính gửi: Trung tâm Điều phối quốc gia"
    assert lines_of(form_of(pledge))[4] == "Kính gửi: Bệnh viện Bãi Cháy"


def test_form_of_a_demo_says_that_it_is_one(reference: Any) -> None:
    pledge = register(reference, is_demo=True)

    assert "DỮ LIỆU MINH HỌA, KHÔNG CÓ GIÁ TRỊ" in lines_of(form_of(pledge))


def test_turkey_has_no_form_to_print(reference: Any) -> None:
    pledge = register(reference, turkish(reference))

    with pytest.raises(ValueError, match="There is no paper form for TR"):
        application_form(pledge)
