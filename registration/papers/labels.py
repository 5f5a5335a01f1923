"""What the figures are called in documents and charts, by the law of the jurisdiction.

An entry is an application in Vietnam and an intent in Turkey, and the words say which.
All functions translate when called, under the language that is then active. Figures that were
frozen before a key was known lack it, and are shown without it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from registration.common import dates

COUNT_KEYS = ("received", "confirmed", "changed", "withdrawn", "handed_over", "card_issued")
BLOOD_KEYS = ("booked", "cancelled", "arrived", "no_show", "given", "deferred", "ml")

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
BLOOD = {
    "booked": gettext_noop("Blood donation: places booked"),
    "cancelled": gettext_noop("Blood donation: bookings cancelled"),
    "arrived": gettext_noop("Blood donation: people who came"),
    "no_show": gettext_noop("Blood donation: people who did not come"),
    "given": gettext_noop("Blood donation: units given"),
    "deferred": gettext_noop("Blood donation: people deferred"),
    "ml": gettext_noop("Blood donation: volume given, in ml"),
}

MINUS = "\N{MINUS SIGN}"

# The Turkish flow has no card: its row is shown only if it holds a figure after all.
WITHOUT_CARD = {"TR"}

CAUSES = {
    "correction": gettext_noop("An entry was taken back"),
    "restored": gettext_noop("An entry counts again"),
    "merge": gettext_noop("Two entries of one person were joined"),
    "paper": gettext_noop("Paper form signed on that day"),
    "withdrawal": gettext_noop("Withdrawal of an entry of that day"),
}

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
    "by_placement": gettext_noop("By banner"),
    "by_campaign": gettext_noop("By campaign"),
    "by_organ": gettext_noop("By organ and tissue"),
    "by_sex": gettext_noop("By sex"),
    "by_age_band": gettext_noop("By age"),
    "by_locality": gettext_noop("By commune or district"),
}
HEADINGS = {
    "by_channel": gettext_noop("Channel"),
    "by_unit": gettext_noop("Unit"),
    "by_placement": gettext_noop("Unit and banner"),
    "by_campaign": gettext_noop("Campaign"),
    "by_organ": gettext_noop("Organ or tissue"),
    "by_sex": gettext_noop("Sex"),
    "by_age_band": gettext_noop("Age in years"),
    "by_locality": gettext_noop("Commune or district"),
}
# What a table leaves out of the day's figures.
RESTS = {
    "by_placement": gettext_noop("Without a banner"),
    "by_campaign": gettext_noop("Without a campaign"),
}
# They came later and are long: where nothing came in, they are left out.
ONLY_WITH_ROWS = {"by_placement", "by_campaign", "by_locality"}


class Row(TypedDict):
    """A figure that is None is hidden in this edition: ``shown`` says how."""

    code: str
    label: str
    received: int | None
    confirmed: int | None


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


def shown(value: int | None, language: str) -> str:
    """The number as offices write it; a hidden one in words, never a zero or a blank."""
    return hidden() if value is None else dates.number(value, language)


def hidden() -> str:
    """What stands for a figure that this edition hides."""
    # Translators: stands in a table instead of a number that could lead to a person.
    return pgettext("figure", "hidden")


def count_rows(figures: dict[str, Any]) -> list[CountRow]:
    """The head figures with their names, of the day and cumulative; blood where there is any."""
    words = {**COUNTS.get(figures["jurisdiction"], APPLICATION), **BLOOD}
    keys = [*COUNT_KEYS, *(BLOOD_KEYS if has_blood(figures) else ())]
    rows = [
        CountRow(
            key=key,
            label=_(words[key]),
            day=figures["counts"].get(key, 0),
            total=figures["cumulative"].get(key, 0),
        )
        for key in keys
    ]
    if figures["jurisdiction"] in WITHOUT_CARD:
        rows = [row for row in rows if row["key"] != "card_issued" or row["day"] or row["total"]]
    return rows


def has_blood(figures: dict[str, Any]) -> bool:
    """Whether the figures tell anything of blood: a department without drives sees no such row."""
    numbers = [figures[part].get(key, 0) for part in ("counts", "cumulative") for key in BLOOD_KEYS]
    return any(number != 0 for number in numbers)


class AdjustmentRow(TypedDict):
    day: str
    label: str
    change: str
    cause: str


def adjustment_rows(figures: dict[str, Any], language: str) -> list[AdjustmentRow]:
    """Corrections of days that were told before: the day concerned, the figure, the change."""
    return [
        AdjustmentRow(
            day=dates.short_date(date.fromisoformat(row["day"]), language),
            label=count_label(figures, row["key"]),
            change=signed(row["number"], language),
            cause=cause_of(row),
        )
        for row in figures.get("adjustments", [])
    ]


def earlier_rows(figures: dict[str, Any], language: str) -> list[AdjustmentRow]:
    """What is in the day's figures and concerns an earlier day, in the same shape."""
    return [
        AdjustmentRow(
            day=dates.short_date(date.fromisoformat(row["day"]), language),
            label=count_label(figures, row["key"]),
            change=shown(row["number"], language),
            cause=cause_of(row),
        )
        for row in figures.get("earlier", [])
    ]


def count_label(figures: dict[str, Any], key: str) -> str:
    """What one head figure is called in this jurisdiction."""
    return _({**COUNTS.get(figures["jurisdiction"], APPLICATION), **BLOOD}[key])


def cause_of(row: dict[str, Any]) -> str:
    """Why a figure concerns an earlier day; older reports do not say."""
    cause = row.get("cause", "")
    return _(CAUSES[cause]) if cause in CAUSES else cause


def signed(value: int | None, language: str) -> str:
    """A change with its sign, the minus as printers write it; None is hidden."""
    if value is None:
        return shown(value, language)
    return f"{'+' if value > 0 else MINUS}{dates.number(abs(value), language)}"


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
    """The tables of what was received and confirmed, in the order in which they are shown."""
    return [
        _breakdown(figures, key)
        for key in TITLES
        if (figures.get(key) or key not in ONLY_WITH_ROWS)
        and not is_withheld(figures, key, figures.get(key) or [])
    ]


def _breakdown(figures: dict[str, Any], key: str) -> Breakdown:
    names = KEYS.get(key, {})
    rows = [
        Row(
            # In the shared edition the rest is a row of its own, without code and name.
            code=(row["code"] if "code" in row else row["key"]) or "rest",
            label=(row["name"] if "name" in row else _label(names, row["key"])) or _rest(key),
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


def is_withheld(figures: dict[str, Any], name: str, rows: Sequence[Any]) -> bool:
    """Whether a table was left out of this edition as a whole: it is no empty one."""
    return not rows and name in figures.get("withheld", ())


def _label(names: dict[str, str], key: str) -> str:
    # An age band such as 18-24 has no word of its own in any language.
    return _(names[key]) if key in names else key.replace("-", "–")


def _total_and_rest(figures: dict[str, Any], key: str, rows: list[Row]) -> tuple[Row, list[Row]]:
    """Check a table against the head figures; what it leaves out is a row of its own.

    A table with hidden cells is not filled up: the rest would tell what they hide. Raises
    ``ValueError`` where the rows hold more than the head figure: such a report must not leave
    the house.
    """
    counts = figures["counts"]
    received = counts["received"] - sum(row["received"] or 0 for row in rows)
    confirmed = counts["confirmed"] - sum(row["confirmed"] or 0 for row in rows)
    if received < 0 or confirmed < 0:
        raise ValueError(f"The rows of {key} hold more than the day's figures.")
    total = Row(
        code="total", label=_("Total"), received=counts["received"], confirmed=counts["confirmed"]
    )
    is_whole = all(None not in (row["received"], row["confirmed"]) for row in rows)
    if is_whole and (received or confirmed):
        return total, [Row(code="rest", label=_rest(key), received=received, confirmed=confirmed)]
    return total, []


def _rest(key: str) -> str:
    return _(RESTS[key]) if key in RESTS else _("Not stated")


def short_heads(figures: dict[str, Any]) -> tuple[str, str]:
    """The two column heads of every breakdown."""
    if COUNTS.get(figures["jurisdiction"], APPLICATION) is INTENT:
        return _("Intents received"), _("Confirmed")
    return _("Applications received"), _("Confirmed")


def provisional_mark(figures: dict[str, Any]) -> str:
    """The word that stands large on a copy of a day that is still open; else empty."""
    # Translators: stands in large letters on figures of a day that is not over.
    return _("PROVISIONAL") if figures.get("provisional") else ""


def provisional_line(figures: dict[str, Any], language: str) -> str:
    """Which provisional copy this is and of which moment; empty for a report."""
    provisional = figures.get("provisional")
    if not provisional:
        return ""
    moment = datetime.fromisoformat(figures["window"]["ends_at"])
    return _(
        "Provisional figures no. %(number)s, taken at %(moment)s. The day is still open and "
        "these figures do not replace its report."
    ) % {
        "number": provisional["number"],
        "moment": dates.date_time(moment, language, zone=figures["zone"]),
    }


def day_title(figures: dict[str, Any], language: str) -> str:
    """The day as titles name it; the first and the last where several are counted together."""
    window = figures["window"]
    days = window.get("days") or [window["day"]]
    ends = [days[0], days[-1]] if len(days) > 1 else days
    return "–".join(dates.short_date(date.fromisoformat(day), language) for day in ends)


def days_line(figures: dict[str, Any], language: str) -> str:
    """Which days are counted, where they are more than one, and the holiday by its name."""
    window = figures["window"]
    days = [date.fromisoformat(day) for day in window.get("days") or []]
    sentences = []
    if len(days) > 1:
        sentences.append(
            _("This summary counts the days from %(first)s to %(last)s.")
            % {
                "first": dates.short_date(days[0], language),
                "last": dates.short_date(days[-1], language),
            }
        )
    if window.get("holiday"):
        sentences.append(_("Public holiday: %(name)s.") % {"name": window["holiday"]})
    return " ".join(sentences)


def edition_note(figures: dict[str, Any]) -> str:
    """Why numbers are hidden in what leaves the department; empty for its own edition."""
    if figures.get("edition") != "shared":
        return ""
    note = _(
        "So that nobody can be recognised, figures of fewer than five people are hidden in the "
        "detailed tables, and so are figures from which these could be worked out. The totals are "
        "complete."
    )
    if figures.get("withheld"):
        return f"{note} {_('Tables that could not be protected in this way are left out.')}"
    return note


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
