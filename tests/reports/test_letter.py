from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from registration.common.dates import number
from registration.reports import labels
from registration.reports.letter import build_letter
from tests.reports.daily_figures import adana_day, named, quang_ninh_day, quiet_day

SHA = "0123456789abcdef" * 4
A4 = (595, 842)


def read(figures: dict[str, Any]) -> PdfReader:
    return PdfReader(BytesIO(build_letter(figures, sha256=SHA)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def lines_of(page: Any) -> list[str]:
    return [" ".join(line.split()) for line in page.extract_text().splitlines() if line.strip()]


def between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0].strip()


def tags(reader: PdfReader) -> list[str]:
    """Every tag of the structure tree, in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(node["/S"])
            node = node.get("/K", [])
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, DictionaryObject):
            walk(node)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_vietnamese_letter_has_the_head_of_decree_30() -> None:
    lines = lines_of(read(quang_ninh_day()).pages[0])

    assert lines[:11] == [
        "SỞ Y TẾ TỈNH QUẢNG NINH",
        "BỆNH VIỆN ĐA KHOA",
        "TỈNH QUẢNG NINH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: /BC-BVĐK Quảng Ninh, ngày tháng 11 năm 2026",
        "BÁO CÁO",
        "Kết quả tiếp nhận đăng ký hiến mô, bộ phận cơ thể người",
        "trên địa bàn tỉnh Quảng Ninh ngày 20 tháng 11 năm 2026",
        "Kính gửi: Sở Y tế tỉnh Quảng Ninh",
        "Thực hiện nhiệm vụ quản lý, giám sát kênh tiếp nhận đăng ký và tổng hợp kết quả",
    ]


def test_vietnamese_letter_states_window_figures_and_law() -> None:
    text = text_of(read(quang_ninh_day()))

    assert between(text, "1. Thời gian tổng hợp", "2.") == (
        "Từ 16h15 ngày 19/11/2026 đến trước 16h15 ngày 20/11/2026 (giờ Việt Nam)."
    )
    assert between(text, "a) Trong kỳ báo cáo:", "b)") == (
        "tiếp nhận 300 đơn đăng ký; 214 đơn được người đăng ký xác nhận; "
        "31 thẻ đăng ký hiến được cấp."
    )
    assert between(text, "b) Lũy kế từ khi vận hành kênh đăng ký:", "được cấp.") == (
        "tiếp nhận 4.812 đơn đăng ký; 3.907 đơn được xác nhận; 2.104 thẻ đăng ký hiến"
    )
    assert between(text, "a) Số liệu nêu trên là số đơn đăng ký.", "b)") == (
        "Theo Điều 18 Luật Hiến, lấy, ghép mô, bộ phận cơ thể người và hiến, lấy xác số "
        "75/2006/QH11, việc đăng ký hiến có hiệu lực kể từ ngày người đăng ký được cấp thẻ."
    )


def test_vietnamese_letter_ends_with_its_mark_and_no_name() -> None:
    first_page = lines_of(read(quang_ninh_day()).pages[0])

    assert first_page[-4:] == [
        "Số liệu chi tiết tại Phụ lục kèm theo. Trân trọng báo cáo./.",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT.",
    ]


def test_vietnamese_letter_without_a_steward_is_the_departments_own() -> None:
    figures = {**quang_ninh_day(), "reporting_unit": None}

    lines = lines_of(read(figures).pages[0])

    assert lines[:3] == ["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NINH", "SỞ Y TẾ"]
    assert lines[5] == "Số: /BC-SYT Quảng Ninh, ngày tháng 11 năm 2026"
    assert lines[9] == "Kính gửi: Lãnh đạo Sở Y tế tỉnh Quảng Ninh"


def test_letter_of_a_city_named_for_a_person_names_its_place_in_full() -> None:
    figures = quang_ninh_day()
    figures["department"]["name"] = "Sở Y tế Thành phố Hồ Chí Minh"
    figures["province"] = {"code": "79", "name": "Hồ Chí Minh"}
    figures["reporting_unit"] = None

    lines = lines_of(read(figures).pages[0])

    assert lines[:3] == ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ HỒ CHÍ MINH", "SỞ Y TẾ"]
    assert lines[5] == "Số: /BC-SYT Thành phố Hồ Chí Minh, ngày tháng 11 năm 2026"


def test_turkish_letter_has_its_head_and_addressee() -> None:
    lines = lines_of(read(adana_day()).pages[0])

    assert lines[:8] == [
        "T.C.",
        "ADANA VALİLİĞİ",
        "İl Sağlık Müdürlüğü",
        "Adana Şehir Eğitim ve Araştırma Hastanesi",
        "Sayı : …/11/2026",
        "Konu : Organ ve Doku Bağışı Niyet Kayıtları Günlük Özeti (20.11.2026)",
        "ADANA VALİLİĞİNE",
        "(İl Sağlık Müdürlüğü)",
    ]


def test_turkish_letter_speaks_of_intents_and_reports_upward() -> None:
    text = text_of(read(adana_day()))

    assert between(text, "(İl Sağlık Müdürlüğü) Organ", "sunulmuştur.") == (
        "ve doku bağışı portalında Adana ilinden alınan niyet kayıtlarının, 19.11.2026 tarihi "
        "saat 16.15 ile 20.11.2026 tarihi saat 16.15 arasındaki döneme (bitiş anı hariç) ait "
        "günlük özeti aşağıda"
    )
    assert between(text, "Dönem içinde 12", "doğrulanmıştır.") == (
        "niyet kaydı alınmış, 9 niyet kaydı sahibince"
    )
    assert between(text, "Bu sayılar", "Bağış beyanı,") == (
        "bağış beyanını değil, portala bildirilen niyetleri gösterir."
    )
    assert between(text, "ekte yer almaktadır.", "Ek:") == "Bilgilerinize arz ederim."
    assert between(text, "Ek: Günlük Özet Tabloları", "Ek ") == "(2 sayfa)"
    assert "kayıtlı bağışçı" not in text.lower()


def test_turkish_letter_without_a_steward_goes_to_the_ministry() -> None:
    lines = lines_of(read({**adana_day(), "reporting_unit": None}).pages[0])

    assert lines[3:7] == [
        "Sayı : …/11/2026",
        "Konu : Organ ve Doku Bağışı Niyet Kayıtları Günlük Özeti (20.11.2026)",
        "SAĞLIK BAKANLIĞINA",
        "(Sağlık Hizmetleri Genel Müdürlüğü)",
    ]


def test_turkish_head_has_the_turkish_capital_i() -> None:
    figures = adana_day()
    figures["province"] = {"code": "35", "name": "İzmir"}

    lines = lines_of(read(figures).pages[0])

    assert (lines[1], lines[6]) == ("İZMİR VALİLİĞİ", "İZMİR VALİLİĞİNE")


@pytest.mark.parametrize(
    ("figures", "start", "end", "said"),
    [
        (quang_ninh_day(), "a) Trong kỳ báo cáo:", "b)", "không phát sinh."),
        (adana_day(), "aşağıda sunulmuştur.", "dönem için", "Söz konusu"),
    ],
    ids=["vi", "tr"],
)
def test_a_quiet_day_says_so(figures: dict[str, Any], start: str, end: str, said: str) -> None:
    text = text_of(read(quiet_day(figures)))

    assert between(text, start, end) == said


def test_a_quiet_day_in_turkish_has_the_offices_words() -> None:
    text = text_of(read(quiet_day(adana_day())))

    assert between(text, "Söz konusu dönem için ", ".") == "bildirim yoktur"


def test_a_day_with_cards_only_says_that_no_application_came() -> None:
    figures = quiet_day(quang_ninh_day())
    figures["counts"] = {**figures["counts"], "card_issued": 2}

    text = text_of(read(figures))

    assert between(text, "a) Trong kỳ báo cáo:", "b)") == (
        "không phát sinh đơn đăng ký mới; các nội dung khác tại bảng dưới đây."
    )


@pytest.mark.parametrize(
    ("figures", "language"), [(quang_ninh_day(), "vi"), (adana_day(), "tr")], ids=["vi", "tr"]
)
def test_annex_shows_every_row_of_every_table(figures: dict[str, Any], language: str) -> None:
    with translation.override(language):
        tables = labels.breakdowns(figures)
        head_rows = labels.count_rows(figures)
    expected = [
        f"{row['label']} {number(row['received'], language)} {number(row['confirmed'], language)}"
        for table in tables
        for row in [*table["rows"], *([table["total"]] if table["total"] else [])]
    ]

    reader = read(figures)

    shown = [line for page in reader.pages for line in lines_of(page)]
    assert [row for row in expected if row not in shown] == []
    assert [
        row["label"]
        for i, row in enumerate(head_rows, 1)
        if f"{i} {row['label']} {number(row['day'], language)} {number(row['total'], language)}"
        not in shown
    ] == []


def test_annex_shows_cells_under_five() -> None:
    shown = [line for page in read(quang_ninh_day()).pages for line in lines_of(page)]

    assert [line for line in shown if line.startswith("Trung tâm Y tế than")] == [
        "Trung tâm Y tế than Mạo Khê 4 3"
    ]


def test_annex_counts_its_own_pages() -> None:
    vietnamese = [lines_of(page)[0] for page in read(quang_ninh_day()).pages]
    turkish = [lines_of(page)[-1] for page in read(adana_day()).pages]

    assert vietnamese == ["SỞ Y TẾ TỈNH QUẢNG NINH", "Phụ lục", "2"]
    assert turkish == ["Ek: Günlük Özet Tabloları (2 sayfa)", "1/2", "2/2"]


def test_annex_ends_with_serial_moment_and_hashes() -> None:
    lines = lines_of(read(quang_ninh_day()).pages[-1])[-4:]

    assert [line.rpartition(": ")[2] for line in lines] == [
        "12",
        "16h15 ngày 20/11/2026",
        SHA,
        "b" * 64,
    ]


@pytest.mark.parametrize("day", [quang_ninh_day, adana_day], ids=["vi", "tr"])
def test_demonstration_data_is_marked_on_letter_and_annex(day: Any) -> None:
    marked = read({**day(), "holds_demo": True})
    plain = read(day())
    with translation.override("vi" if day is quang_ninh_day else "tr"):
        words = labels.demo_note()

    assert [lines_of(page).count(words) for page in marked.pages][:2] == [1, 1]
    assert [lines_of(page).count(words) for page in plain.pages][:2] == [0, 0]


@pytest.mark.parametrize(
    ("figures", "language"), [(quang_ninh_day(), "vi-VN"), (adana_day(), "tr-TR")], ids=["vi", "tr"]
)
def test_letter_is_a_tagged_a4_pdf_in_its_language(figures: dict[str, Any], language: str) -> None:
    reader = read(figures)

    root = reader.trailer["/Root"]
    found = tags(reader)
    assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in reader.pages} == {A4}
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    assert (found.count("/H1"), found.count("/Table")) == (2, 8)
    assert found.count("/TH") == 4 + 7 * 3
    assert reader.metadata.creation_date == datetime.fromisoformat(figures["taken_at"]).astimezone(
        UTC
    )


def test_letter_embeds_tinos_and_nothing_else() -> None:
    fonts = {
        font.get_object()["/DescendantFonts"][0].get_object()["/BaseFont"].partition("+")[2]: (
            "/FontFile2" in font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        )
        for page in read(quang_ninh_day()).pages
        for font in page["/Resources"]["/Font"].values()
    }

    assert fonts == {
        "Tinos-Regular": True,
        "Tinos-Bold": True,
        "Tinos-Italic": True,
        "Tinos-BoldItalic": True,
    }


@pytest.mark.parametrize("day", [quang_ninh_day, adana_day], ids=["vi", "tr"])
def test_the_same_figures_give_the_same_letter(day: Any) -> None:
    figures = day()
    before = deepcopy(figures)

    first, second = (build_letter(figures, sha256=SHA) for _ in range(2))

    assert first == second
    assert figures == before


def test_the_readers_language_does_not_touch_the_letter() -> None:
    with translation.override("tr"):
        first = build_letter(quang_ninh_day(), sha256=SHA)
    with translation.override("en"):
        second = build_letter({**quang_ninh_day(), "language": "en"}, sha256=SHA)

    assert first == second


def test_names_with_code_or_odd_letters_are_shown_as_text() -> None:
    figures = quang_ninh_day()
    figures["by_unit"][0]["name"] = '#panic("x") *Bệnh viện* $1$ 😀'

    lines = [line for page in read(figures).pages for line in lines_of(page)]

    assert [line for line in lines if "panic" in line] == ['#panic("x") *Bệnh viện* $1$ ? 88 64']


def test_many_units_flow_over_pages_under_a_repeated_head() -> None:
    figures = quang_ninh_day()
    figures["by_unit"] = [named(str(i), f"Trạm Y tế số {i}", 3, 2) for i in range(1, 101)]

    reader = read(figures)

    shown = [line for page in reader.pages for line in lines_of(page)]
    assert [line for line in shown if line.startswith("Trạm Y tế số ")] == [
        f"Trạm Y tế số {i} 3 2" for i in range(1, 101)
    ]
    assert len(reader.pages) == 5


@pytest.mark.parametrize("key", ["by_channel", "by_unit", "by_sex", "by_age_band"])
def test_a_table_that_holds_more_than_the_day_is_refused(key: str) -> None:
    figures = quang_ninh_day()
    figures[key][0]["received"] += 301

    with pytest.raises(ValueError, match=f"The rows of {key} hold more than the day's figures"):
        build_letter(figures, sha256=SHA)


def test_a_jurisdiction_without_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no letter for DE"):
        build_letter({**quang_ninh_day(), "jurisdiction": "DE"}, sha256=SHA)
