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
from registration.banners.models import DayCount, Placement
from registration.banners.snippets import image_code
from registration.common.dates import number, short_date
from registration.units.models import Unit

DAYS_SHOWN = 30
# The chart's units: a column and its gap, and the height of the highest column.
COLUMN, GAP, HEIGHT = 16, 4, 96


@dataclass(frozen=True)
class Day:
    day: str
    views: str
    clicks: str
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Counts:
    """A day's views and clicks."""

    day: date
    views: int
    clicks: int


@dataclass
class Shown:
    """A placement as the page shows it, with its counts of the last 30 days, oldest first."""

    placement: Placement
    counts: list[Counts]
    language: str

    @property
    def code(self) -> str:
        return image_code(self.placement)

    @property
    def width(self) -> int:
        return Size(self.placement.size).pixels[0]

    @property
    def height(self) -> int:
        return Size(self.placement.size).pixels[1]

    @property
    def views(self) -> str:
        return number(sum(counts.views for counts in self.counts), self.language)

    @property
    def clicks(self) -> str:
        return number(sum(counts.clicks for counts in self.counts), self.language)

    @property
    def has_clicks(self) -> bool:
        return any(counts.clicks for counts in self.counts)

    @property
    def has_counts(self) -> bool:
        return any(counts.views or counts.clicks for counts in self.counts)

    @cached_property
    def days(self) -> list[Day]:
        highest = max(counts.clicks for counts in self.counts) or 1
        return [
            Day(
                day=short_date(counts.day, self.language),
                views=number(counts.views, self.language),
                clicks=number(counts.clicks, self.language),
                x=place * (COLUMN + GAP),
                y=round(HEIGHT - HEIGHT * counts.clicks / highest, 1),
                height=round(HEIGHT * counts.clicks / highest, 1),
            )
            for place, counts in enumerate(self.counts)
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
    """The unit's open placements with each day's counts; two queries however many there are."""
    today = timezone.localdate(timezone=unit.jurisdiction.zone)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    placements = (
        Placement.objects.filter(unit=unit, prompt__isnull=True, closed_at__isnull=True)
        .select_related("banner__campaign", "unit")
        .order_by("created_at", "pk")
    )
    rows = DayCount.objects.filter(placement__in=placements, day__gte=days[0])
    found = {(row.placement_id, row.day): Counts(row.day, row.views, row.clicks) for row in rows}
    return [
        Shown(
            placement=placement,
            counts=[found.get((placement.pk, day), Counts(day, 0, 0)) for day in days],
            language=language,
        )
        for placement in placements
    ]
