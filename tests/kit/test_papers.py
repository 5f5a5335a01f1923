import io
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from registration.banners.snippets import scanned_address_of
from registration.kit import papers
from registration.kit.choices import Paper


@pytest.mark.parametrize(("paper", "millimetres"), [(Paper.A4, (210, 297)), (Paper.A3, (297, 420))])
def test_poster_is_one_tagged_page_of_its_size_in_the_placements_language(
    reference: SimpleNamespace, paper: Paper, millimetres: tuple[int, int]
) -> None:
    placement = reference.placement

    made = PdfReader(io.BytesIO(papers.poster(placement, paper)))

    (page,) = made.pages
    size = tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:])
    assert size == millimetres
    assert made.root_object["/MarkInfo"]["/Marked"]
    assert made.root_object["/Lang"].startswith("vi")
    words = " ".join(page.extract_text().split())
    for expected in ("Đăng ký hiến tặng mô, tạng", "Bệnh viện Bãi Cháy", placement.code):
        assert expected in words
    assert "Sở Y tế Quảng Ninh" in words


def test_poster_of_the_longest_words_is_still_one_page(reference: SimpleNamespace) -> None:
    reference.hospital.name_vi = "Bệnh viện Nghiêng " * 8
    reference.banner.headline_vi = "Nghiêng nghiêng " * 5
    reference.banner.call_vi = "Đăng ký ngay hôm nay, ngay bây giờ, nhé!"
    placement = reference.placement
    placement.unit, placement.banner = reference.hospital, reference.banner

    made = PdfReader(io.BytesIO(papers.poster(placement, Paper.A4)))

    assert len(made.pages) == 1


def test_qr_code_is_a_picture_of_whole_modules_with_its_quiet_zone(
    reference: SimpleNamespace,
) -> None:
    import segno
    from PIL import Image

    picture = Image.open(io.BytesIO(papers.qr_png(reference.placement))).convert("1")

    code = segno.make(scanned_address_of(reference.placement), error="q", micro=False)
    modules = [[bool(dark) for dark in row] for row in code.matrix_iter(border=4)]
    seen = [
        [
            not picture.getpixel((x * papers.MODULE + 5, y * papers.MODULE + 5))
            for x in range(len(modules))
        ]
        for y in range(len(modules))
    ]
    assert seen == modules
