"""Heads of official letters, as each state lays them out; drawn by ``common/typst/heads.typ``."""

import re
from datetime import date

from registration.common import dates
from registration.common.folding import upper

# Place names that come from a person are written in full (Decree 30/2020/NĐ-CP, Annex I).
PLACES_IN_FULL = {"79": "Thành phố Hồ Chí Minh"}
BODY_VN = "Sở Y tế"
LEVEL_VN = re.compile(r" (?=(?:tỉnh|thành phố) )", re.IGNORECASE)


def vietnamese_head(
    department: str, *, province: str, province_code: str, day: date, unit: str = "", kind: str = ""
) -> dict[str, str]:
    """The two bodies, number and place of a letter (Decree 30/2020/NĐ-CP, Annex I).

    ``unit`` writes under the department; without one the department does, under the province's
    People's Committee. ``kind`` is the short sign of what it is, BC for a report; a plain letter
    has none, but the sign of whoever drafts it. The clerk writes that, the number and the day.
    """
    area = area_of(department, province=province)
    above, body = (department, unit) if unit else (f"Ủy ban nhân dân {area}", BODY_VN)
    return {
        "above": upper(_keep_area_whole(above), "vi"),
        "body": upper(_keep_area_whole(body), "vi"),
        "number_code": f"{kind}-{_initials(body)}" if kind else f"{_initials(body)}-…",
        "place_and_date": dates.place_and_date(PLACES_IN_FULL.get(province_code, province), day),
    }


def area_of(department: str, *, province: str) -> str:
    """``tỉnh Quảng Ninh`` of ``Sở Y tế tỉnh Quảng Ninh``."""
    return department.removeprefix(BODY_VN).strip() or province


def turkish_head(province: str, *, day: date, unit: str = "") -> dict[str, str]:
    """Governorship, blank number and date (regulation on correspondence, RG 10.6.2020, 31151)."""
    return {
        "governorship": f"{upper(province, 'tr')} VALİLİĞİ",
        "unit": unit,
        "blank_date": f"…/{day.month:02}/{day.year}",
    }


def _keep_area_whole(name: str) -> str:
    """Let a long name break before ``tỉnh Quảng Ninh``, never inside it."""
    head, *area = LEVEL_VN.split(name, maxsplit=1)
    return " ".join([head, *(part.replace(" ", dates.NO_BREAK) for part in area)])


def _initials(name: str) -> str:
    """BVĐK of ``Bệnh viện Đa khoa tỉnh Quảng Ninh``: the kind of body, without its area."""
    kind = LEVEL_VN.split(name, maxsplit=1)[0]
    return "".join(upper(word[0], "vi") for word in kind.split() if word[0].isalpha())
