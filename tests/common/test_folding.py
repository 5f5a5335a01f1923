"""Letters of Turkish and Vietnamese."""

import unicodedata

import pytest

from registration.common.errors import RuleBroken
from registration.common.folding import (
    canonical_email,
    clean_name,
    clean_text,
    fold,
    lower,
    upper,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("İSTANBUL Işık", "istanbul isik"),
        ("ısparta Isparta İsparta isparta", "isparta isparta isparta isparta"),
        ("Nguyễn Thị Hằng", "nguyen thi hang"),
        ("Đà Nẵng", "da nang"),
        ("Thanh Hóa", "thanh hoa"),
        ("Thanh Hoá", "thanh hoa"),
        ("  Quảng\u00a0 Ninh\n", "quang ninh"),
        (unicodedata.normalize("NFD", "Ağrı Đắk Lắk"), "agri dak lak"),
        ("ŞANLIURFA", "sanliurfa"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["İSTANBUL Işık", "Đà Nẵng", "Thanh Hoá", "straße"])
def test_fold_twice_is_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_clean_text_composes_letters_and_joins_spaces() -> None:
    typed = unicodedata.normalize("NFD", "  Nguyễn \t Thị\nDiễm ")

    assert clean_text(typed) == "Nguyễn Thị Diễm"


@pytest.mark.parametrize(
    "letter",
    [
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\x00",
        "\x07",
        "\ue000",
        "\ud800",
    ],
    ids=["zwsp", "zwj", "rlo", "lri", "bom", "shy", "nul", "bell", "private", "surrogate"],
)
def test_clean_text_refuses_invisible_letters(letter: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        clean_text(f"Diễm{letter}Nguyễn")

    assert refusal.value.code == "invisible_letters"


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Diễm",
        "Işıl Şimşek",
        "İbrahim Çağlar",
        "Jean-Luc O'Neil",
        "Đặng Văn Ô",
        "Dr. Ayşe",
    ],
)
def test_clean_name_accepts_latin_letters(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["Иван Петров", "Αλέξης", "محمد", "王小明", "Ali2", "<b>Ali</b>", "Аli", "Ali😀", "Ali@x"],
    ids=["cyrillic", "greek", "arabic", "han", "digit", "markup", "lookalike", "emoji", "sign"],
)
def test_clean_name_refuses_other_letters(name: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        clean_name(name)

    assert refusal.value.code == "foreign_letters"


@pytest.mark.parametrize(
    ("text", "language", "capitals", "smalls"),
    [
        ("ışık i", "tr", "IŞIK İ", "ışık i"),
        ("İĞNE I", "tr", "İĞNE I", "iğne ı"),
        ("sở y tế quảng ninh", "vi", "SỞ Y TẾ QUẢNG NINH", "sở y tế quảng ninh"),
        ("istanbul", "en", "ISTANBUL", "istanbul"),
    ],
)
def test_capitals_and_small_letters(text: str, language: str, capitals: str, smalls: str) -> None:
    assert upper(text, language) == capitals
    assert lower(text, language) == smalls


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Diem@Example.ORG", "diem@example.org"),
        (" diem@example.org ", "diem@example.org"),
        ("diem@bücher.test", "diem@xn--bcher-kva.test"),
        ("ｄiem@example.org", "diem@example.org"),
    ],
    ids=["case", "spaces", "idna", "width"],
)
def test_canonical_email_of_one_mailbox(one: str, other: str) -> None:
    assert canonical_email(one) == canonical_email(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mıke@example.org", "mike@example.org"), ("a.b@example.org", "ab@example.org")],
    ids=["dotless i", "dots"],
)
def test_canonical_email_keeps_two_mailboxes_apart(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)
