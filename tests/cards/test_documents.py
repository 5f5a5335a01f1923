"""The card and the acknowledgement as their owner gets them."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from registration.cards import documents
from registration.cards.documents import acknowledgement_pdf, card_pdf, card_png, check_address
from registration.units.models import Organ, OrganOffer
from tests.cards.issuing import confirmed, issued
from tests.pledges.registering import answers, turkish

MILLIMETRE = 72 / 25.4


def pages(pdf: bytes) -> list[Any]:
    return list(PdfReader(BytesIO(pdf)).pages)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pages(pdf)).split())


def many_organs(reference: Any) -> tuple[str, ...]:
    codes = tuple(f"organ{number}" for number in range(7))
    for sort, code in enumerate(codes):
        organ = Organ.objects.create(code=code, kind="organ", sort=sort, name_vi=f"Mô {code}")
        OrganOffer.objects.create(jurisdiction=reference.vn, organ=organ, is_offered=True)
    return codes


def test_card_has_two_sides_of_card_size_and_is_accessible(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    pdf = card_pdf(card, sheet=False)

    sizes = [[round(float(side) / MILLIMETRE, 1) for side in p.mediabox[2:]] for p in pages(pdf)]
    assert sizes == [[85.6, 54.0]] * 2
    text = words(pdf)
    for word in ("Nguyễn Thị Diễm", "27/3/1990", "QN-000 123", "20/11/2026", "Thận"):
        assert word in text
    assert "022190123456" not in text
    root = PdfReader(BytesIO(pdf)).trailer["/Root"]
    assert (root["/Lang"][:2], root["/MarkInfo"]["/Marked"]) == ("vi", True)
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert card_pdf(card, sheet=False) == pdf


def test_sheet_is_one_page_of_a4_with_every_organ(reference: Any, steward: Any) -> None:
    codes = many_organs(reference)
    card = issued(reference, steward, answers(reference, organs=codes))

    (page,) = pages(card_pdf(card, sheet=True))

    assert [round(float(side) / MILLIMETRE) for side in page.mediabox[2:]] == [210, 297]
    text = " ".join(page.extract_text().split())
    assert [f"Mô {code}" in text for code in codes] == [True] * 7


def test_card_names_six_organs_and_counts_more(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = many_organs(reference)
    monkeypatch.setattr(documents, "typeset", lambda *args, data, **rest: data)
    told = answers(reference, organs=codes[:6], language="en")
    six = card_pdf(issued(reference, steward, told), sheet=False)
    told = answers(
        reference,
        organs=codes,
        language="en",
        identity_number="022190123457",
        email="b@example.org",
    )
    seven = card_pdf(issued(reference, steward, told, number="QN 8"), sheet=False)

    assert six["organs"] == ", ".join(f"Mô {code}" for code in codes[:6])
    assert seven["organs"] == (
        "7 organs and tissues of the list of 20/11/2026; their names are in the record."
    )


def test_code_leads_to_the_check_and_picture_is_one(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    assert check_address(card) == f"http://testserver/c/{card.code}/"
    assert card_png(card)[:4] == b"\x89PNG"


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_longest_names_stay_on_one_card(reference: Any, steward: Any, language: str) -> None:
    steward.unit.name_vi = steward.unit.name_tr = steward.unit.name_en = ("Bệnh viện Đa khoa " * 9)[
        :150
    ]
    steward.unit.save()
    told = answers(reference, full_name=("Nghiêng Ngửa " * 8)[:100].strip(), language=language)

    pdf = card_pdf(issued(reference, steward, told, number="Q" * 30), sheet=False)

    assert len(pages(pdf)) == 2
    assert "Q" * 30 in words(pdf)


def test_acknowledgement_is_no_card(reference: Any) -> None:
    for told in (answers(reference, language="en"), turkish(reference, language="en")):
        pledge = confirmed(reference, told)

        (page,) = pages(acknowledgement_pdf(pledge))

        text = " ".join(page.extract_text().split())
        assert "Acknowledgement – not a donor card" in text
        assert pledge.jurisdiction.legal_weight in text
        assert pledge.reference in text
        assert not page.images
        assert round(float(page.mediabox[2]) / MILLIMETRE) == 210
