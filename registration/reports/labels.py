"""What the figures are called in documents and charts, by the law of the jurisdiction.

An entry is an application in Vietnam and an intent in Turkey, and the words say which.
All functions translate when called, under the language that is then active.
"""

from datetime import date
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registration.common import dates

COUNT_KEYS = ("received", "confirmed", "changed", "withdrawn", "handed_over", "card_issued")

# An entry of the portal is not the legal act: Turkey, Law 2238 art. 6; Vietnam, Law 75/2006
# art. 18. A jurisdiction that is not named here uses the words of an application.
APPLICATION = {
    "received": gettext_noop("Applications received"),
    "confirmed": gettext_noop("Applications confirmed by the applicant"),
    "changed": gettext_noop("Applications changed"),
    "withdrawn": gettext_noop("Applications withdrawn"),
    "handed_over": gettext_noop("Applications passed on to the receiving facility"),
    "card_issued": gettext_noop("Registration cards issued"),
}
INTENT = {
    "received": gettext_noop("Intents received"),
    "confirmed": gettext_noop("Intents confirmed by their owner"),
    "changed": gettext_noop("Intents changed"),
    "withdrawn": gettext_noop("Intents withdrawn"),
    "handed_over": gettext_noop("Statements made elsewhere, by the owner's own word"),
    "card_issued": gettext_noop("Donation cards issued"),
}
COUNTS = {"VN": APPLICATION, "TR": INTENT}

MINUS = "\N{MINUS SIGN}"

# The Turkish flow has no card: its row is shown only if it holds a figure after all.
WITHOUT_CARD = {"TR"}

KEYS = {
    "by_channel": {
        # Translators: a channel, the way in which a registration came.
        "web": gettext_noop("Pages of this portal"),
        "banner": gettext_noop("Banner on a unit's site"),
        "qr": gettext_noop("QR code"),
        "desk": gettext_noop("At a desk"),
        "paper": gettext_noop("Paper form"),
        "phone": gettext_noop("By telephone"),
        "import": gettext_noop("Imported from a file"),
    },
    "by_sex": {
        "female": gettext_noop("Women"),
        "male": gettext_noop("Men"),
        "unknown": gettext_noop("Sex not stated"),
    },
    "by_age_band": {
        "65+": gettext_noop("65 and over"),
        "unknown": gettext_noop("Age not stated"),
    },
}
TITLES = {
    "by_channel": gettext_noop("By channel"),
    "by_unit": gettext_noop("By unit"),
    "by_organ": gettext_noop("By organ and tissue"),
    "by_sex": gettext_noop("By sex"),
    "by_age_band": gettext_noop("By age"),
}
HEADINGS = {
    "by_channel": gettext_noop("Channel"),
    "by_unit": gettext_noop("Unit"),
    "by_organ": gettext_noop("Organ or tissue"),
    "by_sex": gettext_noop("Sex"),
    "by_age_band": gettext_noop("Age in years"),
}


class Row(TypedDict):
    label: str
    received: int
    confirmed: int


class Breakdown(TypedDict):
    """A table of the day: its rows add up to ``total``, or overlap and have none."""

    key: str
    title: str
    heading: str
    rows: list[Row]
    total: Row | None
    note: str


class CountRow(TypedDict):
    key: str
    label: str
    day: int
    total: int


def count_rows(figures: dict[str, Any]) -> list[CountRow]:
    """The head figures with their names, of the day and cumulative."""
    words = COUNTS.get(figures["jurisdiction"], APPLICATION)
    rows = [
        CountRow(
            key=key,
            label=_(words[key]),
            day=figures["counts"][key],
            total=figures["cumulative"][key],
        )
        for key in COUNT_KEYS
    ]
    if figures["jurisdiction"] in WITHOUT_CARD:
        rows = [row for row in rows if row["key"] != "card_issued" or row["day"] or row["total"]]
    return rows


class AdjustmentRow(TypedDict):
    day: str
    label: str
    change: str


def adjustment_rows(figures: dict[str, Any], language: str) -> list[AdjustmentRow]:
    """Corrections of days that were told before: the day concerned, the figure, the change."""
    words = COUNTS.get(figures["jurisdiction"], APPLICATION)
    return [
        AdjustmentRow(
            day=dates.short_date(date.fromisoformat(row["day"]), language),
            label=_(words[row["key"]]),
            change=f"{'+' if row['number'] > 0 else MINUS}{abs(row['number'])}",
        )
        for row in figures.get("adjustments", [])
    ]


def banner_line(figures: dict[str, Any]) -> str:
    """How many units carry the banner; empty for what was frozen before it was watched."""
    banners = figures.get("banners") or {"units": 0}
    if not banners["units"]:
        return ""
    return _("%(present)s of %(total)s units carry the banner on their websites.") % {
        "present": dates.number(banners["present"], figures["language"]),
        "total": dates.number(banners["units"], figures["language"]),
    }


def is_quiet(figures: dict[str, Any]) -> bool:
    """Whether nothing happened on the day, corrections of earlier days included."""
    return not any(figures["counts"].values()) and not figures.get("adjustments")


def breakdowns(figures: dict[str, Any]) -> list[Breakdown]:
    """The five tables in the order in which they are shown."""
    return [_breakdown(figures, key) for key in TITLES]


def _breakdown(figures: dict[str, Any], key: str) -> Breakdown:
    names = KEYS.get(key, {})
    rows = [
        Row(
            label=row["name"] if "name" in row else _label(names, row["key"]),
            received=row["received"],
            confirmed=row["confirmed"],
        )
        for row in figures[key]
    ]
    note = ""
    total: Row | None = None
    if key == "by_organ":
        note = _("One entry may name several organs and tissues, so these rows are not added up.")
    else:
        total, rest = _total_and_rest(figures, key, rows)
        rows += rest
    return Breakdown(
        key=key, title=_(TITLES[key]), heading=_(HEADINGS[key]), rows=rows, total=total, note=note
    )


def _label(names: dict[str, str], key: str) -> str:
    # An age band such as 18-24 has no word of its own in any language.
    return _(names[key]) if key in names else key.replace("-", "–")


def _total_and_rest(figures: dict[str, Any], key: str, rows: list[Row]) -> tuple[Row, list[Row]]:
    """Check a table against the head figures; what it leaves out is a row of its own.

    Raises ``ValueError`` where the rows hold more than the head figure: such a report must not
    leave the house.
    """
    counts = figures["counts"]
    received = counts["received"] - sum(row["received"] for row in rows)
    confirmed = counts["confirmed"] - sum(row["confirmed"] for row in rows)
    if received < 0 or confirmed < 0:
        raise ValueError(f"The rows of {key} hold more than the day's figures.")
    total = Row(label=_("Total"), received=counts["received"], confirmed=counts["confirmed"])
    if received or confirmed:
        return total, [Row(label=_("Not stated"), received=received, confirmed=confirmed)]
    return total, []


def short_heads(figures: dict[str, Any]) -> tuple[str, str]:
    """The two column heads of every breakdown."""
    if COUNTS.get(figures["jurisdiction"], APPLICATION) is INTENT:
        return _("Intents received"), _("Confirmed")
    return _("Applications received"), _("Confirmed")


def legal_note(figures: dict[str, Any]) -> str:
    """What the figures count and what they do not."""
    if COUNTS.get(figures["jurisdiction"], APPLICATION) is INTENT:
        return _(
            "The figures count intents, not donation statements. A statement is made through "
            "e-Devlet or e-Nabız, or in writing before at least two witnesses with a physician's "
            "approval."
        )
    return _(
        "The figures count applications. A registration takes effect on the day its card is "
        "issued (Law 75/2006/QH11, article 18)."
    )


def demo_note() -> str:
    """The line that every document with demonstration data carries."""
    return _("DEMONSTRATION DATA")
