"""The letter of the day as a PDF: an official draft whose number, date and signature are blank."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.folding import upper
from registration.common.typeset import typeset
from registration.reports import labels

# An official letter is in the language of its state, whatever the department reads its screens in.
LETTERS = {"VN": ("letter_vn.typ", "vi"), "TR": ("letter_tr.typ", "tr")}

# Place names that come from a person are written in full (Decree 30/2020/NĐ-CP, Annex I).
PLACES_IN_FULL = {"79": "Thành phố Hồ Chí Minh"}
BODY_VN = "Sở Y tế"
LEVEL_VN = re.compile(r" (?=(?:tỉnh|thành phố) )", re.IGNORECASE)


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
        "rows": labels.count_rows(figures),
        "adjustments": labels.adjustment_rows(figures, language),
        "heads": labels.short_heads(figures),
        "tables": labels.breakdowns(figures),
        "trend": _trend(figures, language),
        "annex": _annex_words(),
        "provenance": _provenance(figures, language, sha256),
    }


def _words_vn(figures: dict[str, Any]) -> dict[str, Any]:
    department = figures["department"]["name"]
    unit = figures["reporting_unit"]
    area = department.removeprefix(BODY_VN).strip() or figures["province"]["name"]
    place = PLACES_IN_FULL.get(figures["province"]["code"], figures["province"]["name"])
    if unit:
        above, body, addressee = department, unit["name"], department
    else:
        above, body, addressee = f"Ủy ban nhân dân {area}", BODY_VN, f"Lãnh đạo {department}"
    return {
        "above": upper(_keep_area_whole(above), "vi"),
        "body": upper(_keep_area_whole(body), "vi"),
        "addressee": addressee,
        "area": area,
        "number_code": f"BC-{_initials_vn(body)}",
        "place_and_date": dates.place_and_date(place, _day(figures)),
        "annex_date": dates.place_and_date(place, _day(figures)).removeprefix(f"{place}, "),
    }


def _keep_area_whole(name: str) -> str:
    """Let a long name break before ``tỉnh Quảng Ninh``, never inside it."""
    head, *area = LEVEL_VN.split(name, maxsplit=1)
    return " ".join([head, *(part.replace(" ", dates.NO_BREAK) for part in area)])


def _initials_vn(name: str) -> str:
    """BVĐK of ``Bệnh viện Đa khoa tỉnh Quảng Ninh``: the kind of body, without its area."""
    kind = LEVEL_VN.split(name, maxsplit=1)[0]
    return "".join(upper(word[0], "vi") for word in kind.split() if word[0].isalpha())


def _words_tr(figures: dict[str, Any]) -> dict[str, Any]:
    province = upper(figures["province"]["name"], "tr")
    to_province = (f"{province} VALİLİĞİNE", "(İl Sağlık Müdürlüğü)")
    to_ministry = ("SAĞLIK BAKANLIĞINA", "(Sağlık Hizmetleri Genel Müdürlüğü)")
    day = _day(figures)
    return {
        "governorship": f"{province} VALİLİĞİ",
        "province": figures["province"]["name"],
        "addressee": to_province if figures["reporting_unit"] else to_ministry,
        "blank_date": f"…/{day.month:02}/{day.year}",
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
