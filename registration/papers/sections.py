"""What a day tells behind its head figures: each table, from the frozen figures.

All functions translate when called, under the language that is then active. A table without
anything to tell is left out, but for the five that every report has had since the first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from registration.common import dates
from registration.papers import labels
from registration.papers.disclosure import BLOOD_NAMES
from registration.papers.grids import Cell, Column, Grid, Kind, Line
from registration.papers.reasons import reason_name

QUALITY = {
    "unconfirmed": gettext_noop("Not yet confirmed by their owner"),
    "no_locality": gettext_noop("Without a commune or district"),
    "no_sex": gettext_noop("Sex not stated"),
    "no_age": gettext_noop("Age not stated"),
    "no_unit": gettext_noop("Without a unit"),
}


def grids_of(figures: dict[str, Any]) -> list[Grid]:
    """Every table of the day behind the head figures, in the order of the annex.

    Raises ``ValueError`` where the lines of one hold more than the head figures.
    """
    return [
        *(_of_breakdown(figures, table) for table in labels.breakdowns(figures)),
        *_blood(figures),
        *_targets(figures),
        *_corrections(figures),
        *_silent_units(figures),
        *_waiting(figures),
        *_quality(figures),
    ]


def trend_of(figures: dict[str, Any], language: str) -> Grid:
    """The last days as they were told; the code of a line is its day as YYYY-MM-DD."""
    return Grid(
        key="trend",
        title=_("The last 14 days"),
        heading=_("Date"),
        columns=_two_columns(figures),
        lines=tuple(
            Line(
                row["day"],
                dates.short_date(date.fromisoformat(row["day"]), language),
                (row["received"], row["confirmed"]),
            )
            for row in figures["trend"]
        ),
        chart=0,
    )


def _two_columns(figures: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(head) for head in labels.short_heads(figures))


def _of_breakdown(figures: dict[str, Any], table: labels.Breakdown) -> Grid:
    def line(row: labels.Row) -> Line:
        return Line(row["code"], row["label"], (row["received"], row["confirmed"]))

    return Grid(
        key=table["key"],
        title=table["title"],
        heading=table["heading"],
        columns=_two_columns(figures),
        lines=tuple(line(row) for row in table["rows"]),
        total=line(table["total"]) if table["total"] else None,
        note=table["note"],
        chart=0,
    )


def _corrections(figures: dict[str, Any]) -> Iterable[Grid]:
    parts: list[tuple[str, str, str, Kind, str]] = [
        (
            "adjustments",
            _("Corrections of earlier days"),
            _("Corrections"),
            "change",
            _("These changes are in the cumulative figures, not in those of the day."),
        ),
        (
            "earlier",
            _("Of the day's figures, concerning earlier days"),
            _("Of earlier days"),
            "number",
            _("These are already counted in the day's figures."),
        ),
    ]
    for key, title, tab, kind, note in parts:
        rows = figures.get(key) or []
        if rows:
            yield Grid(
                key=key,
                title=title,
                heading=_("Figure"),
                columns=(
                    Column(_("Day concerned"), "date"),
                    Column(
                        pgettext("figure", "Change") if kind == "change" else _("How many"), kind
                    ),
                    Column(_("Cause"), "text"),
                ),
                lines=tuple(
                    Line(
                        row["key"],
                        labels.count_label(figures, row["key"]),
                        (date.fromisoformat(row["day"]), row["number"], labels.cause_of(row)),
                    )
                    for row in rows
                ),
                note=note,
                tab=tab,
            )


def _blood(figures: dict[str, Any]) -> Iterable[Grid]:
    """Units by size, deferrals by reason, units of the network; nothing on a day without blood."""
    blood, counts = figures.get("blood"), figures["counts"]
    if blood and any(counts.get(key) for key in labels.BLOOD_KEYS):
        builders = {
            "by_volume": _by_volume,
            "deferrals": _deferrals,
            "by_unit": _blood_by_unit,
        }
        for name, build in builders.items():
            if not labels.is_withheld(figures, BLOOD_NAMES.get(name, name), blood[name]):
                yield build(blood[name], counts)


def _by_volume(rows: Sequence[dict[str, Any]], counts: dict[str, int]) -> Grid:
    return _added_up(
        key="by_volume",
        title=_("Blood by size of the unit"),
        heading=_("Size of the unit"),
        columns=(Column(_("Units of blood")), Column(_("Volume in ml"))),
        lines=[
            Line(
                str(row["ml"]),
                _("%(number)s ml") % {"number": row["ml"]},
                (row["number"], None if row["number"] is None else row["ml"] * row["number"]),
            )
            for row in rows
        ],
        sums=(counts["given"], counts["ml"]),
        chart=0,
    )


def _deferrals(rows: Sequence[dict[str, Any]], counts: dict[str, int]) -> Grid:
    return _added_up(
        key="deferrals",
        title=_("Deferrals by reason"),
        heading=_("Reason for deferral"),
        columns=(Column(_("People")),),
        lines=[Line(row["reason"], reason_name(row["reason"]), (row["number"],)) for row in rows],
        sums=(counts["deferred"],),
        chart=0,
    )


def _blood_by_unit(rows: Sequence[dict[str, Any]], counts: dict[str, int]) -> Grid:
    keys = ("booked", "arrived", "given", "deferred", "ml")
    heads = (_("Booked"), _("Came"), _("Given"), _("Deferred"), _("Volume in ml"))
    return _added_up(
        key="blood_by_unit",
        title=_("Blood by unit"),
        heading=_("Unit"),
        columns=tuple(Column(head) for head in heads),
        lines=[Line(row["code"], row["name"], tuple(row[key] for key in keys)) for row in rows],
        sums=tuple(counts[key] for key in keys),
        chart=2,
    )


def _added_up(
    *,
    key: str,
    title: str,
    heading: str,
    columns: tuple[Column, ...],
    lines: Sequence[Line],
    sums: tuple[int, ...],
    chart: int,
) -> Grid:
    """A table that is checked against the head figures, its rest as a line where none is hidden."""
    told = [sum(_number(line.cells[i]) for line in lines) for i in range(len(sums))]
    rest = tuple(whole - part for whole, part in zip(sums, told, strict=True))
    if min(rest) < 0:
        raise ValueError(f"The rows of {key} hold more than the day's figures.")
    is_whole = all(None not in line.cells for line in lines)
    more = [Line("rest", _("Not stated"), rest)] if is_whole and any(rest) else []
    return Grid(
        key=key,
        title=title,
        heading=heading,
        columns=columns,
        lines=(*lines, *more),
        total=Line("total", _("Total"), sums),
        chart=chart,
    )


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _targets(figures: dict[str, Any]) -> Iterable[Grid]:
    """One table for each campaign, whoever is furthest behind first."""
    campaigns: dict[str, list[dict[str, Any]]] = {}
    for row in figures.get("targets") or []:
        campaigns.setdefault(row["campaign"], []).append(row)
    for number, rows in enumerate(campaigns.values(), start=1):
        in_ml = any(row["ml"] for row in rows)
        in_people = any(row["people"] for row in rows) or not in_ml
        columns = _people_columns() if in_people else ()
        columns += _ml_columns() if in_ml else ()
        lines = [
            Line(row["unit"], row["name"], _target_cells(row, people=in_people, ml=in_ml))
            for row in sorted(rows, key=_progress)
        ]
        yield Grid(
            key="targets",
            title=_("Targets: %(campaign)s") % {"campaign": rows[0]["title"]},
            heading=_("Unit"),
            columns=columns,
            lines=tuple(lines),
            total=Line("total", _("Total"), _target_cells(_sum(rows), people=in_people, ml=in_ml)),
            note=_("Reached since the campaign began; who is furthest behind stands first."),
            chart=len(columns) - 1,
            tab=_("Targets %(number)s") % {"number": number},
        )


def _people_columns() -> tuple[Column, ...]:
    return (
        Column(_("Target, people")),
        Column(_("Reached, people")),
        Column(_("Reached, share of people"), "percent"),
    )


def _ml_columns() -> tuple[Column, ...]:
    return (
        Column(_("Target, ml")),
        Column(_("Reached, ml")),
        Column(_("Reached, share of ml"), "percent"),
    )


def _target_cells(row: dict[str, Any], *, people: bool, ml: bool) -> tuple[Cell, ...]:
    cells: tuple[Cell, ...] = ()
    if people:
        cells += _of_target(row["reached"], row["people"])
    if ml:
        cells += _of_target(row["reached_ml"], row["ml"])
    return cells


def _of_target(reached: int | None, target: int | None) -> tuple[Cell, ...]:
    """Target, reached and share; nothing where no target was set, so that columns add up."""
    return (target, reached, _share(reached, target)) if target else ("", "", "")


def _share(reached: int | None, target: int | None) -> Cell:
    """Whole percents, never rounded up: 100 means that the target is reached."""
    if not target:
        return ""
    return None if reached is None else reached * 100 // target


def _sum(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sums over units with a target; where a line hides what it reached, there is none."""
    sums: dict[str, Any] = {}
    for target, reached in (("people", "reached"), ("ml", "reached_ml")):
        held = [row for row in rows if row[target]]
        sums[target] = sum(row[target] for row in held)
        is_hidden = any(row[reached] is None for row in held)
        sums[reached] = None if is_hidden else sum(row[reached] for row in held)
    return sums


def _progress(row: dict[str, Any]) -> tuple[float, str]:
    """How far a unit is, by the target in which it is furthest behind; hidden ones come first."""
    parts = [(row["reached"], row["people"]), (row["reached_ml"], row["ml"])]
    shares = [(reached or 0) / target for reached, target in parts if target]
    return min(shares, default=1.0), row["unit"]


def _silent_units(figures: dict[str, Any]) -> Iterable[Grid]:
    silent = (figures.get("banners") or {}).get("silent")
    if silent and silent["units"]:
        yield Grid(
            key="silent_units",
            title=_("Units without a registration for %(days)s days") % {"days": silent["days"]},
            heading=_("Unit"),
            columns=(Column(_("Last registration"), "date"),),
            lines=tuple(
                Line(row["code"], row["name"], (_day(row["last"]),)) for row in silent["units"]
            ),
            tab=_("Units without entries"),
        )


def _day(text: str | None) -> Cell:
    return date.fromisoformat(text[:10]) if text else _("none so far")


def _waiting(figures: dict[str, Any]) -> Iterable[Grid]:
    rows = [row for row in figures.get("waiting") or [] if row["number"] != 0]
    if rows:
        yield Grid(
            key="waiting",
            title=_("Work that waits"),
            heading=_("Step"),
            columns=(Column(_("Waiting")),),
            lines=tuple(Line(row["key"], step_name(row["key"]), (row["number"],)) for row in rows),
            note=_("At the moment at which the figures were taken."),
        )


def step_name(key: str) -> str:
    """A step that is waited for, as the desk calls it; an unknown one stands for itself."""
    return {
        "confirm": pgettext("step", "Confirmation by its owner"),
        "compare": pgettext("step", "Comparison with the earlier registration"),
        "contacted": pgettext("step", "Contacted"),
        "paper_seen": pgettext("step", "Checked against the identity paper"),
        "passed_on": pgettext("step", "Passed to a receiver"),
        "counselled": pgettext("step", "Advised"),
        "form_signed": pgettext("step", "Signed form received"),
        "card_issued": pgettext("step", "Card issued"),
        "card_posted": pgettext("step", "Card posted"),
        "listed": pgettext("step", "Listed at the national centre"),
        "handed_over": pgettext("step", "Said to be done"),
        "help_asked": pgettext("step", "Asked for help"),
    }.get(key, key)


def _quality(figures: dict[str, Any]) -> Iterable[Grid]:
    rows = [row for row in figures.get("quality") or [] if row["number"] != 0]
    if rows:
        yield Grid(
            key="quality",
            title=_("Quality of the data"),
            heading=_("What is missing"),
            columns=(
                Column(_("How many")),
                Column(_("Out of")),
                Column(_("Share"), "percent"),
            ),
            lines=tuple(
                Line(
                    row["key"],
                    _(QUALITY[row["key"]]) if row["key"] in QUALITY else row["key"],
                    (row["number"], row["of"], _share(row["number"], row["of"])),
                )
                for row in rows
            ),
        )
