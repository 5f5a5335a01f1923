"""The frozen figures of some days, counted by hand, in the shape that the documents receive."""

from copy import deepcopy
from typing import Any

ORGAN_DRIVE = ("dang-ky-2026", "Đăng ký hiến mô, tạng – Cho đi là còn mãi", "organ")
BLOOD_DRIVE = ("giot-hong-2026", "Giọt hồng Blu trắng năm 2026", "blood")
BLOOD_KEYS = ("booked", "cancelled", "arrived", "no_show", "given", "deferred", "ml")
# What figures of version 3 did not know.
NEW_KEYS = ("provisional", "earlier", "by_placement", "by_campaign", "by_locality")
NEW_KEYS += ("blood", "targets", "waiting", "quality")
TABLES = ("by_channel", "by_unit", "by_organ", "by_sex", "by_age_band")
TABLES += ("by_placement", "by_campaign", "by_locality")


def two(key: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {key: name, "received": received, "confirmed": confirmed}


def named(code: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"code": code, "name": name, "received": received, "confirmed": confirmed}


def placed(code: str, unit: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {**named(code, name, received, confirmed), "unit": unit}


def blood_of(code: str, name: str, *numbers: int) -> dict[str, Any]:
    keys = ("booked", "arrived", "given", "deferred", "ml")
    return {"code": code, "name": name, **dict(zip(keys, numbers, strict=True))}


def target_of(
    campaign: tuple[str, str, str],
    unit: tuple[str, str],
    *,
    people: tuple[int, int] | None = None,
    ml: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """A unit's target: ``people`` and ``ml`` are what was set and what was reached."""
    return {
        **dict(zip(("campaign", "title", "kind"), campaign, strict=True)),
        **dict(zip(("unit", "name"), unit, strict=True)),
        "people": people[0] if people else None,
        "ml": ml[0] if ml else None,
        "reached": people[1] if people else 0,
        "reached_ml": ml[1] if ml else 0,
    }


def quang_ninh_day() -> dict[str, Any]:
    """300 applications, 214 confirmed; 52 units of blood, 18,050 ml; each table adds up to them."""
    return {
        "version": 4,
        "department": {"code": "quang-ninh", "name": "Sở Y tế tỉnh Quảng Ninh"},
        "reporting_unit": {
            "code": "bvdk-quang-ninh",
            "name": "Bệnh viện Đa khoa tỉnh Quảng Ninh",
        },
        "jurisdiction": "VN",
        "banners": {
            "present": 12,
            "units": 33,
            "silent": {
                "days": 14,
                "units": [
                    {"code": "co-to", "name": "Trung tâm Y tế Cô Tô", "last": None},
                    {"code": "tien-yen", "name": "Trung tâm Y tế Tiên Yên", "last": "2026-10-29"},
                ],
            },
        },
        "province": {"code": "22", "name": "Quảng Ninh"},
        "language": "vi",
        "zone": "Asia/Ho_Chi_Minh",
        "window": {
            "day": "2026-11-20",
            "starts_at": "2026-11-19T09:15:00Z",
            "ends_at": "2026-11-20T09:15:00Z",
            "cut_off": "16:15",
            "due": "16:30",
            "due_at": "2026-11-20T09:30:00Z",
            "days": ["2026-11-20"],
            "holiday": "",
        },
        "provisional": None,
        "serial": 12,
        "taken_at": "2026-11-20T09:15:07Z",
        "previous_sha256": "b" * 64,
        "holds_demo": False,
        "counts": {
            "received": 300,
            "confirmed": 214,
            "changed": 4,
            "withdrawn": 2,
            "handed_over": 57,
            "card_issued": 31,
            "booked": 74,
            "cancelled": 5,
            "arrived": 61,
            "no_show": 8,
            "given": 52,
            "deferred": 9,
            "ml": 18050,
        },
        "cumulative": {
            "received": 4812,
            "confirmed": 3907,
            "changed": 66,
            "withdrawn": 41,
            "handed_over": 2950,
            "card_issued": 2104,
            "booked": 1310,
            "cancelled": 92,
            "arrived": 1127,
            "no_show": 103,
            "given": 1004,
            "deferred": 123,
            "ml": 341200,
        },
        "adjustments": [
            {"day": "2026-11-17", "key": "received", "number": -3, "cause": "merge"},
            {"day": "2026-11-18", "key": "ml", "number": -350, "cause": "correction"},
        ],
        "earlier": [
            {"day": "2026-11-16", "key": "received", "number": 7, "cause": "paper"},
            {"day": "2026-11-12", "key": "withdrawn", "number": 1, "cause": "withdrawal"},
        ],
        "by_channel": [
            two("key", "web", 96, 70),
            two("key", "banner", 121, 88),
            two("key", "qr", 38, 27),
            two("key", "desk", 22, 20),
            two("key", "paper", 14, 3),
            two("key", "phone", 6, 4),
            two("key", "import", 3, 2),
        ],
        "by_unit": [
            named("bvdk", "Bệnh viện Đa khoa tỉnh Quảng Ninh", 88, 64),
            named("bai-chay", "Bệnh viện Bãi Cháy", 61, 45),
            named("uong-bi", "Bệnh viện Việt Nam - Thụy Điển Uông Bí", 57, 40),
            named("san-nhi", "Bệnh viện Sản Nhi Quảng Ninh", 41, 30),
            named("mao-khe", "Trung tâm Y tế than Mạo Khê", 4, 3),
            named("cdc", "Trung tâm Kiểm soát bệnh tật tỉnh Quảng Ninh", 29, 20),
        ],
        "by_organ": [
            named("kidney", "Thận", 251, 180),
            named("liver", "Gan", 233, 171),
            named("heart", "Tim", 229, 166),
            named("lung", "Phổi", 204, 149),
            named("pancreas", "Tụy", 190, 138),
            named("intestine", "Ruột", 172, 121),
            named("cornea", "Giác mạc", 262, 190),
            named("skin", "Da", 118, 84),
            named("bone", "Xương", 121, 86),
        ],
        "by_sex": [
            two("key", "female", 163, 119),
            two("key", "male", 134, 94),
            two("key", "unknown", 3, 1),
        ],
        "by_age_band": [
            two("key", "18-24", 71, 49),
            two("key", "25-34", 92, 68),
            two("key", "35-44", 63, 46),
            two("key", "45-54", 38, 28),
            two("key", "55-64", 21, 15),
            two("key", "65+", 12, 7),
            two("key", "unknown", 3, 1),
        ],
        "by_placement": [
            placed("p-bvdk", "bvdk", "Bệnh viện Đa khoa tỉnh Quảng Ninh – 300×250, vi", 71, 52),
            placed("p-bai-chay", "bai-chay", "Bệnh viện Bãi Cháy – 728×90, vi", 38, 28),
            placed("p-bai-chay-2", "bai-chay", "Bệnh viện Bãi Cháy – 320×100, vi", 12, 8),
        ],
        "by_campaign": [
            named("dang-ky-2026", "Đăng ký hiến mô, tạng – Cho đi là còn mãi", 262, 190),
        ],
        "by_locality": [
            named("07081", "Phường Hồng Gai", 92, 70),
            named("07084", "Phường Bãi Cháy", 81, 55),
            named("06652", "Phường Uông Bí", 64, 47),
            named("06709", "Xã Tiên Yên", 38, 25),
            named("07192", "Đặc khu Cô Tô", 3, 2),
        ],
        "blood": {
            "by_volume": [
                {"ml": 250, "number": 14},
                {"ml": 350, "number": 27},
                {"ml": 450, "number": 10},
            ],
            "deferrals": [
                {"reason": "vn-hb", "number": 5},
                {"reason": "vn-def-7d", "number": 3},
                {"reason": "xx-new", "number": 1},
            ],
            "by_unit": [
                blood_of("bvdk", "Bệnh viện Đa khoa tỉnh Quảng Ninh", 40, 34, 29, 5, 10150),
                blood_of("bai-chay", "Bệnh viện Bãi Cháy", 34, 27, 23, 4, 7900),
            ],
        },
        "targets": [
            target_of(
                ORGAN_DRIVE, ("bvdk", "Bệnh viện Đa khoa tỉnh Quảng Ninh"), people=(900, 912)
            ),
            target_of(ORGAN_DRIVE, ("bai-chay", "Bệnh viện Bãi Cháy"), people=(600, 417)),
            target_of(
                BLOOD_DRIVE,
                ("bvdk", "Bệnh viện Đa khoa tỉnh Quảng Ninh"),
                people=(120, 96),
                ml=(42000, 31850),
            ),
            target_of(
                BLOOD_DRIVE, ("bai-chay", "Bệnh viện Bãi Cháy"), people=(80, 79), ml=(28000, 20050)
            ),
            target_of(BLOOD_DRIVE, ("co-to", "Trung tâm Y tế Cô Tô"), ml=(3000, 0)),
        ],
        "waiting": [{"key": "confirm", "number": 86}, {"key": "form_signed", "number": 23}],
        "quality": [
            {"key": "unconfirmed", "number": 905, "of": 4812},
            {"key": "no_unit", "number": 20, "of": 300},
        ],
        "trend": [
            {"day": f"2026-11-{day:02}", "received": received, "confirmed": confirmed}
            for day, received, confirmed in [
                (7, 18, 11),
                (8, 9, 7),
                (9, 44, 30),
                (10, 51, 39),
                (11, 47, 35),
                (12, 63, 41),
                (13, 58, 44),
                (14, 22, 17),
                (15, 0, 2),
                (16, 71, 50),
                (17, 95, 69),
                (18, 132, 97),
                (19, 188, 131),
                (20, 300, 214),
            ]
        ],
    }


def adana_day() -> dict[str, Any]:
    """12 intents in Adana, reported by a hospital."""
    figures = quang_ninh_day()
    figures.update(
        department={"code": "adana", "name": "Adana İl Sağlık Müdürlüğü"},
        reporting_unit={"code": "adana-seh", "name": "Adana Şehir Eğitim ve Araştırma Hastanesi"},
        jurisdiction="TR",
        province={"code": "01", "name": "Adana"},
        language="tr",
        zone="Europe/Istanbul",
        window={
            "day": "2026-11-20",
            "starts_at": "2026-11-19T13:15:00Z",
            "ends_at": "2026-11-20T13:15:00Z",
            "cut_off": "16:15",
            "due": "16:30",
            "due_at": "2026-11-20T13:30:00Z",
            "days": ["2026-11-20"],
            "holiday": "",
        },
        taken_at="2026-11-20T13:15:04Z",
        banners={"present": 4, "units": 19, "silent": {"days": 14, "units": []}},
        adjustments=[],
        earlier=[],
        blood=None,
        targets=[],
        waiting=[],
        quality=[],
        by_placement=[],
        by_campaign=[],
        by_locality=[named("1104", "Seyhan", 7, 5), named("1219", "Yüreğir", 5, 4)],
    )
    figures["counts"] = {
        "received": 12,
        "confirmed": 9,
        "changed": 1,
        "withdrawn": 0,
        "handed_over": 6,
        "card_issued": 0,
        **dict.fromkeys(BLOOD_KEYS, 0),
    }
    figures["cumulative"] = {
        "received": 1207,
        "confirmed": 988,
        "changed": 30,
        "withdrawn": 12,
        "handed_over": 640,
        "card_issued": 0,
        **dict.fromkeys(BLOOD_KEYS, 0),
    }
    figures["by_channel"] = [two("key", "web", 5, 4), two("key", "banner", 7, 5)]
    figures["by_unit"] = [
        named("adana-seh", "Adana Şehir Eğitim ve Araştırma Hastanesi", 7, 5),
        named("seyhan", "Seyhan Devlet Hastanesi", 3, 2),
        named("isikli", "Işıklı İlçe Sağlık Müdürlüğü", 1, 1),
    ]
    figures["by_organ"] = [named("kidney", "Böbrek", 11, 8), named("liver", "Karaciğer", 9, 7)]
    figures["by_sex"] = [two("key", "female", 7, 5), two("key", "male", 5, 4)]
    figures["by_age_band"] = [two("key", "18-24", 5, 4), two("key", "35-44", 7, 5)]
    return figures


def quiet_day(figures: dict[str, Any]) -> dict[str, Any]:
    """The same department on a day on which nothing came."""
    empty = {**figures, "counts": dict.fromkeys(figures["counts"], 0)}
    for key in (*TABLES, "adjustments", "earlier"):
        empty[key] = []
    empty["blood"] = {"by_volume": [], "deferrals": [], "by_unit": []}
    empty["trend"] = [{**day, "received": 0, "confirmed": 0} for day in figures["trend"]]
    return empty


def provisional_day(figures: dict[str, Any]) -> dict[str, Any]:
    """The second provisional copy of that day, taken at 14:05 in Vietnam."""
    window = {**figures["window"], "ends_at": "2026-11-20T07:05:00Z"}
    return {
        **figures,
        "window": window,
        "taken_at": "2026-11-20T07:05:00Z",
        "provisional": {"number": 2},
        "serial": 0,
        "previous_sha256": None,
    }


def merged_day(figures: dict[str, Any]) -> dict[str, Any]:
    """The working day after two days off, which it counts too."""
    window = {
        **figures["window"],
        "starts_at": "2026-11-17T09:15:00Z",
        "days": ["2026-11-18", "2026-11-19", "2026-11-20"],
        "holiday": "Ngày lễ",
    }
    return {**figures, "window": window}


def shared_day(figures: dict[str, Any]) -> dict[str, Any]:
    """What leaves the department: some cells of fine tables are hidden, the totals are not."""
    hidden = {"received": None, "confirmed": None, "hidden": True}
    shared = {**deepcopy(figures), "edition": "shared"}
    shared["by_locality"][3].update(hidden)
    shared["by_locality"][4].update(hidden)
    for row in (shared["blood"] or {"deferrals": []})["deferrals"][1:]:
        row.update(number=None, hidden=True)
    return shared


def version_3(figures: dict[str, Any]) -> dict[str, Any]:
    """The same day as it was frozen before blood, targets and localities were told."""
    old = {key: value for key, value in deepcopy(figures).items() if key not in NEW_KEYS}
    old["version"] = 3
    old["banners"].pop("silent")
    for key in ("days", "holiday"):
        old["window"].pop(key)
    for part in ("counts", "cumulative"):
        old[part] = {key: n for key, n in old[part].items() if key not in BLOOD_KEYS}
    old["adjustments"] = [
        {key: value for key, value in row.items() if key != "cause"}
        for row in old["adjustments"]
        if row["key"] not in BLOOD_KEYS
    ]
    return old
