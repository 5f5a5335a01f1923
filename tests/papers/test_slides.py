import time
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from pptx import Presentation

from registration.papers.slides import build_slides
from tests.papers.daily_figures import adana_day, quang_ninh_day


def month(figures: dict[str, Any]) -> dict[str, Any]:
    days = [
        {
            "day": f"2026-11-{day:02}",
            "received": day if day != 15 else 0,
            "confirmed": day // 2 if day != 15 else 0,
            "is_told": day != 15,
            "has_summary": day != 15,
        }
        for day in range(1, 31)
    ]
    return figures | {
        "first": "2026-11-01",
        "last": "2026-11-30",
        "days": days,
        "missing": ["2026-11-15"],
        "told_until": "2026-11-30",
        "provisional": None,
    }


def until(period: dict[str, Any], last: int) -> dict[str, Any]:
    """The same month while it runs, told until that day of it."""
    untold = {"received": 0, "confirmed": 0, "is_told": False, "has_summary": False}
    return period | {
        "days": [*period["days"][:last], *(day | untold for day in period["days"][last:])],
        "missing": [],
        "told_until": f"2026-11-{last:02}" if last else "2026-10-31",
        "provisional": quang_ninh_day() | {"provisional": {"number": 0}},
    }


def quiet(period: dict[str, Any]) -> dict[str, Any]:
    """The same month without anything that came in."""
    tables = {key: [] for key in period if key.startswith("by_")}
    counts = dict.fromkeys(period["counts"], 0)
    return period | tables | {"counts": counts, "adjustments": []}


def slides_of(period: dict[str, Any]) -> list[Any]:
    return list(Presentation(BytesIO(build_slides(period))).slides)


def told_on(slide: Any) -> list[str]:
    return [text for shape in slide.shapes for text in texts_of(shape)]


def texts_of(shape: Any) -> list[str]:
    if shape.has_text_frame:
        return [shape.text_frame.text]
    if shape.has_table:
        return [cell.text for row in shape.table.rows for cell in row.cells]
    return []


@pytest.mark.parametrize("figures", [quang_ninh_day, adana_day])
def test_slides_hold_the_figures_in_tables_and_native_charts(figures: Any) -> None:
    period = month(figures())

    deck = Presentation(BytesIO(build_slides(period)))

    slides = list(deck.slides)
    assert all(slide.shapes.title.text_frame.text for slide in slides)
    heads = [text for shape in slides[1].shapes for text in texts_of(shape)]
    for key, number in period["counts"].items():
        if number and key != "ml":
            assert str(number) in heads
    charts = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    assert list(charts[0].chart.plots[0].series[0].values) == [
        *range(1, 15),
        None,
        *range(16, 31),
    ]
    for frame in [s for slide in slides for s in slide.shapes if s.has_chart or s.has_table]:
        assert frame._element.nvGraphicFramePr.cNvPr.get("descr")
    runs = [
        run
        for slide in slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]
    tag = {"vi": "vi-VN", "tr": "tr-TR"}[period["language"]]
    assert {run._r.rPr.get("lang") for run in runs} == {tag}


def test_a_running_month_says_so_and_draws_no_zero_for_days_to_come() -> None:
    slides = slides_of(until(month(quang_ninh_day()), 9))

    (chart,) = [shape for shape in slides[2].shapes if shape.has_chart]
    for series in chart.chart.plots[0].series:
        assert [value is None for value in series.values] == [False] * 9 + [True] * 21
    description = chart._element.nvGraphicFramePr.cNvPr.get("descr")
    assert description.count(";") == 8
    with translation.override("vi"):
        line = _("The month is not over: told until %(day)s.") % {"day": "9/11/2026"}
    for slide in (slides[0], slides[-1]):
        assert line in "\n".join(told_on(slide)).splitlines()


def test_a_month_of_which_no_day_is_told_has_no_chart_of_its_days() -> None:
    period = until(month(quang_ninh_day()), 0)

    slides = slides_of(quiet(period))

    with translation.override("vi"):
        line, days, nothing = (
            _("The month is not over: no day is told yet."),
            _("Day by day"),
            _("Nothing to report"),
        )
    assert line in "\n".join(told_on(slides[0])).splitlines()
    assert days not in [slide.shapes.title.text_frame.text for slide in slides]
    # That nothing is told yet is not that there was nothing.
    assert nothing not in slides[1].shapes.title.text_frame.text


@pytest.mark.parametrize("last", ["told", "missing", "in the next month's first summary"])
def test_a_month_that_is_over_does_not_say_that_it_goes_on(last: str) -> None:
    period = month(quang_ninh_day())
    if last != "told":
        period = until(period, 29) | {"provisional": None}
    if last == "missing":
        period["missing"] = ["2026-11-30"]

    slides = slides_of(period)

    with translation.override("vi"):
        opening = _("The month is not over: told until %(day)s.").partition("%")[0]
    assert opening not in "".join(text for slide in slides for text in told_on(slide))


@pytest.mark.parametrize(
    ("figures", "words"), [(quang_ninh_day, "Không phát sinh"), (adana_day, "Bildirim yok")]
)
def test_a_month_in_which_nothing_came_in_says_so_in_the_words_of_the_letter(
    figures: Any, words: str
) -> None:
    busy = month(figures())

    titles = [slides_of(period)[1].shapes.title.text_frame.text for period in (busy, quiet(busy))]

    assert [title.endswith(f": {words}") for title in titles] == [False, True]


def test_the_same_month_gives_the_same_bytes() -> None:
    first = build_slides(month(quang_ninh_day()))
    # The clock of a zip goes in steps of two seconds.
    time.sleep(2.1)

    assert build_slides(month(quang_ninh_day())) == first


def test_a_hidden_figure_is_no_bar_and_no_zero() -> None:
    period = month(quang_ninh_day())
    period["by_unit"][0] |= {"received": None, "confirmed": None, "hidden": True}
    period["edition"] = "shared"

    deck = Presentation(BytesIO(build_slides(period)))

    slide = next(
        s
        for s in deck.slides
        if any(sh.has_chart for sh in s.shapes)
        and any("Bãi Cháy" in text for sh in s.shapes for text in texts_of(sh))
    )
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert period["by_unit"][0]["name"] not in list(chart.plots[0].categories)
    assert None not in list(chart.plots[0].series[0].values)
