"""The workbook of the day: the same figures as the letter, as typed cells with native charts."""

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registration.papers import labels
from registration.papers.grids import (
    MOST_BARS,
    Cell,
    Column,
    Grid,
    Kind,
    chart_told,
    text_of,
)
from registration.papers.sections import grids_of, trend_of

A4 = 9
LABEL_WIDTH, TEXT_WIDTH, WIDE, NARROW = 58, 44, 24, 16
# A sheet that is wider lies on its side.
UPRIGHT_WIDTH = 120
HEAD_ROW = 3
LINE_HEIGHT = 17
TOTALLED = ("text", "number", "percent")
INK, FAINT = "#1F4E5F", "#A9C6D0"
DATE_FORMATS = {"tr": r"dd\.mm\.yyyy", "vi": r"d\/m\/yyyy"}
# Excel refuses a sheet name that is longer, or that holds one of these.
LONGEST_SHEET_NAME = 31
FORBIDDEN_IN_SHEET_NAME = str.maketrans(dict.fromkeys(r"[]:*?/\'", " "))


def build_workbook(figures: dict[str, Any], *, sha256: str) -> bytes:
    """Return the XLSX of frozen ``figures``; ``sha256`` is the hash of their canonical JSON.

    All texts are in the department's language and are cells of type text, whatever they begin
    with; all figures are numbers and no cell holds a formula. Totals are checked against the head
    figures (``ValueError`` where a table holds more than they do). The same figures give the
    same bytes.
    """
    with translation.override(figures["language"]):
        return _Book(figures, sha256).build()


class _Book:
    def __init__(self, figures: dict[str, Any], sha256: str) -> None:
        self.figures = figures
        self.sha256 = sha256
        self.language: str = figures["language"]
        self.file = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.formats = self._make_formats()

    def build(self) -> bytes:
        taken_at = datetime.fromisoformat(self.figures["taken_at"])
        # Excel's own dates have no zone; the file says UTC, the cells the department's wall clock.
        self.book.set_properties(
            {
                "title": self._title(),
                "author": (self.figures["reporting_unit"] or self.figures["department"])["name"],
                "created": taken_at.replace(tzinfo=None),
            }
        )
        self._add_summary()
        for grid in grids_of(self.figures):
            self._add_grid(grid)
        self._add_trend()
        self._add_origin()
        self.book.close()
        return self.file.getvalue()

    def _make_formats(self) -> dict[str, Format]:
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        edge = {**base, "border": 1, "border_color": "#808080"}
        day = DATE_FORMATS.get(self.language, r"dd\/mm\/yyyy")
        styles: dict[str, dict[str, Any]] = {
            "plain": base,
            "wrapped": {**base, "text_wrap": True, "valign": "top"},
            "title": {**base, "bold": True, "font_size": 15},
            "demo": {**base, "bold": True, "font_color": "#9C0006", "text_wrap": True},
            "head": {**edge, "bold": True, "text_wrap": True, "bg_color": "#E7EEF1"},
            "text": {**edge, "text_wrap": True},
            "number": {**edge, "num_format": "#,##0", "align": "right"},
            "change": {**edge, "num_format": "+#,##0;-#,##0", "align": "right"},
            "percent": {**edge, "num_format": self._percent_format(), "align": "right"},
            "date": {**edge, "num_format": day, "align": "left"},
            "moment": {**edge, "num_format": f"{day} hh:mm", "align": "left"},
            "integer": {**edge, "num_format": "0", "align": "left"},
        }
        styles["head_number"] = {**styles["head"], "align": "right"}
        total = {"bold": True, "top": 2}
        styles |= {f"total_{kind}": {**styles[kind], **total} for kind in TOTALLED}
        return {name: self.book.add_format(style) for name, style in styles.items()}

    def _percent_format(self) -> str:
        return "%0" if self.language == "tr" else "0%"

    def _title(self) -> str:
        day = labels.day_title(self.figures, self.language)
        title = _("Daily summary of %(day)s") % {"day": day}
        mark = labels.provisional_mark(self.figures)
        return f"{title} – {mark}" if mark else title

    def _add_sheet(self, name: str, heading: str, columns: Sequence[Column]) -> Worksheet:
        """Add a sheet with its title, its head row frozen, and A4 print settings."""
        tab = name.translate(FORBIDDEN_IN_SHEET_NAME).strip()[:LONGEST_SHEET_NAME]
        sheet = self.book.add_worksheet(tab)
        widths = _widths(columns)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.write_string(0, 0, f"{name} – {self._title()}", self.formats["title"])
        sheet.write_string(1, 0, self.figures["department"]["name"], self.formats["plain"])
        marks = [
            labels.demo_note() if self.figures["holds_demo"] else "",
            labels.provisional_line(self.figures, self.language),
        ]
        if any(marks):
            self._add_note(sheet, 2, " – ".join(filter(None, marks)), columns, style="demo")
        sheet.write_string(HEAD_ROW, 0, heading, self.formats["head"])
        for at, column in enumerate(columns, start=1):
            is_left = column.kind in ("text", "date")
            style = self.formats["head" if is_left else "head_number"]
            sheet.write_string(HEAD_ROW, at, column.label, style)
        sheet.set_row(HEAD_ROW, 34)
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        self._set_print(sheet, is_wide=sum(widths) > UPRIGHT_WIDTH)
        return sheet

    def _set_print(self, sheet: Worksheet, *, is_wide: bool) -> None:
        sheet.set_paper(A4)
        if is_wide:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
        sheet.repeat_rows(HEAD_ROW)
        if mark := labels.provisional_mark(self.figures):
            sheet.set_header(f'&C&"Times New Roman,Bold"&20{mark}')
        sheet.set_footer("&L&A&R&P / &N")

    def _add_summary(self) -> None:
        columns = (Column(_("On the day")), Column(_("Cumulative")))
        sheet = self._add_sheet(_("Summary"), _("Figure"), columns)
        row = HEAD_ROW
        for row, line in enumerate(labels.count_rows(self.figures), start=HEAD_ROW + 1):
            self._write_line(sheet, row, line["label"], (line["day"], line["total"]), columns)
        row += 2
        if labels.is_quiet(self.figures):
            sheet.write_string(row, 0, _("Nothing to report"), self.formats["plain"])
            row += 1
        notes = [
            labels.days_line(self.figures, self.language),
            labels.banner_line(self.figures),
            labels.edition_note(self.figures),
            labels.legal_note(self.figures),
        ]
        for note in filter(None, notes):
            row = self._add_note(sheet, row, note, columns)

    def _add_note(
        self,
        sheet: Worksheet,
        row: int,
        note: str,
        columns: Sequence[Column],
        *,
        style: str = "wrapped",
    ) -> int:
        """Write a text over the columns of the table in as many lines as it takes; the row after.

        Excel fits no height to merged cells, so the lines are reckoned, on the generous side.
        """
        sheet.merge_range(row, 0, row, len(columns), "", self.formats[style])
        sheet.write_string(row, 0, note, self.formats[style])
        lines = 1 + len(note) * 6 // (sum(_widths(columns)) * 5)
        sheet.set_row(row, LINE_HEIGHT * lines)
        return row + 1

    def _add_grid(self, grid: Grid) -> None:
        sheet = self._add_sheet(grid.tab or grid.title, grid.heading, grid.columns)
        if grid.tab:
            sheet.write_string(0, 0, f"{grid.title} – {self._title()}", self.formats["title"])
        row = HEAD_ROW + 1
        for line in grid.lines:
            self._write_line(sheet, row, line.label, line.cells, grid.columns)
            row += 1
        if not grid.lines:
            sheet.write_string(row, 0, _("Nothing to report"), self.formats["text"])
            row += 1
        if total := grid.total:
            self._write_line(sheet, row, total.label, total.cells, grid.columns, style="total_")
            row += 1
        is_hidden = any(cell is None for line in grid.lines for cell in line.cells)
        notes = [grid.note, labels.edition_note(self.figures) if is_hidden else ""]
        for note in filter(None, notes):
            row = self._add_note(sheet, row + 1, note, grid.columns)
        if grid.chart is not None and grid.lines:
            self._add_chart(sheet, grid, at=row + 1)

    def _add_trend(self) -> None:
        """Add the last days with their dates as dates, which a chart's axis needs."""
        grid = trend_of(self.figures, self.language)
        sheet = self._add_sheet(grid.title, grid.heading, grid.columns)
        for row, line in enumerate(grid.lines, start=HEAD_ROW + 1):
            self._write_line(sheet, row, line.label, line.cells, grid.columns)
            self._write_cell(
                sheet, row, 0, date.fromisoformat(line.code), "date", self.formats["date"]
            )
        self._add_chart(sheet, grid, at=HEAD_ROW + len(grid.lines) + 2)

    def _add_chart(self, sheet: Worksheet, grid: Grid, *, at: int) -> None:
        is_trend = grid.key == "trend"
        rows = len(grid.lines) if is_trend else min(len(grid.lines), MOST_BARS)
        chart = self.book.add_chart({"type": "column" if is_trend else "bar"})
        if chart is None or grid.chart is None:
            raise ValueError(f"There is no chart of {grid.key}.")
        first, last = HEAD_ROW + 1, HEAD_ROW + rows
        drawn = self._drawn(grid)
        for column in drawn:
            chart.add_series(
                {
                    "name": [sheet.get_name(), HEAD_ROW, column],
                    "categories": [sheet.get_name(), first, 0, last, 0],
                    "values": [sheet.get_name(), first, column, last, column],
                    "fill": {"color": INK if column == drawn[-1] else FAINT},
                    "gap": 60,
                }
            )
        chart.set_title({"name": grid.title, "overlay": False})
        chart.set_legend({"position": "bottom"})
        kind = grid.columns[grid.chart].kind
        scale = self._percent_format() if kind == "percent" else "#,##0"
        if is_trend:
            day = DATE_FORMATS.get(self.language, r"dd\/mm\/yyyy")
            chart.set_x_axis({"date_axis": True, "num_format": day, "major_unit": 1})
            chart.set_y_axis({"num_format": scale})
        else:
            # Excel draws the first bar at the bottom; the table has it on top.
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis({"num_format": scale, "major_gridlines": {"visible": True}, "min": 0})
        chart.set_size({"width": 760, "height": max(280, 110 + 34 * rows)})
        told = [
            (line.label, text_of(line.cells[grid.chart], kind, self.language))
            for line in grid.lines[:rows]
        ]
        sheet.insert_chart(
            at, 0, chart, {"description": chart_told(grid.title, told), "object_position": 2}
        )

    def _drawn(self, grid: Grid) -> list[int]:
        """The columns of a chart: received and confirmed beside each other, else one alone."""
        heads = [column.label for column in grid.columns]
        if heads == list(labels.short_heads(self.figures)):
            return [1, 2]
        return [(grid.chart or 0) + 1]

    def _add_origin(self) -> None:
        """Add the sheet that says what the figures are of and how they can be checked."""
        figures, window = self.figures, self.figures["window"]
        columns = (Column(_("Value"), "text"),)
        sheet = self._add_sheet(_("Origin of the figures"), _("Item"), columns)
        sheet.set_column(1, 1, 72)
        unit = figures["reporting_unit"]
        rows: list[tuple[str, Any, str]] = [
            (_("Department"), figures["department"]["name"], "text"),
            (_("Reporting unit"), unit["name"] if unit else "–", "text"),
            self._number_of_copy(),
            (_("From (included)"), self._wall_clock(window["starts_at"]), "moment"),
            (_("To (not included)"), self._wall_clock(window["ends_at"]), "moment"),
            (_("Due at"), self._wall_clock(window["due_at"]), "moment"),
            (_("Figures taken at"), self._wall_clock(figures["taken_at"]), "moment"),
            (_("Time zone"), figures["zone"], "text"),
            (_("SHA-256 of the figures"), self.sha256, "text"),
        ]
        if not figures.get("provisional"):
            previous = figures["previous_sha256"] or _("None: this is the first summary.")
            rows.append((_("SHA-256 of the previous summary"), previous, "text"))
        for row, (label, value, style) in enumerate(rows, start=HEAD_ROW + 1):
            sheet.write_string(row, 0, label, self.formats["text"])
            self._write_value(sheet, row, value, self.formats[style])

    def _number_of_copy(self) -> tuple[str, int, str]:
        provisional = self.figures.get("provisional")
        if provisional:
            return _("Number of the provisional copy"), provisional["number"], "integer"
        return _("Number of the summary"), self.figures["serial"], "integer"

    def _wall_clock(self, moment: str) -> datetime:
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(self.figures["zone"]))
        return local.replace(tzinfo=None, microsecond=0)

    def _write_value(self, sheet: Worksheet, row: int, value: Any, style: Format) -> None:
        if isinstance(value, datetime):
            sheet.write_datetime(row, 1, value, style)
        elif isinstance(value, int):
            sheet.write_number(row, 1, value, style)
        else:
            sheet.write_string(row, 1, value, style)

    def _write_line(
        self,
        sheet: Worksheet,
        row: int,
        label: str,
        cells: Sequence[Cell],
        columns: Sequence[Column],
        *,
        style: str = "",
    ) -> None:
        sheet.write_string(row, 0, label, self.formats[f"{style}text"])
        for at, (cell, column) in enumerate(zip(cells, columns, strict=True), start=1):
            self._write_cell(sheet, row, at, cell, column.kind, self.formats[style + column.kind])

    def _write_cell(
        self, sheet: Worksheet, row: int, at: int, cell: Cell, kind: Kind, style: Format
    ) -> None:
        if cell == "":
            sheet.write_blank(row, at, None, style)
        elif isinstance(cell, int):
            sheet.write_number(row, at, cell / 100 if kind == "percent" else cell, style)
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, datetime.combine(cell, time()), style)
        else:
            sheet.write_string(row, at, labels.hidden() if cell is None else cell, style)


def _widths(columns: Sequence[Column]) -> list[int]:
    number = WIDE if len(columns) < 3 else NARROW
    return [LABEL_WIDTH, *(TEXT_WIDTH if c.kind == "text" else number for c in columns)]
