"""What the wordings of a prompt brought, and whether that tells them apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registration.banners.models import Placement, Prompt
from registration.common.charts import Bar, bar_chart
from registration.common.dates import number, percent
from registration.reach.figures import Counts, numbers_of_prompt
from registration.reach.rules import Interval, told_apart, wilson

OF_VIEWS = 100_000


@dataclass(frozen=True)
class Result:
    """A wording with its counts; ``interval`` is that of registrations received per view."""

    wording: Placement
    counts: Counts
    interval: Interval
    language: str

    @property
    def name(self) -> str:
        return self.wording.banner.headline or self.wording.banner.code

    @property
    def rate(self) -> float:
        views = max(self.counts.views, self.counts.received)
        return self.counts.received / views if views else 0.0

    @property
    def rate_label(self) -> str:
        return self._percent(self.rate) if self.counts.views else "–"

    @property
    def between(self) -> str:
        if not self.counts.views and not self.counts.received:
            return "–"
        return f"{self._percent(self.interval.low)} – {self._percent(self.interval.high)}"

    @property
    def cells(self) -> list[str]:
        counts = self.counts
        numbers = (counts.views, counts.clicks, counts.received, counts.confirmed)
        return [number(each, self.language) for each in numbers]

    def _percent(self, share: float) -> str:
        return percent(100 * share, self.language, decimals=3)


def results_of(prompt: Prompt, *, language: str) -> list[Result]:
    """Each wording, open or closed, in the order in which they were made."""
    found = numbers_of_prompt(prompt)
    wordings = prompt.wordings.select_related("banner").order_by("pk")
    return [
        Result(
            wording,
            counts := found.get(wording.pk, Counts()),
            wilson(max(0, counts.received), counts.views),
            language,
        )
        for wording in wordings
    ]


def verdict(results: list[Result]) -> str:
    """In a sentence what the figures tell, above all when they tell nothing yet."""
    leader, behind = told_apart([result.interval for result in results])
    if leader is not None:
        return _("“%(name)s” brings the most registrations for its views.") % {
            "name": results[leader].name
        }
    if behind:
        names = ", ".join(f"“{results[each].name}”" for each in behind)
        return _(
            "Behind the others: %(names)s. Between the rest no difference can be told yet."
        ) % {"names": names}
    return _("No difference can be told yet.")


def chart_title() -> str:
    return _("Registrations received for every 100,000 views")


def chart_of(results: list[Result], *, language: str) -> SafeString:
    bars = [Bar(result.name, round(OF_VIEWS * result.rate)) for result in results]
    return bar_chart(
        bars,
        chart_id="wordings",
        title=chart_title(),
        description=verdict(results),
        language=language,
    )


def csv_rows(results: list[Result]) -> Iterator[list[str]]:
    """A table for a spreadsheet; shares as decimal numbers with a point."""
    yield [
        _("Wording"),
        _("Code"),
        _("Views"),
        _("Clicks"),
        _("Received"),
        _("Confirmed"),
        _("Received per view"),
        _("At least (95 %)"),
        _("At most (95 %)"),
    ]
    for result in results:
        counts = result.counts
        numbers = (counts.views, counts.clicks, counts.received, counts.confirmed)
        shares = (result.rate, result.interval.low, result.interval.high)
        yield [
            result.name,
            result.wording.code,
            *map(str, numbers),
            *(f"{share:.6f}" for share in shares),
        ]
