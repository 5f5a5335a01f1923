"""The frozen figures of three days, counted by hand, in the shape that the letter receives."""

from typing import Any


def two(key: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {key: name, "received": received, "confirmed": confirmed}


def named(code: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"code": code, "name": name, "received": received, "confirmed": confirmed}


def quang_ninh_day() -> dict[str, Any]:
    """300 applications of one day; confirmed 214; each breakdown adds up to them."""
    return {
        "version": 3,
        "department": {"code": "quang-ninh", "name": "Sở Y tế tỉnh Quảng Ninh"},
        "reporting_unit": {
            "code": "bvdk-quang-ninh",
            "name": "Bệnh viện Đa khoa tỉnh Quảng Ninh",
        },
        "jurisdiction": "VN",
        "banners": {"present": 12, "units": 33},
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
        },
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
        },
        "cumulative": {
            "received": 4812,
            "confirmed": 3907,
            "changed": 66,
            "withdrawn": 41,
            "handed_over": 2950,
            "card_issued": 2104,
        },
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
        },
        taken_at="2026-11-20T13:15:04Z",
    )
    figures["counts"] = {
        "received": 12,
        "confirmed": 9,
        "changed": 1,
        "withdrawn": 0,
        "handed_over": 6,
        "card_issued": 0,
    }
    figures["cumulative"] = {
        "received": 1207,
        "confirmed": 988,
        "changed": 30,
        "withdrawn": 12,
        "handed_over": 640,
        "card_issued": 0,
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
    for key in ("by_channel", "by_unit", "by_organ", "by_sex", "by_age_band"):
        empty[key] = []
    empty["trend"] = [{**day, "received": 0, "confirmed": 0} for day in figures["trend"]]
    return empty
