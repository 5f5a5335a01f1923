"""One event in words: what a row of the page, of the CSV and of the XLSX says, without a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.common import dates
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.overview.drill import NOT_STATED
from registration.papers.labels import CAUSES
from registration.papers.reasons import reason_name
from registration.reports.figures import named
from registration.units.models import Locality, Organ, Unit

Cell = str | int | date | datetime | None
Line = tuple[Cell, ...]


def heads() -> list[str]:
    """What stands over the columns, in the language that is active."""
    return [
        _("Time"),
        _("What happened"),
        _("Channel"),
        _("Unit"),
        _("Banner"),
        _("Organs and tissues"),
        _("Sex"),
        _("Age in years"),
        _("Commune or district"),
        _("Campaign"),
        _("Volume in ml"),
        _("Reason"),
        _("Signed on"),
        # Translators: the earlier event that this one takes back or lets count again
        _("Corrects"),
        _("Demo"),
    ]


@dataclass(frozen=True)
class Words:
    """Rows into lines, in one language and on one clock; ``words_of`` makes it."""

    language: str
    zone: ZoneInfo
    units: dict[int, str]
    placements: dict[int, str]
    localities: dict[int, str]
    campaigns: dict[int, str]
    kinds: dict[str, str]
    channels: dict[str, str]
    sexes: dict[str, str]
    ages: dict[str, str]
    reason: Callable[[str], str]
    organs: Callable[[str], str]
    demo: str
    # What narrows a selection → code → name.
    by_code: dict[str, dict[str, str]]

    def line(self, row: tuple[Any, ...]) -> Line:
        """The cells under ``heads``: local times without a zone, numbers, texts."""
        (
            happened_at,
            _pk,
            kind,
            corrected,
            corrected_at,
            channel,
            unit,
            placement,
            organs,
            sex,
            age,
            locality,
            campaign,
            volume,
            reason,
            signed_on,
            is_demo,
        ) = row[:17]
        return (
            happened_at.astimezone(self.zone).replace(tzinfo=None),
            self.kinds.get(kind, kind),
            self.channels.get(channel, channel),
            self.units.get(unit, ""),
            self.placements.get(placement, ""),
            self.organs(organs) if organs else "",
            self.sexes.get(sex, sex),
            self.ages.get(age, age),
            self.localities.get(locality, ""),
            self.campaigns.get(campaign, ""),
            volume,
            self.reason(reason) if reason else "",
            signed_on,
            self.corrected(corrected, corrected_at) if corrected else "",
            self.demo if is_demo else "",
        )

    def named(self, narrowed_by: str, code: str) -> str:
        """What a code of a selection is called; one that is not known stands for itself."""
        if code == NOT_STATED:
            return _("Not stated")
        if narrowed_by == "reason":
            return self.reason(code)
        return self.by_code.get(narrowed_by, {}).get(code, code)

    def corrected(self, kind: str, happened_at: datetime) -> str:
        moment = dates.date_time(happened_at, self.language, zone=self.zone.key)
        return f"{self.kinds.get(kind, kind)}, {moment}"

    def text(self, cell: Cell) -> str:
        """A cell as it is read; an empty one stays empty."""
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            clock = f"{dates.clock_time(cell, self.language)}"
            return f"{dates.short_date(cell.date(), self.language)} {clock}"
        if isinstance(cell, date):
            return dates.short_date(cell, self.language)
        return cell if isinstance(cell, str) else dates.number(cell, self.language)


def words_of(department: Unit, language: str) -> Words:
    """What the events of a department name, read once: a fixed number of queries.

    Call it under ``language``.
    """
    country = {"jurisdiction": department.jurisdiction_id}
    placements = Placement.objects.filter(unit__jurisdiction=department.jurisdiction_id)
    organs = {organ.code: named(organ, language) for organ in Organ.objects.all()}

    @cache
    def organ_names(codes: str) -> str:
        return ", ".join(organs.get(code, code) for code in codes.split(";"))

    units = {unit: named(unit, language) for unit in Unit.objects.filter(**country)}
    campaigns = list(Campaign.objects.filter(**country))
    localities = list(
        Locality.objects.filter(province__jurisdiction=department.jurisdiction_id).values_list(
            "pk", "code", "name"
        )
    )
    return Words(
        language=language,
        zone=department.jurisdiction.zone,
        units={unit.pk: name for unit, name in units.items()},
        placements=dict(placements.values_list("pk", "code")),
        localities={pk: name for pk, _code, name in localities},
        campaigns={campaign.pk: str(campaign) for campaign in campaigns},
        kinds=_labels(EventKind.choices),
        channels=_labels(EntryChannel.choices),
        sexes=_labels(Sex.choices),
        ages=_labels(AgeBand.choices),
        reason=cache(reason_name),
        organs=organ_names,
        # Translators: stands in a table beside what is shown as a demonstration only
        demo=_("Demo"),
        by_code={
            "unit": {unit.code: name for unit, name in units.items()},
            "campaign": {each.code: str(each) for each in campaigns},
            "within": {each.code: str(each) for each in campaigns},
            "locality": {code: name for _pk, code, name in localities},
            "organ": organs,
            "channel": _labels(EntryChannel.choices),
            "sex": _labels(Sex.choices),
            "age": _labels(AgeBand.choices),
            "cause": {code: _(text) for code, text in CAUSES.items()},
        },
    )


def _labels(choices: list[tuple[str, Any]]) -> dict[str, str]:
    return {code: str(label) for code, label in choices}


def csv_cells(line: Line) -> Iterator[str]:
    """A line for a CSV: times and days as ISO writes them, numbers without grouping."""
    for cell in line:
        if isinstance(cell, datetime):
            yield cell.isoformat(sep=" ", timespec="seconds")
        elif isinstance(cell, date):
            yield cell.isoformat()
        else:
            yield "" if cell is None else str(cell)
