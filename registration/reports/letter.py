"""The letter of the day as a PDF: an official draft whose number, date and signature are blank."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.folding import upper
from registration.common.typeset import typeset
from registration.reports import labels
from registration.units.letterhead import area_of, turkish_head, vietnamese_head

# An official letter is in the language of its state, whatever the department reads its screens in.
LETTERS = {"VN": ("letter_vn.typ", "vi"), "TR": ("letter_tr.typ", "tr")}


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
    return typeset(f"reports/typst/{template}", data=data, made_at=_moment(figures["taken_at"]))


def _letter_data(figures: dict[str, Any], language: str, sha256: str) -> dict[str, Any]:
    words = _words_vn(figures) if language == "vi" else _words_tr(figures)
    return {
        **words,
        "language": language,
        "unit": (figures["reporting_unit"] or figures["department"])["name"],
        "department": figures["department"]["name"],
        "has_steward": figures["reporting_unit"] is not None,
        "serial": figures["serial"],
        "demo": labels.demo_note() if figures["holds_demo"] else "",
        "window": _window_words(figures, language),
        "counts": figures["counts"],
        "cumulative": figures["cumulative"],
        "quiet": labels.is_quiet(figures),
        "banners": labels.banner_line(figures),
        "rows": labels.count_rows(figures),
        "adjustments": labels.adjustment_rows(figures, language),
        "heads": labels.short_heads(figures),
        "tables": labels.breakdowns(figures),
        "trend": _trend(figures, language),
        "annex": _annex_words(),
        "provenance": _provenance(figures, language, sha256),
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
        "day": dates.short_date(_day(figures), language),
        "day_long": dates.long_date(_day(figures), language),
        "starts_day": dates.short_date(starts.date(), language),
        "starts_clock": dates.clock_time(starts, language),
        "ends_day": dates.short_date(ends.date(), language),
        "ends_clock": dates.clock_time(ends, language),
        "due_clock": dates.clock_time(due, language),
    }


def _trend(figures: dict[str, Any], language: str) -> list[dict[str, Any]]:
    rows = []
    for row in figures["trend"]:
        day = date.fromisoformat(row["day"])
        full = dates.short_date(day, language)
        rows.append({**row, "day": full, "label": full[: -len(f"/{day.year}")]})
    return rows


def _annex_words() -> dict[str, str]:
    return {
        "figure": _("Figure"),
        "day": _("On the day"),
        "cumulative": _("Cumulative"),
        # Translators: the head of the column that numbers the rows of a table.
        "row": _("No."),
        "total": _("Total"),
        "nothing": _("Nothing to report"),
        "adjustments": _("Corrections of earlier days"),
        "concerned": _("Day concerned"),
        "change": _("Change"),
        "trend": _("The last 14 days"),
        "date": _("Date"),
        "confirmed": _("Confirmed"),
        "provenance": _("Origin of the figures"),
    }


def _provenance(figures: dict[str, Any], language: str, sha256: str) -> list[dict[str, str]]:
    taken = dates.date_time(_moment(figures["taken_at"]), language, zone=figures["zone"])
    return [
        {"label": _("Number of the summary"), "value": str(figures["serial"])},
        {"label": _("Figures taken at"), "value": taken},
        {"label": _("SHA-256 of the figures"), "value": sha256},
        {
            "label": _("SHA-256 of the previous summary"),
            "value": figures["previous_sha256"] or _("None: this is the first summary."),
        },
    ]


def _day(figures: dict[str, Any]) -> date:
    return date.fromisoformat(figures["window"]["day"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
