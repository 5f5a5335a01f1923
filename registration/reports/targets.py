"""What units set out to reach in campaigns, and how far they have got."""

from collections import Counter
from typing import Any

from django.db.models import Q

from registration.campaigns.choices import CampaignKind
from registration.campaigns.models import Campaign, UnitTarget
from registration.reports.counting import Counts, count_shares
from registration.reports.models import Window
from registration.reports.names import Names, columns_of, name_in
from registration.units.models import Unit

# What "reached" means for a kind of campaign.
REACHED_BY = {CampaignKind.ORGAN: "confirmed", CampaignKind.BLOOD: "given"}
# (campaign, unit) → what was reached by name.
Reached = Counter[tuple[int, int, str]]


def targets_of(
    department: Unit,
    window: Window,
    counted: Counts,
    names: Names,
    told: dict[str, Any] | None,
) -> list[dict[str, Any]]:
    """The targets of the campaigns that take registrations on the window's day.

    What the summary before told goes on with what this window adds; a target that it did not tell
    of is counted from its campaign's beginning. What a part of a campaign reached, it reached too.
    """
    targets = _running(department, window)
    if not targets:
        return []
    before = {(row["campaign"], row["unit"]): row for row in (told or {}).get("targets", [])}
    moved = _moved(counted, names.parents)
    new = [row for row in targets if _key(row) not in before]
    since_begin = _since_begin(department, window, new) if new else Counter()
    found = []
    for row in targets:
        pair, by = (row["campaign_id"], row["unit_id"]), REACHED_BY[row["campaign__kind"]]
        known, gained = before.get(_key(row)), moved if _key(row) in before else since_begin
        ml = gained[*pair, "ml"] if by == "given" else 0
        found.append(
            {
                "campaign": row["campaign__code"],
                "title": name_in(row, names.language, "campaign__title") or row["campaign__code"],
                "kind": row["campaign__kind"],
                "unit": row["unit__code"],
                "name": name_in(row, names.language, "unit__name") or row["unit__code"],
                "people": row["people"],
                "ml": row["volume_ml"],
                "reached": (known["reached"] if known else 0) + gained[*pair, by],
                "reached_ml": (known["reached_ml"] if known else 0) + ml,
            }
        )
    return found


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["campaign__code"], row["unit__code"]


def _running(department: Unit, window: Window) -> list[dict[str, Any]]:
    """Targets of the province's campaigns, and those of its units in campaigns of the country."""
    of_country = Q(
        campaign__province=None,
        campaign__jurisdiction=department.jurisdiction_id,
        unit__province=department.province_id,
    )
    open_still = (
        Q(campaign__ends_on=None)
        | Q(campaign__ends_on__gte=window.day)
        | Q(campaign__registers_after_end=True)
    )
    names = [f"campaign__{column}" for column in columns_of("title")]
    names += [f"unit__{column}" for column in columns_of("name")]
    return list(
        UnitTarget.objects.filter(
            Q(campaign__province=department.province_id) | of_country,
            open_still,
            campaign__starts_on__lte=window.day,
        )
        .order_by("campaign__code", "unit__code")
        .values(
            "campaign_id",
            "campaign__code",
            "campaign__kind",
            "unit_id",
            "unit__code",
            "people",
            "volume_ml",
            *names,
        )
    )


def _moved(counted: Counts, parents: dict[int, int]) -> Reached:
    """What the window adds: its own entries, and its corrections of days told before."""
    moved: Reached = Counter()
    for (share, name), number in counted.groups["share"].items():
        _add(moved, share, parents, name, number)
    for each in counted.corrections:
        _add(moved, each.share, parents, each.name, each.sign)
        _add(moved, each.share, parents, "ml", each.ml)
    return moved


def _since_begin(department: Unit, window: Window, targets: list[dict[str, Any]]) -> Reached:
    """What targets reached from the beginning to the window's end."""
    found: Reached = Counter()
    wholes = {row["campaign_id"] for row in targets}
    parts = Campaign.objects.filter(parent__in=wholes).order_by().values_list("pk", "parent_id")
    parents = {part: whole for part, whole in parts if whole}
    rows = count_shares(
        department,
        campaigns=wholes | set(parents),
        units={row["unit_id"] for row in targets},
        before=window.ends_at,
    )
    for share, name, number in rows:
        _add(found, share, parents, name, number)
    return found


def _add(
    reached: Reached,
    share: tuple[int | None, int | None],
    parents: dict[int, int],
    name: str,
    number: int,
) -> None:
    campaign, unit = share
    if campaign is None or unit is None:
        return
    reached[campaign, unit, name] += number
    if campaign in parents:
        reached[parents[campaign], unit, name] += number
