"""The workbook of the day: the same figures as the letter, as typed cells with native charts."""

from collections.abc import Iterable
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registration.common import dates
from registration.reports import labels

A4 = 9
CONTENT_WIDTHS = (58, 24, 24)
HEAD_ROW = 3
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
        for table in labels.breakdowns(self.figures):
            self._add_breakdown(table)
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
            "demo": {**base, "bold": True, "font_color": "#9C0006"},
            "head": {**edge, "bold": True, "text_wrap": True, "bg_color": "#E7EEF1"},
            "text": {**edge, "text_wrap": True},
            "number": {**edge, "num_format": "#,##0"},
            "date": {**edge, "num_format": day, "align": "left"},
            "moment": {**edge, "num_format": f"{day} hh:mm", "align": "left"},
            "integer": {**edge, "num_format": "0", "align": "left"},
            "total_text": {**edge, "bold": True, "top": 2},
            "total_number": {**edge, "bold": True, "top": 2, "num_format": "#,##0"},
        }
        return {name: self.book.add_format(style) for name, style in styles.items()}

    def _title(self) -> str:
        day = dates.short_date(self._day(), self.language)
        return _("Daily summary of %(day)s") % {"day": day}

    def _day(self) -> date:
        return date.fromisoformat(self.figures["window"]["day"])

    def _add_sheet(self, name: str, heads: Iterable[str]) -> Worksheet:
        """Add a sheet with its title, its head row frozen, and A4 print settings."""
        tab = name.translate(FORBIDDEN_IN_SHEET_NAME).strip()[:LONGEST_SHEET_NAME]
        sheet = self.book.add_worksheet(tab)
        for column, width in enumerate(CONTENT_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, f"{name} – {self._title()}", self.formats["title"])
        sheet.write_string(1, 0, self.figures["department"]["name"], self.formats["plain"])
        if self.figures["holds_demo"]:
            sheet.write_string(2, 0, labels.demo_note(), self.formats["demo"])
        for column, head in enumerate(heads):
            sheet.write_string(HEAD_ROW, column, head, self.formats["head"])
        sheet.set_row(HEAD_ROW, 34)
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        sheet.set_paper(A4)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def _add_summary(self) -> None:
        sheet = self._add_sheet(_("Summary"), [_("Figure"), _("On the day"), _("Cumulative")])
        row = HEAD_ROW
        for row, line in enumerate(labels.count_rows(self.figures), start=HEAD_ROW + 1):
            self._write_row(sheet, row, line["label"], line["day"], line["total"])
        row += 2
        if labels.is_quiet(self.figures):
            sheet.write_string(row, 0, _("Nothing to report"), self.formats["plain"])
            row += 1
        if banners := labels.banner_line(self.figures):
            sheet.write_string(row, 0, banners, self.formats["plain"])
            row += 2
        row = self._add_adjustments(sheet, row)
        sheet.merge_range(row, 0, row, 2, "", self.formats["wrapped"])
        sheet.write_string(row, 0, labels.legal_note(self.figures), self.formats["wrapped"])
        sheet.set_row(row, 52)

    def _add_adjustments(self, sheet: Worksheet, row: int) -> int:
        """Corrections of days told before, below the head figures; the next free row."""
        lines = self.figures.get("adjustments", [])
        if not lines:
            return row
        heads = [_("Corrections of earlier days"), _("Change"), _("Day concerned")]
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.formats["head"])
        for line, words in zip(
            lines, labels.adjustment_rows(self.figures, self.language), strict=True
        ):
            row += 1
            sheet.write_string(row, 0, words["label"], self.formats["text"])
            sheet.write_number(row, 1, line["number"], self.formats["number"])
            day = datetime.combine(date.fromisoformat(line["day"]), time())
            sheet.write_datetime(row, 2, day, self.formats["date"])
        return row + 2

    def _add_breakdown(self, table: labels.Breakdown) -> None:
        sheet = self._add_sheet(
            table["title"], [table["heading"], *labels.short_heads(self.figures)]
        )
        first = HEAD_ROW + 1
        for row, line in enumerate(table["rows"], start=first):
            self._write_row(sheet, row, line["label"], line["received"], line["confirmed"])
        after = first + len(table["rows"])
        if not table["rows"]:
            sheet.write_string(after, 0, _("Nothing to report"), self.formats["text"])
            after += 1
        if total := table["total"]:
            self._write_row(
                sheet, after, total["label"], total["received"], total["confirmed"], style="total_"
            )
            after += 1
        if table["note"]:
            sheet.write_string(after + 1, 0, table["note"], self.formats["plain"])
            after += 2
        if table["rows"]:
            self._add_chart(sheet, "bar", table["title"], len(table["rows"]), after + 1)

    def _add_trend(self) -> None:
        sheet = self._add_sheet(
            _("The last 14 days"), [_("Date"), *labels.short_heads(self.figures)]
        )
        first = HEAD_ROW + 1
        for row, line in enumerate(self.figures["trend"], start=first):
            day = datetime.fromisoformat(line["day"])
            sheet.write_datetime(row, 0, day, self.formats["date"])
            sheet.write_number(row, 1, line["received"], self.formats["number"])
            sheet.write_number(row, 2, line["confirmed"], self.formats["number"])
        after = first + len(self.figures["trend"])
        self._add_chart(
            sheet, "column", _("The last 14 days"), len(self.figures["trend"]), after + 1
        )

    def _add_chart(self, sheet: Worksheet, kind: str, title: str, rows: int, at: int) -> None:
        chart = self.book.add_chart({"type": kind})
        if chart is None:
            raise ValueError(f"There is no chart of the kind {kind}.")
        first, last = HEAD_ROW + 1, HEAD_ROW + rows
        for column, colour in ((1, FAINT), (2, INK)):
            chart.add_series(
                {
                    "name": [sheet.get_name(), HEAD_ROW, column],
                    "categories": [sheet.get_name(), first, 0, last, 0],
                    "values": [sheet.get_name(), first, column, last, column],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title({"name": title, "overlay": False})
        chart.set_legend({"position": "bottom"})
        if kind == "bar":
            # Excel draws the first bar at the bottom; the table has it on top.
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
        else:
            day = DATE_FORMATS.get(self.language, r"dd\/mm\/yyyy")
            chart.set_x_axis({"date_axis": True, "num_format": day, "major_unit": 1})
            chart.set_y_axis({"num_format": "#,##0"})
        chart.set_size({"width": 760, "height": max(280, 110 + 34 * rows)})
        sheet.insert_chart(at, 0, chart, {"description": title, "object_position": 2})

    def _add_origin(self) -> None:
        """Add the sheet that says what the figures are of and how they can be checked."""
        figures, window = self.figures, self.figures["window"]
        sheet = self._add_sheet(_("Origin of the figures"), [_("Item"), _("Value")])
        sheet.set_column(1, 1, 72)
        unit = figures["reporting_unit"]
        rows: list[tuple[str, Any, str]] = [
            (_("Department"), figures["department"]["name"], "text"),
            (_("Reporting unit"), unit["name"] if unit else "–", "text"),
            (_("Number of the summary"), figures["serial"], "integer"),
            (_("From (included)"), self._wall_clock(window["starts_at"]), "moment"),
            (_("To (not included)"), self._wall_clock(window["ends_at"]), "moment"),
            (_("Due at"), self._wall_clock(window["due_at"]), "moment"),
            (_("Figures taken at"), self._wall_clock(figures["taken_at"]), "moment"),
            (_("Time zone"), figures["zone"], "text"),
            (_("SHA-256 of the figures"), self.sha256, "text"),
            (
                _("SHA-256 of the previous summary"),
                figures["previous_sha256"] or _("None: this is the first summary."),
                "text",
            ),
        ]
        for row, (label, value, style) in enumerate(rows, start=HEAD_ROW + 1):
            sheet.write_string(row, 0, label, self.formats["text"])
            self._write_value(sheet, row, value, self.formats[style])

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

    def _write_row(
        self, sheet: Worksheet, row: int, label: str, first: int, second: int, *, style: str = ""
    ) -> None:
        sheet.write_string(row, 0, label, self.formats[f"{style}text"])
        sheet.write_number(row, 1, first, self.formats[f"{style}number"])
        sheet.write_number(row, 2, second, self.formats[f"{style}number"])
