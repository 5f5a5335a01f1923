"""The units of a department's province, those that brought nothing or are behind first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from registration.campaigns.models import Campaign
from registration.common.dates import number, percent, short_date
from registration.monitor.overview import units_of
from registration.overview.rules import is_behind, share_of
from registration.overview.tables import TWO, Cell, Links, Row, Table
from registration.papers import labels
from registration.reports.figures import named
from registration.units.models import Unit

Figures = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """The target of a unit in which it is furthest behind."""

    share: int
    is_behind: bool


def ranked_units(
    figures: Figures,
    before: Figures | None,
    *,
    department: Unit,
    on: date,
    links: Links,
    language: str,
) -> Table:
    """Every unit that takes part and every one that brought something, laggards first.

    ``before`` are the figures that these are compared with, if any. Two queries.
    """
    rows = {row["code"]: row for row in figures["by_unit"]}
    earlier = {row["code"]: row["received"] for row in before["by_unit"]} if before else {}
    names = {code: row["name"] for code, row in rows.items()}
    if department.province:
        taking_part = units_of([department.province]).exclude(pk=department.pk)
        names |= {unit.code: named(unit, language) for unit in taking_part}
    targets, silent = _targets(figures, on), _silent(figures)

    def order(code: str) -> tuple[bool, bool, int, int, str]:
        received = rows.get(code, {}).get("received", 0)
        target = targets.get(code)
        share = target.share if target else 100
        return bool(received), not (target and target.is_behind), share, received, names[code]

    def cells(code: str) -> list[Cell]:
        received = rows.get(code, {}).get("received", 0)
        moved = [change_cell(received, earlier.get(code, 0), language)] if before else []
        return [
            *_two(rows.get(code, {}), code, links, language),
            *moved,
            Cell(_target_words(targets.get(code), language)),
            Cell(silent.get(code, "")),
        ]

    return Table(
        key="units",
        title=_("Units, laggards first"),
        heading=_("Unit"),
        columns=_heads(figures, is_compared=before is not None),
        rows=[
            Row(
                names[code],
                cells(code),
                is_behind=not rows.get(code, {}).get("received") or _is_behind(targets.get(code)),
            )
            for code in sorted(names, key=order)
        ],
        note=_(
            "Units that take part and brought nothing stand first, then those behind the even "
            "pace of their target."
        ),
    )


def _heads(figures: Figures, *, is_compared: bool) -> list[tuple[str, bool]]:
    return [
        *((head, True) for head in labels.short_heads(figures)),
        *([(_("Compared with before"), False)] if is_compared else []),
        (_("Target"), False),
        (_("Silent, last registration"), False),
    ]


def _two(row: Mapping[str, Any], code: str, links: Links, language: str) -> list[Cell]:
    return [
        Cell(number(row.get(name, 0), language), links.to(kind=name, unit=code), row.get(name, 0))
        for name in TWO
    ]


def _is_behind(target: Target | None) -> bool:
    return target is not None and target.is_behind


def _target_words(target: Target | None, language: str) -> str:
    if target is None:
        return _("no target")
    share = percent(target.share, language)
    if target.is_behind:
        return _("%(share)s, behind the pace") % {"share": share}
    return _("%(share)s, in pace") % {"share": share}


def _targets(figures: Figures, on: date) -> dict[str, Target]:
    """By unit; the campaign tells how much of its time has passed. One query."""
    rows = figures.get("targets") or []
    campaigns = Campaign.objects.in_bulk({row["campaign"] for row in rows}, field_name="code")
    found: dict[str, Target] = {}
    for row in rows:
        campaign = campaigns.get(row["campaign"])
        for reached, wanted in ((row["reached"], row["people"]), (row["reached_ml"], row["ml"])):
            share = share_of(reached, wanted)
            if share is None:
                continue
            behind = campaign is not None and is_behind(
                reached, wanted, starts_on=campaign.starts_on, ends_on=campaign.ends_on, on=on
            )
            target = Target(share, behind)
            known = found.get(row["unit"], target)
            found[row["unit"]] = min(
                known, target, key=lambda each: (not each.is_behind, each.share)
            )
    return found


def _silent(figures: Figures) -> dict[str, str]:
    """When a silent unit last brought a registration, in words."""
    silent = (figures.get("banners") or {}).get("silent") or {"units": []}
    language = figures["language"]
    return {
        row["code"]: (
            short_date(date.fromisoformat(row["last"][:10]), language)
            if row["last"]
            else _("none so far")
        )
        for row in silent["units"]
    }


def change_cell(now: int, before: int, language: str) -> Cell:
    """How a figure moved, in words: a sign or a colour alone would not be heard."""
    moved = now - before
    words = {"number": number(abs(moved), language), "before": number(before, language)}
    if not moved:
        return Cell(_("as many as before (%(before)s)") % words, value=0, in_words=True)
    if moved > 0:
        return Cell(_("%(number)s more (before: %(before)s)") % words, value=moved, in_words=True)
    return Cell(_("%(number)s fewer (before: %(before)s)") % words, value=moved, in_words=True)
