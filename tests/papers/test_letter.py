from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from registration.common.dates import number
from registration.papers import grids, labels
from registration.papers.letter import build_letter
from registration.papers.sections import grids_of
from tests.papers.daily_figures import (
    adana_day,
    merged_day,
    named,
    provisional_day,
    quang_ninh_day,
    quiet_day,
    shared_day,
    version_3,
)

SHA = "0123456789abcdef" * 4
A4 = (595, 842)
# Their causes take two lines, which a reader of the page finds apart.
WITH_LONG_CELLS = {"adjustments", "earlier"}


def read(figures: dict[str, Any]) -> PdfReader:
    return PdfReader(BytesIO(build_letter(figures, sha256=SHA)))


def text_of_letter(figures: dict[str, Any]) -> str:
    return text_of(read(figures))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def lines_of_all(reader: PdfReader) -> list[str]:
    return [line for page in reader.pages for line in lines_of(page)]


def lines_of(page: Any) -> list[str]:
    return [" ".join(line.split()) for line in page.extract_text().splitlines() if line.strip()]


def between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0].strip()


def tags(reader: PdfReader) -> list[str]:
    """Every tag of the structure tree, in reading order."""
    return [node["/S"] for node in tagged(reader)]


def tagged(reader: PdfReader) -> list[DictionaryObject]:
    """Every element of the structure tree, in reading order."""
    found: list[DictionaryObject] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(node)
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
        "Kết quả tiếp nhận đăng ký hiến mô, bộ phận cơ thể người và hiến máu",
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
    last_page = lines_of(read(quang_ninh_day()).pages[1])

    assert last_page[-4:] == [
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
        tables = [table for table in grids_of(figures) if table.key not in WITH_LONG_CELLS]
        head_rows = labels.count_rows(figures)
    expected = [
        " ".join(
            [
                line.label,
                *(
                    grids.text_of(cell, column.kind, language)
                    for column, cell in zip(table.columns, line.cells, strict=True)
                ),
            ]
        )
        for table in tables
        for line in [*table.lines, *([table.total] if table.total else [])]
    ]

    shown = lines_of_all(read(figures))

    # A long cell goes on in the next line: its table is read as one text.
    assert [row for row in expected if row not in shown and row not in " ".join(shown)] == []
    assert [
        row["label"]
        for i, row in enumerate(head_rows, 1)
        if f"{i} {row['label']} {number(row['day'], language)} {number(row['total'], language)}"
        not in shown
    ] == []


def test_the_departments_own_annex_shows_cells_under_five() -> None:
    assert "Trung tâm Y tế than Mạo Khê 4 3" in lines_of_all(read(quang_ninh_day()))


def test_annex_counts_its_own_pages() -> None:
    vietnamese = [lines_of(page)[0] for page in read(quang_ninh_day()).pages]
    turkish = [lines_of(page)[-1] for page in read(adana_day()).pages]

    assert vietnamese[:4] == ["SỞ Y TẾ TỈNH QUẢNG NINH", "2", "Phụ lục", "2"]
    assert turkish == ["Ek: Günlük Özet Tabloları (2 sayfa)", "1/2", "2/2"]


def test_annex_ends_with_serial_moment_and_hashes() -> None:
    lines = lines_of(read(quang_ninh_day()).pages[-1])[-4:]

    assert [line.rpartition(": ")[2] for line in lines] == [
        "12",
        "16h15 ngày 20/11/2026",
        SHA,
        "b" * 64,
    ]


def test_blood_is_told_in_people_units_and_millilitres() -> None:
    text = text_of_letter(quang_ninh_day())

    assert between(text, "c) Hiến máu tình nguyện trong kỳ:", "d)") == (
        "61 người đến hiến máu; tiếp nhận 52 đơn vị máu, tổng thể tích 18.050 ml; tạm hoãn 9 người."
    )


def test_turkish_blood_is_told_in_people_units_and_millilitres() -> None:
    figures = adana_day()
    figures["counts"].update(booked=6, arrived=5, given=4, deferred=1, ml=1800)
    figures["cumulative"].update(arrived=5, given=4, deferred=1, ml=1800)

    text = text_of_letter(figures)

    assert between(text, "Kan bağışı için", "ertelenmiştir.") == (
        "5 kişi gelmiş; 4 ünite, toplam 1.800 ml kan alınmış; 1 kişinin bağışı"
    )


def test_a_department_without_blood_reads_nothing_of_it() -> None:
    assert "kan" not in text_of_letter(adana_day()).lower().split()


def test_corrections_and_what_concerns_earlier_days_are_told_apart() -> None:
    with translation.override("vi"):
        ml = labels.count_label(quang_ninh_day(), "ml")

    text = text_of_letter(quang_ninh_day())

    assert between(text, "d) Điều chỉnh số liệu các ngày trước", "e)") == (
        "(đã tính vào số lũy kế): ngày 17/11/2026: Đơn đăng ký tiếp nhận −3; "
        f"ngày 18/11/2026: {ml} −350."
    )
    assert between(text, "e) Trong số liệu trong kỳ,", "TT") == (
        "liên quan đến các ngày trước: ngày 16/11/2026: Đơn đăng ký tiếp nhận 7; "
        "ngày 12/11/2026: Đơn hủy đăng ký 1."
    )


def test_many_corrections_are_left_to_the_annex() -> None:
    figures = quang_ninh_day()
    figures["adjustments"] *= 2

    text = text_of_letter(figures)

    assert between(text, "(đã tính vào số lũy kế):", ".") == "4 nội dung, chi tiết tại Phụ lục"


@pytest.mark.parametrize("day", [quang_ninh_day, adana_day], ids=["vi", "tr"])
def test_a_provisional_copy_says_so_on_every_page(day: Any) -> None:
    figures = provisional_day(day())
    language = figures["language"]
    with translation.override(language):
        mark = labels.provisional_mark(figures)
        line = labels.provisional_line(figures, language)

    reader = read(figures)

    assert [mark in page.extract_text() for page in reader.pages] == [True] * len(reader.pages)
    assert text_of(reader).count(line) == 2
    assert "b" * 64 not in text_of(reader)


def test_a_letter_of_several_days_names_the_first_and_the_last() -> None:
    figures = merged_day(quang_ninh_day())
    with translation.override("vi"):
        words = labels.days_line(figures, "vi")

    text = text_of_letter(figures)

    assert between(text, "tỉnh Quảng Ninh từ", "Kính gửi") == "ngày 18/11/2026 đến ngày 20/11/2026"
    assert between(text, "(giờ Việt Nam).", "2. Kết quả") == words
    assert [part in words for part in ("18/11/2026", "20/11/2026", "Ngày lễ")] == [True] * 3


def test_hidden_figures_are_words_and_totals_stay() -> None:
    figures = shared_day(quang_ninh_day())
    with translation.override("vi"):
        hidden, note = labels.hidden(), labels.edition_note(figures)

    reader = read(figures)

    lines = lines_of_all(reader)
    at = lines.index(f"Xã Tiên Yên {hidden} {hidden}")
    assert lines[at + 1 : at + 3] == [f"Đặc khu Cô Tô {hidden} {hidden}", "Tổng cộng 300 214"]
    assert text_of(reader).count(note) == 2
    assert "None" not in text_of(reader)


@pytest.mark.parametrize(
    ("day", "total"),
    [(quang_ninh_day, "Tổng cộng 300 214"), (adana_day, "Toplam 12 9")],
    ids=["vi", "tr"],
)
def test_a_report_of_an_earlier_version_is_still_shown(day: Any, total: str) -> None:
    shown = lines_of_all(read(version_3(day())))

    assert shown.count(total) == 4
    assert {"máu", "kan", "ml"} & set(" ".join(shown).lower().split()) == set()


def test_each_chart_is_told_in_words() -> None:
    figures = [node for node in tagged(read(quang_ninh_day())) if node["/S"] == "/Figure"]

    units, organs, blood, trend = (str(node["/Alt"]) for node in figures)
    assert units.endswith(
        "Bệnh viện Đa khoa tỉnh Quảng Ninh: 88; Bệnh viện Bãi Cháy: 61; "
        "Bệnh viện Việt Nam - Thụy Điển Uông Bí: 57; Bệnh viện Sản Nhi Quảng Ninh: 41; "
        "Trung tâm Y tế than Mạo Khê: 4; Trung tâm Kiểm soát bệnh tật tỉnh Quảng Ninh: 29; "
        "Không nêu: 20."
    )
    assert organs.endswith("Bệnh viện Bãi Cháy: 69%; Bệnh viện Đa khoa tỉnh Quảng Ninh: 101%.")
    assert blood.endswith(
        "Trung tâm Y tế Cô Tô: 0%; Bệnh viện Bãi Cháy: 71%; Bệnh viện Đa khoa tỉnh Quảng Ninh: 75%."
    )
    assert (trend.count(" / "), trend.endswith("; 20/11: 300 / 214.")) == (15, True)


@pytest.mark.parametrize("day", [quang_ninh_day, adana_day], ids=["vi", "tr"])
def test_demonstration_data_is_marked_on_letter_and_annex(day: Any) -> None:
    marked = read({**day(), "holds_demo": True})
    plain = read(day())
    with translation.override("vi" if day is quang_ninh_day else "tr"):
        words = labels.demo_note()

    assert lines_of(marked.pages[0]).count(words) == 1
    assert lines_of_all(marked).count(words) == 2
    assert lines_of_all(plain).count(words) == 0


@pytest.mark.parametrize(
    ("figures", "language", "tables"),
    [(quang_ninh_day(), "vi-VN", 21), (adana_day(), "tr-TR", 9)],
    ids=["vi", "tr"],
)
def test_letter_is_a_tagged_a4_pdf_in_its_language(
    figures: dict[str, Any], language: str, tables: int
) -> None:
    reader = read(figures)

    root = reader.trailer["/Root"]
    found = tags(reader)
    assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in reader.pages} == {A4}
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    assert (found.count("/H1"), found.count("/Table")) == (2, tables)
    assert found.count("/TH") >= 4 + (tables - 1) * 2
    assert reader.metadata.title
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

    lines = lines_of_all(read(figures))

    assert [line for line in lines if "panic" in line] == [
        '#panic("x") *Bệnh viện* $1$ ? 88',
        '#panic("x") *Bệnh viện* $1$ ? 88 64',
    ]


def test_many_communes_flow_over_pages_under_a_repeated_head() -> None:
    figures = quang_ninh_day()
    figures["by_locality"] = [named(str(i), f"Phường số {i}", 1, 1) for i in range(1, 201)]
    with translation.override("vi"):
        head = translation.gettext("Commune or district")

    pages = [lines_of(page) for page in read(figures).pages]

    rows = [[line for line in page if line.startswith("Phường số ")] for page in pages]
    assert [line for page in rows for line in page] == [f"Phường số {i} 1 1" for i in range(1, 201)]
    holding = [page for page, found in zip(pages, rows, strict=True) if found]
    assert len(holding) > 3
    # The page number, then the head of the table.
    assert {page[1].startswith(head) for page in holding[1:]} == {True}


@pytest.mark.parametrize("key", ["by_channel", "by_unit", "by_sex", "by_age_band"])
def test_a_table_that_holds_more_than_the_day_is_refused(key: str) -> None:
    figures = quang_ninh_day()
    figures[key][0]["received"] += 301

    with pytest.raises(ValueError, match=f"The rows of {key} hold more than the day's figures"):
        build_letter(figures, sha256=SHA)


def test_a_jurisdiction_without_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no letter for DE"):
        build_letter({**quang_ninh_day(), "jurisdiction": "DE"}, sha256=SHA)
