from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader

from registration.common.dates import number
from registration.common.typeset import ROOT, typeset

PAGE = """
#import "/common/typst/base.typ": *
#show: document-base.with(lang: "vi", title: data.title)
#set page(paper: "a6")
#data.text
"""
ALPHABETS = [
    "abcçdefgğhıijklmnoöprsştuüvyz ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ",
    "aàảãáạ ăằẳẵắặ âầẩẫấậ eèẻẽéẹ êềểễếệ iìỉĩíị đ oòỏõóọ ôồổỗốộ ơờởỡớợ uùủũúụ ưừửữứự yỳỷỹýỵ",
    "AÀẢÃÁẠ ĂẰẲẴẮẶ ÂẦẨẪẤẬ EÈẺẼÉẸ ÊỀỂỄẾỆ IÌỈĨÍỊ Đ OÒỎÕÓỌ ÔỒỔỖỐỘ ƠỜỞỠỚỢ UÙỦŨÚỤ ƯỪỬỮỨỰ YỲỶỸÝỴ",
]


@pytest.fixture
def template() -> Iterator[Path]:
    """A template of one page among the real ones: templates lie below the root alone."""
    path = ROOT / "common" / "typst" / f"test_{uuid4().hex}.typ"
    path.write_text(PAGE, encoding="utf-8")
    yield path
    path.unlink()


def text_of(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("letters", ALPHABETS, ids=["tr", "vi", "VI"])
def test_typeset_keeps_every_letter_of_turkish_and_vietnamese(template: Path, letters: str) -> None:
    pdf = typeset(template, data={"title": "Chữ", "text": letters})

    assert text_of(pdf) == letters


def test_typeset_shows_typst_code_in_a_value_as_text(template: Path) -> None:
    code = '#eval("1+1") #read("/etc/passwd") *x* $a^2$ \\ // <label> @cite'

    pdf = typeset(template, data={"title": '#panic("t")', "text": code})

    assert text_of(pdf) == code
    assert PdfReader(BytesIO(pdf)).metadata == {
        "/Title": '#panic("t")',
        "/Creator": PdfReader(BytesIO(pdf)).metadata["/Creator"],
    }


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("a\u200bb\u202ec", "abc"),
        ("中 😀 ش", "? ? ?"),
        ("\x00x", "?x"),
    ],
    ids=["decomposed", "invisible", "no glyph", "control"],
)
def test_typeset_never_fails_for_a_letter(template: Path, given: str, shown: str) -> None:
    pdf = typeset(template, data={"title": "T", "text": given})

    assert text_of(pdf) == shown


def test_typeset_makes_a_tagged_pdf_with_language_and_title(template: Path) -> None:
    pdf = typeset(template, data={"title": "Báo cáo", "text": "Nội dung"})

    reader = PdfReader(BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert root["/Lang"] == "vi"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata.title == "Báo cáo"
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()


def test_typeset_embeds_our_fonts_only(template: Path) -> None:
    pdf = typeset(template, data={"title": "T", "text": "Ấn"})

    fonts = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    names = [font["/BaseFont"].partition("+")[2] for font in descendants]
    assert names == ["BeVietnamPro-Regular"]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in descendants)


def test_typeset_of_the_same_data_gives_the_same_bytes(template: Path) -> None:
    made_at = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    first = typeset(template, data={"title": "T", "text": "x", "n": 1}, made_at=made_at)

    second = typeset(template, data={"n": 1, "text": "x", "title": "T"}, made_at=made_at)

    assert first == second
    assert PdfReader(BytesIO(first)).metadata.creation_date == made_at


def test_typeset_without_a_moment_states_none(template: Path) -> None:
    pdf = typeset(template, data={"title": "T", "text": "x"})

    assert PdfReader(BytesIO(pdf)).metadata.creation_date is None


def test_typeset_makes_pictures_of_one_page(template: Path) -> None:
    data = {"title": "T", "text": "Cho đi là còn mãi"}

    assert typeset(template, data=data, format="png", ppi=72).startswith(b"\x89PNG")
    assert typeset(template, data=data, format="svg").startswith(b"<svg")


def test_typeset_refuses_a_picture_of_several_pages(template: Path) -> None:
    with pytest.raises(ValueError, match="A picture has one page"):
        typeset(template, data={"title": "T", "text": "chữ " * 2000}, format="png", ppi=20)


@pytest.mark.parametrize("template_path", ["../manage.py", "/etc/passwd"])
def test_typeset_refuses_a_template_outside_its_root(template_path: str) -> None:
    with pytest.raises(ValueError, match="A template lies below"):
        typeset(template_path, data={})


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
@pytest.mark.parametrize("value", [0, 7, 999, 1000, 12345, 1234567])
def test_base_number_is_written_as_python_writes_it(
    template: Path, language: str, value: int
) -> None:
    template.write_text(PAGE.replace("#data.text", "#number(data.value, lang: data.text)"))

    pdf = typeset(template, data={"title": "T", "text": language, "value": value})

    assert text_of(pdf) == number(value, language)
