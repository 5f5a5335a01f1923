"""Charts for web pages: safe SVG drawn by the server, coloured by classes of the style sheet.

Here and not in a room, because reports, monitor and reach draw them. Widths are shares of the
frame and texts keep the size of the page, so a chart reads as well at 360 px as on a desk. No
script, no style attribute. A chart never stands alone: the page shows the same figures as a table
beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registration.common.dates import number, short_date

ROW_HEIGHT = 44
BAR_HEIGHT = 16
LONGEST_BAR = 80
KEY_HEIGHT = 30
PLOT_HEIGHT = 160
AXIS_HEIGHT = 24
ROOM_FOR_VALUE = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name and its value, zero or more."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class TrendDay:
    """The two figures of one day of a trend."""

    day: date
    received: int
    confirmed: int


def bar_chart(
    bars: Sequence[Bar], *, chart_id: str, title: str, description: str, language: str
) -> SafeString:
    """Return lying bars, each under its name and with its value, scaled to the longest.

    ``chart_id`` must be unique on the page. ``description`` says in a sentence what is seen.
    """
    top = max((bar.value for bar in bars), default=0) or 1
    rows = format_html_join(
        "",
        '<g><text class="label" x="0" y="{}">{}</text>'
        '<rect class="bar" x="0" y="{}" width="{}%" height="{}"/>'
        '<text class="value" x="{}%" dx="6" y="{}">{}</text></g>',
        (
            (
                index * ROW_HEIGHT + 14,
                bar.label,
                index * ROW_HEIGHT + 20,
                _share(bar.value, top, LONGEST_BAR),
                BAR_HEIGHT,
                _share(bar.value, top, LONGEST_BAR),
                index * ROW_HEIGHT + 33,
                number(bar.value, language),
            )
            for index, bar in enumerate(bars)
        ),
    )
    return _frame(chart_id, title, description, ROW_HEIGHT * max(1, len(bars)), rows)


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a column chart: a part of its value may stand out in another colour."""

    day: date
    value: int
    part: int = 0


def column_chart(
    days: Sequence[Column],
    *,
    chart_id: str,
    title: str,
    description: str,
    labels: tuple[str, str],
    language: str,
) -> SafeString:
    """Return a column for each of up to some 400 days, the ``part`` drawn within the whole.

    ``labels`` name the whole and the part. The first and last day are written under the chart,
    and the highest value above.
    """
    top = max((max(day.value, day.part) for day in days), default=0) or 1
    step = 100 / max(1, len(days))
    floor = KEY_HEIGHT + ROOM_FOR_VALUE + PLOT_HEIGHT
    columns = format_html_join(
        "",
        "<g><title>{}: {} / {}</title>"
        '<rect class="bar-rest" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<rect class="bar" x="{}%" y="{}" width="{}%" height="{}"/></g>',
        (
            (
                short_date(each.day, language),
                number(each.value, language),
                number(each.part, language),
                *_thin(index * step, each.value, top, step, floor),
                *_thin(index * step, each.part, top, step, floor),
            )
            for index, each in enumerate(days)
        ),
    )
    ends = [("start", "0", days[0].day), ("end", "100", days[-1].day)] if days else []
    under = format_html_join(
        "",
        '<text class="label" text-anchor="{}" x="{}%" y="{}">{}</text>',
        ((anchor, x, floor + 16, short_date(day, language)) for anchor, x, day in ends),
    )
    body = format_html(
        '{}{}<line class="axis" x1="0" y1="{f}" x2="100%" y2="{f}"/>'
        '<text class="value" x="0" y="{y}">{v}</text>{u}',
        _key(*labels, "bar-rest", "bar"),
        columns,
        f=floor,
        y=KEY_HEIGHT + 10,
        v=number(top, language) if any(day.value or day.part for day in days) else "",
        u=under,
    )
    return _frame(chart_id, title, description, floor + AXIS_HEIGHT, body)


def _thin(x: float, value: int, top: int, step: float, floor: int) -> tuple[str, int, str, int]:
    height = _height(value, top)
    return _decimal(x), floor - height, _decimal(step * 0.8), height


def trend_chart(
    days: Sequence[TrendDay],
    *,
    chart_id: str,
    title: str,
    description: str,
    received_label: str,
    confirmed_label: str,
    language: str,
) -> SafeString:
    """Return two columns for each day: what was received and what was confirmed.

    Values are written over the highest and the last day only; the table beside the chart has all.
    """
    top = max((max(day.received, day.confirmed) for day in days), default=0) or 1
    step = 100 / max(1, len(days))
    floor = KEY_HEIGHT + ROOM_FOR_VALUE + PLOT_HEIGHT
    body = format_html(
        "{}{}{}{}",
        _key(received_label, confirmed_label),
        _columns(days, top, step, floor, language),
        format_html('<line class="axis" x1="0" y1="{0}" x2="100%" y2="{0}"/>', floor),
        _day_labels(days, step, floor, language),
    )
    return _frame(chart_id, title, description, floor + AXIS_HEIGHT, body)


def _frame(
    chart_id: str, title: str, description: str, height: int, body: SafeString
) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" width="100%" height="{height}"'
        ' aria-labelledby="{chart_id}-title {chart_id}-desc" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{chart_id}-title">{title}</title>'
        '<desc id="{chart_id}-desc">{description}</desc>{body}</svg>',
        chart_id=chart_id,
        title=title,
        description=description,
        height=height,
        body=body,
    )


def _key(one: str, other: str, of_one: str = "bar", of_other: str = "bar-2") -> SafeString:
    return format_html(
        '<rect class="{}" x="0" y="4" width="12" height="12"/>'
        '<text class="label" x="18" y="15">{}</text>'
        '<rect class="{}" x="55%" y="4" width="12" height="12"/>'
        '<text class="label" x="55%" dx="18" y="15">{}</text>',
        of_one,
        one,
        of_other,
        other,
    )


def _columns(
    days: Sequence[TrendDay], top: int, step: float, floor: int, language: str
) -> SafeString:
    bars = format_html_join(
        "",
        '<g><title>{}: {} / {}</title><rect class="bar" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<rect class="bar-2" x="{}%" y="{}" width="{}%" height="{}"/></g>',
        (
            (
                short_date(day.day, language),
                number(day.received, language),
                number(day.confirmed, language),
                *_column(index * step + step * 0.12, day.received, top, step, floor),
                *_column(index * step + step * 0.52, day.confirmed, top, step, floor),
            )
            for index, day in enumerate(days)
        ),
    )
    last = len(days) - 1
    values = format_html_join(
        "",
        '<text class="value" text-anchor="{}" x="{}%" y="{}">{}</text>',
        (
            (
                *_anchor(index, last, step),
                floor - _height(max(days[index].received, days[index].confirmed), top) - 6,
                number(days[index].received, language),
            )
            for index in _spoken_days(days)
        ),
    )
    return format_html("{}{}", bars, values)


def _column(x: float, value: int, top: int, step: float, floor: int) -> tuple[str, int, str, int]:
    height = _height(value, top)
    return _decimal(x), floor - height, _decimal(step * 0.36), height


def _spoken_days(days: Sequence[TrendDay]) -> list[int]:
    """The highest day and the last one; not both when they would touch."""
    if not days:
        return []
    last = len(days) - 1
    highest = max(range(len(days)), key=lambda index: days[index].received)
    return [highest, last] if last - highest > 1 else [last]


def _day_labels(days: Sequence[TrendDay], step: float, floor: int, language: str) -> SafeString:
    """Name every second day, counted back from the last, by day and month."""
    last = len(days) - 1
    return format_html_join(
        "",
        '<text class="label" text-anchor="{}" x="{}%" y="{}">{}</text>',
        (
            (*_anchor(index, last, step), floor + 16, _day_and_month(days[index].day, language))
            for index in range(last % 2, len(days), 2)
        ),
    )


def _anchor(index: int, last: int, step: float) -> tuple[str, str]:
    """Centre a text on its day; the last one ends at the frame, or it would be cut off."""
    if index == last:
        return "end", "100"
    return "middle", _decimal((index + 0.5) * step)


def _day_and_month(day: date, language: str) -> str:
    return short_date(day, language)[: -len(f"/{day.year}")]


def _height(value: int, top: int) -> int:
    return round(PLOT_HEIGHT * value / top)


def _share(value: int, top: int, longest: int) -> str:
    return _decimal(longest * value / top)


def _decimal(value: float) -> str:
    # Formatted here: Django would write a decimal comma under tr and vi.
    return f"{value:.2f}".rstrip("0").rstrip(".")
