"""The hospital secretary's page: the code to paste, and what the banner brought."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.banners.choices import Size
from registration.banners.models import DayClicks, Placement
from registration.banners.services import code_to_paste
from registration.common.dates import number, short_date
from registration.units.models import Unit

DAYS_SHOWN = 30
# The chart's units: a column and its gap, and the height of the highest column.
COLUMN, GAP, HEIGHT = 16, 4, 96


@dataclass(frozen=True)
class Day:
    day: str
    clicks: str
    x: int
    y: float
    height: float


@dataclass
class Shown:
    """A placement as the page shows it, with its clicks of the last 30 days, oldest first."""

    placement: Placement
    counts: list[tuple[date, int]]
    language: str

    @property
    def code(self) -> str:
        return code_to_paste(self.placement)

    @property
    def width(self) -> int:
        return Size(self.placement.size).pixels[0]

    @property
    def height(self) -> int:
        return Size(self.placement.size).pixels[1]

    @property
    def total(self) -> str:
        return number(sum(count for _day, count in self.counts), self.language)

    @property
    def has_clicks(self) -> bool:
        return any(count for _day, count in self.counts)

    @cached_property
    def days(self) -> list[Day]:
        highest = max(count for _day, count in self.counts) or 1
        return [
            Day(
                day=short_date(day, self.language),
                clicks=number(count, self.language),
                x=place * (COLUMN + GAP),
                y=round(HEIGHT - HEIGHT * count / highest, 1),
                height=round(HEIGHT * count / highest, 1),
            )
            for place, (day, count) in enumerate(self.counts)
        ]


@require_safe
@require_right(Right.SEE_PLACEMENTS)
def own(request: HttpRequest) -> HttpResponse:
    """The open placements of the secretary's own unit; nobody else's."""
    unit = staff_of(request).unit
    shown = placements_of(unit, language=request.LANGUAGE_CODE) if unit else []
    context = {
        "unit": unit,
        "placements": shown,
        "days_shown": DAYS_SHOWN,
        "column": COLUMN,
        "chart_height": HEIGHT,
        "chart_width": DAYS_SHOWN * (COLUMN + GAP) - GAP,
    }
    return render(request, "desk/banner.html", context)


def placements_of(unit: Unit, *, language: str) -> list[Shown]:
    """The unit's open placements with each day's clicks; two queries however many there are."""
    today = timezone.localdate(timezone=unit.jurisdiction.zone)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    placements = (
        Placement.objects.filter(unit=unit, closed_at__isnull=True)
        .select_related("banner__campaign", "unit")
        .order_by("created_at", "pk")
    )
    rows = DayClicks.objects.filter(placement__in=placements, day__gte=days[0])
    counts = {(row.placement_id, row.day): row.count for row in rows}
    return [
        Shown(
            placement=placement,
            counts=[(day, counts.get((placement.pk, day), 0)) for day in days],
            language=language,
        )
        for placement in placements
    ]
