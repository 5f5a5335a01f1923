from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.safestring import SafeString

from registration.common.charts import Bar, TrendDay, bar_chart, trend_chart

SVG = "{http://www.w3.org/2000/svg}"
BARS = [Bar("Banner", 1200), Bar("Mã QR", 300), Bar("<script>", 0)]
DAYS = [TrendDay(date(2026, 11, day), day * 10, day * 5) for day in range(7, 21)]


def bars(rows: list[Bar], language: str = "vi") -> SafeString:
    return bar_chart(
        rows, chart_id="channels", title="Theo kênh", description="Banner dẫn.", language=language
    )


def trend(days: list[TrendDay], language: str = "vi") -> SafeString:
    return trend_chart(
        days,
        chart_id="trend",
        title="14 ngày",
        description="Tăng dần.",
        received_label="Đơn",
        confirmed_label="Xác nhận",
        language=language,
    )


def texts(svg: str, kind: str) -> list[str | None]:
    return [
        t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text") if t.get("class") == kind
    ]


def columns(svg: str, kind: str) -> list[ElementTree.Element]:
    return [
        r
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
        for r in group.iter(f"{SVG}rect")
        if r.get("class") == kind
    ]


def test_bar_chart_shows_each_name_and_value() -> None:
    svg = bars(BARS)

    assert texts(svg, "label") == ["Banner", "Mã QR", "<script>"]
    assert texts(svg, "value") == ["1.200", "300", "0"]
    assert [bar.get("width") for bar in columns(svg, "bar")] == ["80%", "20%", "0%"]


def test_bar_chart_is_named_for_readers_of_the_screen() -> None:
    root = ElementTree.fromstring(bars(BARS))

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "channels-title channels-desc"
    assert root.find(f"{SVG}title[@id='channels-title']").text == "Theo kênh"
    assert root.find(f"{SVG}desc[@id='channels-desc']").text == "Banner dẫn."


@pytest.mark.parametrize("svg", [bars(BARS), trend(DAYS)], ids=["bars", "trend"])
def test_charts_hold_no_style_and_no_script(svg: SafeString) -> None:
    root = ElementTree.fromstring(svg)

    assert isinstance(svg, SafeString)
    assert "<script" not in svg
    assert [
        e.attrib for e in root.iter() if any(k[:2] == "on" or k == "style" for k in e.attrib)
    ] == []


def test_bar_chart_without_rows_is_an_empty_frame() -> None:
    root = ElementTree.fromstring(bars([]))

    assert [child.tag for child in root] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_chart_measures_have_a_decimal_point_in_every_language(language: str) -> None:
    with translation.override(language):
        svg = trend(DAYS, language)

    assert [c.get("width") for c in columns(svg, "bar")] == ["2.57%"] * 14


def test_trend_chart_has_two_columns_a_day() -> None:
    svg = trend(DAYS)

    assert [c.get("height") for c in columns(svg, "bar")] == [
        str(round(160 * day / 20)) for day in range(7, 21)
    ]
    assert [c.get("height") for c in columns(svg, "bar-2")] == [
        str(round(80 * day / 20)) for day in range(7, 21)
    ]


def test_trend_chart_names_every_second_day_up_to_the_last() -> None:
    assert texts(trend(DAYS), "label") == [
        *("Đơn", "Xác nhận"),
        *("8/11", "10/11", "12/11", "14/11", "16/11", "18/11", "20/11"),
    ]


def test_trend_chart_says_the_highest_and_the_last_value() -> None:
    days = [TrendDay(day.day, 999 if day.day.day == 9 else 1, 0) for day in DAYS]

    assert texts(trend(days), "value") == ["999", "1"]


@pytest.mark.parametrize("days", [[], [TrendDay(date(2026, 11, 20), 0, 0)]], ids=["none", "zero"])
def test_trend_chart_of_nothing_is_drawn(days: list[TrendDay]) -> None:
    assert [c.get("height") for c in columns(trend(days), "bar")] == ["0"] * len(days)
