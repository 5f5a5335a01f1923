"""The hospital secretary's page: the code to paste, and what the banner brought."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.banners.choices import Size
from registration.banners.models import DayCount, Placement
from registration.banners.snippets import image_code
from registration.common.charts import Column, column_chart
from registration.common.dates import number, short_date
from registration.units.models import Unit

DAYS_SHOWN = 30


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
    def has_counts(self) -> bool:
        return any(counts.views or counts.clicks for counts in self.counts)

    @property
    def days(self) -> list[tuple[str, str, str]]:
        """Day, views and clicks as the table writes them, the last day first."""
        return [
            (
                short_date(counts.day, self.language),
                number(counts.views, self.language),
                number(counts.clicks, self.language),
            )
            for counts in reversed(self.counts)
        ]

    @property
    def chart(self) -> SafeString:
        return column_chart(
            [Column(counts.day, counts.views, counts.clicks) for counts in self.counts],
            chart_id=f"chart-{self.placement.code}",
            title=_("Views and clicks by day"),
            description=_("%(views)s views and %(clicks)s clicks. The table has each day.")
            % {"views": self.views, "clicks": self.clicks},
            labels=(_("Views"), _("Clicks")),
            language=self.language,
        )


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
