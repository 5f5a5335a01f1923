"""A month on slides: what a department's leaders are shown, from the same tables as the letter."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from registration.common import dates
from registration.papers import labels
from registration.papers.grids import Grid, bars_of, chart_told, heads_of, text_of
from registration.papers.sections import grids_of

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN, TOP = Inches(0.7), Inches(1.55)
BODY_HEIGHT = Inches(5.2)
INK, FAINT, PAPER = RGBColor(0x1F, 0x4E, 0x5F), RGBColor(0x7F, 0xB0, 0xC0), RGBColor(255, 255, 255)
# In every office suite, with all letters of Turkish and Vietnamese.
FONT = "Arial"
# What is read from the back of a room: longer tables are in the workbook.
MOST_LINES = 10
# Tables that leaders are shown, in their order; the others are tools of the day's work.
SHOWN = (
    "by_unit",
    "by_channel",
    "by_campaign",
    "by_organ",
    "by_age_band",
    "targets",
    "blood_by_unit",
    "by_volume",
    "silent_units",
    "adjustments",
)
ONLY_TITLE, TITLE = 5, 0
# The one moment that a zip of equal content bears.
STILL = (1980, 1, 1, 0, 0, 0)
CLOCK = re.compile(rb">[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z<")


def build_slides(period: dict[str, Any]) -> bytes:
    """Return the PPTX, 16:9, of figures as ``reports.periods.period_of`` gives them.

    In the department's language. Charts are native, each with its values as alternative text;
    titles are titles. The same figures give the same bytes.
    """
    with translation.override(period["language"]):
        return _Show(period).build()


class _Show:
    def __init__(self, period: dict[str, Any]) -> None:
        self.period = period
        self.language: str = period["language"]
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = WIDTH, HEIGHT

    def build(self) -> bytes:
        self._add_title()
        self._add_heads()
        if any(day["has_summary"] for day in self.period["days"]):
            self._add_days()
        for grid in self._grids():
            self._add_grid(grid)
        self._add_origin()
        self._set_properties()
        raw = BytesIO()
        self.deck.save(raw)
        return _still(raw.getvalue())

    def _grids(self) -> Iterator[Grid]:
        found = {grid.key: grid for grid in grids_of(self.period) if not grid.is_empty}
        return (found[key] for key in SHOWN if key in found)

    def _months(self) -> str:
        first, last = (date.fromisoformat(self.period[name]) for name in ("first", "last"))
        return "–".join(dates.short_date(day, self.language) for day in (first, last))

    def _still_running(self) -> list[str]:
        """That the month goes on and how far it is told; empty once its last day has ended."""
        if not self.period.get("provisional"):
            return []
        told = self.period.get("told_until") or ""
        if told < self.period["first"]:
            return [_("The month is not over: no day is told yet.")]
        day = dates.short_date(date.fromisoformat(told), self.language)
        return [_("The month is not over: told until %(day)s.") % {"day": day}]

    def _add_title(self) -> None:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE])
        title, under = slide.shapes.title, slide.placeholders[1]
        for shape, top, height in ((title, 2.0, 1.6), (under, 3.8, 1.8)):
            shape.left, shape.width = MARGIN, WIDTH - 2 * MARGIN
            shape.top, shape.height = Inches(top), Inches(height)
        self._write(title.text_frame, [_("Summary of the month")], size=40, bold=True)
        lines = [self.period["department"]["name"], self._months(), *self._still_running()]
        if self.period.get("holds_demo"):
            lines.append(labels.demo_note())
        self._write(under.text_frame, lines, size=24)

    def _slide(self, title: str) -> Slide:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[ONLY_TITLE])
        shape = slide.shapes.title
        shape.left, shape.top = MARGIN, Inches(0.4)
        shape.width, shape.height = WIDTH - 2 * MARGIN, Inches(0.95)
        self._write(shape.text_frame, [title], size=30, bold=True)
        return slide

    def _add_heads(self) -> None:
        title = _("The figures of the month")
        if labels.is_quiet(self.period) and any(day["is_told"] for day in self.period["days"]):
            title = f"{title}: {_('Nothing to report')}"
        slide = self._slide(title)
        rows = [
            [
                row["label"],
                dates.number(row["day"], self.language),
                dates.number(row["total"], self.language),
            ]
            for row in labels.count_rows(self.period)
        ]
        heads = [_("Figure"), _("In the period"), _("Cumulative")]
        self._table(slide, heads, rows, left=MARGIN, width=WIDTH - 2 * MARGIN)

    def _add_days(self) -> None:
        slide = self._slide(_("Day by day"))
        received, confirmed = labels.short_heads(self.period)
        days = self.period["days"]
        told = [
            dates.short_date(date.fromisoformat(day["day"]), self.language).rpartition(
                str(date.fromisoformat(day["day"]).year)
            )[0]
            for day in days
        ]
        data = CategoryChartData()
        data.categories = [label.rstrip("/.") for label in told]
        # A day without a summary of its own is a gap: a zero would say that nothing came in.
        for name, key in ((received, "received"), (confirmed, "confirmed")):
            data.add_series(name, [day[key] if day["has_summary"] else None for day in days])
        values = [
            (label, str(day["received"]))
            for label, day in zip(told, days, strict=True)
            if day["has_summary"]
        ]
        self._chart(
            slide,
            XL_CHART_TYPE.COLUMN_CLUSTERED,
            data,
            chart_told(received, values),
            (MARGIN, TOP, WIDTH - 2 * MARGIN, BODY_HEIGHT),
        )

    def _add_grid(self, grid: Grid) -> None:
        slide = self._slide(grid.title)
        # A table of many columns needs the whole slide.
        is_wide = len(grid.columns) > 3
        bars = [] if is_wide else bars_of(grid, self.language)[:MOST_LINES]
        half = Emu(int((WIDTH - 3 * MARGIN) / 2))
        rows = [
            [
                line.label,
                *(
                    text_of(cell, column.kind, self.language)
                    for cell, column in zip(line.cells, grid.columns, strict=True)
                ),
            ]
            for line in grid.lines[:MOST_LINES]
        ]
        width = half if bars else Emu(WIDTH - 2 * MARGIN)
        self._table(slide, heads_of(grid), rows, left=MARGIN, width=width)
        if bars:
            data = CategoryChartData()
            # Bars are drawn from below: the first line of the table is to stand on top.
            data.categories = [bar.label for bar in reversed(bars)]
            data.add_series(grid.columns[grid.chart or 0].label, [b.value for b in reversed(bars)])
            told = chart_told(grid.title, [(bar.label, bar.text) for bar in bars])
            height = min(BODY_HEIGHT, Inches(0.8 + 0.55 * len(bars)))
            place = (Emu(2 * MARGIN + half), TOP, half, height)
            self._chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, told, place)
        left_out = len(grid.lines) - len(rows)
        if left_out > 0:
            self._note(
                slide,
                _("%(number)s more rows are in the workbook.")
                % {"number": dates.number(left_out, self.language)},
            )

    def _add_origin(self) -> None:
        slide = self._slide(_("Origin of the figures"))
        lines = [
            _("Summed from the frozen summaries of each day; a told day does not change."),
            labels.legal_note(self.period),
        ]
        missing = [date.fromisoformat(day) for day in self.period.get("missing", [])]
        if missing:
            named = ", ".join(dates.short_date(day, self.language) for day in missing)
            lines.insert(0, _("Days without a summary: %(days)s.") % {"days": named})
        lines = self._still_running() + lines
        lines += filter(None, [labels.banner_line(self.period), labels.edition_note(self.period)])
        box = slide.shapes.add_textbox(MARGIN, TOP, WIDTH - 2 * MARGIN, BODY_HEIGHT)
        box.text_frame.word_wrap = True
        self._write(box.text_frame, lines, size=20)

    def _note(self, slide: Slide, text: str) -> None:
        box = slide.shapes.add_textbox(MARGIN, Inches(6.85), WIDTH - 2 * MARGIN, Inches(0.4))
        self._write(box.text_frame, [text], size=14)

    def _table(
        self, slide: Slide, heads: list[str], rows: list[list[str]], *, left: int, width: int
    ) -> None:
        height = Inches(0.42 * (len(rows) + 1))
        frame = slide.shapes.add_table(len(rows) + 1, len(heads), left, TOP, width, height)
        table = frame.table
        first = int(width * (0.5 if len(heads) < 5 else 0.34))
        for place, column in enumerate(table.columns):
            column.width = Emu(first if place == 0 else (width - first) // (len(heads) - 1))
        for y, row in enumerate([heads, *rows]):
            for x, text in enumerate(row):
                cell = table.cell(y, x)
                cell.fill.solid()
                cell.fill.fore_color.rgb = INK if y == 0 else PAPER
                colour = PAPER if y == 0 else RGBColor(0x20, 0x20, 0x20)
                self._write(cell.text_frame, [text], size=14, bold=y == 0, colour=colour)
                if x:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        _set_description(frame, "; ".join(" ".join(row) for row in [heads, *rows]))

    def _chart(
        self,
        slide: Slide,
        kind: XL_CHART_TYPE,
        data: CategoryChartData,
        told: str,
        place: tuple[int, int, int, int],
    ) -> None:
        frame = slide.shapes.add_chart(kind, *place, data)
        chart = frame.chart
        series = list(chart.plots[0].series)
        chart.has_title = False
        chart.has_legend = len(series) > 1
        if chart.has_legend:
            chart.legend.position = XL_LEGEND_POSITION.BOTTOM
            chart.legend.include_in_layout = False
        chart.font.size, chart.font.name = Pt(12), FONT
        chart.plots[0].gap_width = 60
        for one, colour in zip(series, (INK, FAINT), strict=False):
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = colour
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xDD, 0xDD)
        chart.value_axis.minimum_scale = 0
        if kind == XL_CHART_TYPE.BAR_CLUSTERED:
            chart.plots[0].has_data_labels = True
            chart.plots[0].data_labels.font.size = Pt(12)
        _set_description(frame, told)

    def _write(
        self,
        frame: Any,
        lines: list[str],
        *,
        size: int,
        bold: bool = False,
        colour: RGBColor = INK,
    ) -> None:
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = line
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
            run.font.color.rgb = colour
            run._r.get_or_add_rPr().set("lang", _tag(self.language))

    def _set_properties(self) -> None:
        properties = self.deck.core_properties
        told = self.period.get("told_until") or self.period["last"]
        moment = datetime.fromisoformat(told)
        properties.title = f"{self.period['department']['name']}, {self._months()}"
        properties.author = self.period["department"]["name"]
        properties.language = _tag(self.language)
        properties.created = properties.modified = moment
        properties.last_modified_by = ""
        properties.revision = 1


def _tag(language: str) -> str:
    """The tag that office programs know the language by."""
    return {"tr": "tr-TR", "vi": "vi-VN"}.get(language, "en-GB")


def _set_description(frame: Any, text: str) -> None:
    frame._element.find(f"{qn('p:nvGraphicFramePr')}/{qn('p:cNvPr')}").set("descr", text)


def _still(content: bytes, *, inside: bool = False) -> bytes:
    """The same file without the moment at which it was written.

    ``inside``: the workbook behind a chart, whose own properties bear the machine's clock.
    """
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, STILL)
            part.compress_type = zipfile.ZIP_DEFLATED
            data = old.read(name)
            if name.endswith(".xlsx"):
                data = _still(data, inside=True)
            elif inside and name == "docProps/core.xml":
                data = CLOCK.sub(b">1980-01-01T00:00:00Z<", data)
            new.writestr(part, data)
    return out.getvalue()
