"""The letter of the day as a PDF: an official draft whose number, date and signature are blank."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.folding import upper
from registration.common.typeset import typeset
from registration.papers import labels
from registration.papers.grids import MOST_BARS, Grid, bars_of, chart_told, heads_of, text_of
from registration.papers.sections import grids_of, trend_of
from registration.units.letterhead import area_of, turkish_head, vietnamese_head

# An official letter is in the language of its state, whatever the department reads its screens in.
LETTERS = {"VN": ("letter_vn.typ", "vi"), "TR": ("letter_tr.typ", "tr")}
# More corrections than these are a matter of the annex.
MOST_TOLD = 3
# The workbook draws every table; paper only those that are read as a picture.
DRAWN = {"by_unit", "targets"}


def build_letter(figures: dict[str, Any], *, sha256: str) -> bytes:
    """Return the PDF letter of frozen ``figures``; ``sha256`` is the hash of their canonical JSON.

    Vietnam: a report laid out as Decree 30/2020/NĐ-CP, Annex I. Turkey: a letter laid out as the
    correspondence regulation of 10 June 2020 (31151). The steward (``reporting_unit``) writes to
    the department. A department without a steward compiles its own figures: in Vietnam for its
    leaders, in Turkey as a letter upward to the Ministry, which is who asks directorates.

    The same figures give the same bytes. Figures whose breakdowns hold more than their head
    figures, and jurisdictions without a letter, raise ``ValueError``.
    """
    if figures["jurisdiction"] not in LETTERS:
        raise ValueError(f"There is no letter for {figures['jurisdiction']}.")
    template, language = LETTERS[figures["jurisdiction"]]
    with translation.override(language):
        data = _letter_data(figures, language, sha256)
    return typeset(f"papers/typst/{template}", data=data, made_at=_moment(figures["taken_at"]))


def _letter_data(figures: dict[str, Any], language: str, sha256: str) -> dict[str, Any]:
    words = _words_vn(figures) if language == "vi" else _words_tr(figures)
    return {
        **words,
        "language": language,
        "unit": (figures["reporting_unit"] or figures["department"])["name"],
        "department": figures["department"]["name"],
        "has_steward": figures["reporting_unit"] is not None,
        "has_blood": labels.has_blood(figures),
        "is_blood_quiet": not any(figures["counts"].get(key, 0) for key in labels.BLOOD_KEYS),
        "notes": _notes(figures, language),
        "window": _window_words(figures, language),
        "counts": figures["counts"],
        "cumulative": figures["cumulative"],
        "quiet": labels.is_quiet(figures),
        "banners": labels.banner_line(figures),
        "rows": _count_rows(figures, language),
        "adjustments": _told(labels.adjustment_rows(figures, language)),
        "earlier": _told(labels.earlier_rows(figures, language)),
        "tables": [_table(grid, language) for grid in grids_of(figures)],
        "trend": _trend(figures, language),
        "annex": _annex_words(),
        "provenance": _provenance(figures, language, sha256),
    }


def _notes(figures: dict[str, Any], language: str) -> dict[str, str]:
    """What must be seen before any figure is read; empty where it does not hold."""
    return {
        "demo": labels.demo_note() if figures["holds_demo"] else "",
        "mark": labels.provisional_mark(figures),
        "provisional": labels.provisional_line(figures, language),
        "days": labels.days_line(figures, language),
        "edition": labels.edition_note(figures),
    }


def _count_rows(figures: dict[str, Any], language: str) -> list[list[str]]:
    return [
        [row["label"], labels.shown(row["day"], language), labels.shown(row["total"], language)]
        for row in labels.count_rows(figures)
    ]


def _told(rows: list[labels.AdjustmentRow]) -> dict[str, Any]:
    """The lines that a sentence can hold; where there are more, their number: the annex has all."""
    return {"number": len(rows), "rows": rows if len(rows) <= MOST_TOLD else []}


def _table(grid: Grid, language: str) -> dict[str, Any]:
    kinds = [column.kind for column in grid.columns]
    lines = [*grid.lines, *([grid.total] if grid.total else [])]
    cells = [
        [line.label, *(text_of(*pair, language) for pair in zip(line.cells, kinds, strict=True))]
        for line in lines
    ]
    bars = bars_of(grid, language) if grid.key in DRAWN else []
    return {
        "title": grid.title,
        "heads": heads_of(grid),
        "kinds": kinds,
        "rows": cells[: len(grid.lines)],
        "total": cells[-1] if grid.total else [],
        "is_empty": grid.is_empty,
        "note": grid.note,
        "bars": [{"label": bar.label, "value": bar.value, "text": bar.text} for bar in bars],
        "alt": chart_told(grid.title, [(bar.label, bar.text) for bar in bars]),
        "is_cut": len(bars) == MOST_BARS < len(grid.lines),
    }


def _words_vn(figures: dict[str, Any]) -> dict[str, Any]:
    department, unit = figures["department"]["name"], figures["reporting_unit"]
    province, day = figures["province"], _day(figures)
    head = vietnamese_head(
        department,
        province=province["name"],
        province_code=province["code"],
        day=day,
        unit=unit["name"] if unit else "",
        kind="BC",
    )
    _place, _comma, written_on = head["place_and_date"].partition(", ")
    return {
        "head": head,
        "addressee": department if unit else f"Lãnh đạo {department}",
        "area": area_of(department, province=province["name"]),
        "annex_date": written_on,
    }


def _words_tr(figures: dict[str, Any]) -> dict[str, Any]:
    unit, province = figures["reporting_unit"], figures["province"]["name"]
    to_province = (f"{upper(province, 'tr')} VALİLİĞİNE", "(İl Sağlık Müdürlüğü)")
    to_ministry = ("SAĞLIK BAKANLIĞINA", "(Sağlık Hizmetleri Genel Müdürlüğü)")
    return {
        "head": turkish_head(province, day=_day(figures), unit=unit["name"] if unit else ""),
        "province": province,
        "addressee": to_province if unit else to_ministry,
    }


def _window_words(figures: dict[str, Any], language: str) -> dict[str, str]:
    zone = ZoneInfo(figures["zone"])
    window = figures["window"]
    starts = _moment(window["starts_at"]).astimezone(zone)
    ends = _moment(window["ends_at"]).astimezone(zone)
    due = _moment(window["due_at"]).astimezone(zone)
    return {
        **_day_words(figures, language),
        "starts_day": dates.short_date(starts.date(), language),
        "starts_clock": dates.clock_time(starts, language),
        "ends_day": dates.short_date(ends.date(), language),
        "ends_clock": dates.clock_time(ends, language),
        "due_clock": dates.clock_time(due, language),
    }


def _day_words(figures: dict[str, Any], language: str) -> dict[str, str]:
    """The day in subject and title; from which to which, where several are counted together."""
    title = labels.day_title(figures, language)
    first, _dash, last = title.partition("–")
    if not last:
        return {"day": title, "day_long": dates.long_date(_day(figures), language)}
    return {
        "day": title,
        "day_long": f"từ ngày {first} đến ngày {last}" if language == "vi" else title,
    }


def _trend(figures: dict[str, Any], language: str) -> dict[str, Any]:
    grid = trend_of(figures, language)
    cells = [[text_of(cell, "number", language) for cell in line.cells] for line in grid.lines]
    # Under a column there is room for day and month.
    days = [line.label[: -len("/2026")] for line in grid.lines]
    numbers = [[cell if isinstance(cell, int) else 0 for cell in line.cells] for line in grid.lines]
    heads = heads_of(grid)
    told = [(day, " / ".join(each)) for day, each in zip(days, cells, strict=True)]
    return {
        "title": grid.title,
        "heads": heads,
        "rows": [
            {
                "label": day,
                "cells": [line.label, *each],
                "received": received,
                "confirmed": confirmed,
            }
            for line, day, each, (received, confirmed) in zip(
                grid.lines, days, cells, numbers, strict=True
            )
        ],
        "alt": chart_told(f"{grid.title} ({' / '.join(heads[1:])})", told),
    }


def _annex_words() -> dict[str, str]:
    return {
        "figure": _("Figure"),
        "day": _("On the day"),
        "cumulative": _("Cumulative"),
        # Translators: the head of the column that numbers the rows of a table.
        "row": _("No."),
        "nothing": _("Nothing to report"),
        "cut": _("The chart shows the first rows of the table."),
    }


def _provenance(figures: dict[str, Any], language: str, sha256: str) -> list[dict[str, str]]:
    taken = dates.date_time(_moment(figures["taken_at"]), language, zone=figures["zone"])
    rows = [(_("Figures taken at"), taken), (_("SHA-256 of the figures"), sha256)]
    if not figures.get("provisional"):
        previous = figures["previous_sha256"] or _("None: this is the first summary.")
        rows = [
            (_("Number of the summary"), str(figures["serial"])),
            *rows,
            (_("SHA-256 of the previous summary"), previous),
        ]
    return [{"label": label, "value": value} for label, value in rows]


def _day(figures: dict[str, Any]) -> date:
    return date.fromisoformat(figures["window"]["day"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
