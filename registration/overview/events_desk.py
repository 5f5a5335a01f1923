"""From a figure to the events behind it, as a page, a CSV or an XLSX: never a person."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common import dates
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.common.spreadsheets import MARK, csv_line, delimiter_of
from registration.deliveries.fence import visible_to
from registration.overview import drill, lines, services
from registration.overview.choices import UNDER_WAY, ExportState
from registration.overview.desk import department_of
from registration.overview.exports import ROWS_AT_ONCE, exports_storage
from registration.overview.models import Export
from registration.overview.rules import KEPT
from registration.overview.shown import content_type_of
from registration.papers import labels
from registration.reports.choices import Format

PER_PAGE = 50
MOST_STREAMED = 100_000
LOOKS_AGAIN = 3  # seconds


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def events(request: HttpRequest, department: str) -> HttpResponseBase:
    """The events of a selection, newest first, under the figure that they make up."""
    found, language = department_of(request, department), get_language()
    context: dict[str, Any] = {"department": found}
    try:
        selection = drill.select(found, request.GET.dict(), now=timezone.now())
        figure, number = drill.number_of(selection)
        if request.GET.get("format") == "csv":
            _require_short(number)
            return _streamed(selection, language)
        rows, older = drill.page_of(selection, before=request.GET.get("before", ""), size=PER_PAGE)
    except RuleBroken as error:
        return render(request, "overview/events.html", context | {"problem": error.sentence})
    words = lines.words_of(found, language)
    query = urlencode(selection.narrowed)
    context |= {
        "query": query,
        "asked": selection.narrowed,
        "older": f"{query}&{urlencode({'before': older})}" if older else "",
        "is_first": "before" not in request.GET,
        "figure": dates.number(figure, language),
        "number": dates.number(number, language),
        "differs": figure != number,
        "is_ml": selection.narrowed.get("kind") == "ml",
        "narrowed": _narrowed(selection, words),
        "heads": lines.heads(),
        "rows": _rows(rows, words),
    }
    return render(request, "overview/events.html", context)


def _require_short(number: int) -> None:
    """Refuse what would keep one of the few threads that pages have for long (``too_long``)."""
    if number > MOST_STREAMED:
        raise RuleBroken(
            "too_long",
            _("A CSV holds at most %(most)s rows here. Ask for these as XLSX."),
            most=MOST_STREAMED,
        )


def _rows(rows: list[tuple[Any, ...]], words: lines.Words) -> Iterator[dict[str, Any]]:
    """Each row with a number that rows of one registration share, on this page alone."""
    heads, marks = lines.heads(), dict[uuid.UUID, int]()
    for row in rows:
        mark = marks.setdefault(row[-1], len(marks) + 1)
        cells = [words.text(cell) for cell in words.line(row)]
        yield {"mark": mark, "cells": list(zip(heads, cells, strict=True))}


def _narrowed(selection: drill.Selection, words: lines.Words) -> list[dict[str, str]]:
    """What the selection is of, in words."""
    asked = selection.narrowed
    figures = {"jurisdiction": selection.department.jurisdiction_id}
    language = words.language
    facts = []
    for name, label in drill.names().items():
        if name not in asked:
            continue
        value = asked[name]
        if name in drill.DAYS:
            value = dates.short_date(drill.day_of(value), language)
        elif name == "kind":
            value = labels.count_label(figures, value)
        else:
            value = words.named(name, value)
        facts.append({"label": label, "value": value})
    return facts


def _streamed(selection: drill.Selection, language: str) -> StreamingHttpResponse:
    """All rows of the selection, read while they are sent."""
    delimiter = delimiter_of(language)

    def texts() -> Iterator[str]:
        # The view has ended by then, and with it its language.
        with translation.override(language):
            words, heads = lines.words_of(selection.department, language), lines.heads()
        yield MARK + csv_line(heads, delimiter=delimiter)
        for rows in drill.chunks(selection, size=ROWS_AT_ONCE):
            yield "".join(
                csv_line(list(lines.csv_cells(words.line(row))), delimiter=delimiter)
                for row in rows
            )

    answer = StreamingHttpResponse(texts(), content_type="text/csv; charset=utf-8")
    name = f"{selection.department.code}-events.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@never_cache
@require_right(Right.SEE_REPORTS)
def ask(request: HttpRequest, department: str) -> HttpResponse:
    """Ask for the selection as XLSX; leads to the page that shows how far it is."""
    found = department_of(request, department)
    try:
        made = services.ask_for_export(
            found,
            narrowed=request.POST.dict(),
            staff=staff_of(request),
            language=get_language(),
            now=timezone.now(),
        )
    except RuleBroken as error:
        context = {"department": found, "problem": error.sentence}
        return render(request, "overview/events.html", context, status=422)
    return SeeOther(_address(made))


def _address(export: Export) -> str:
    return str(redirect("overview:export", export.pk)["Location"])


def _export(request: HttpRequest, pk: uuid.UUID) -> Export:
    """A table is shown to whoever asked for it, as long as they may see its department."""
    return get_object_or_404(
        Export.objects.select_related("department__jurisdiction"),
        pk=pk,
        asked_by=staff_of(request),
        department__in=visible_to(request.user),
    )


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def export(request: HttpRequest, export: uuid.UUID) -> HttpResponse:
    """How far a table is; it looks again by itself until it is ready."""
    found, language = _export(request, export), get_language()
    zone = found.department.jurisdiction.time_zone
    context = {
        "export": found,
        "is_under_way": found.state in UNDER_WAY,
        "is_ready": found.state == ExportState.READY,
        "rows": dates.number(found.rows, language),
        "rows_done": dates.number(found.rows_done, language),
        "asked": dates.date_time(found.asked_at, language, zone=zone),
        "kept_until": dates.date_time(found.asked_at + KEPT, language, zone=zone),
        "query": urlencode(found.narrowed),
    }
    answer = render(request, "overview/export.html", context)
    if context["is_under_way"]:
        # As a header: a page that says so itself fails those who read it slowly (WCAG 2.2.1).
        answer["Refresh"] = str(LOOKS_AGAIN)
    return answer


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def export_file(request: HttpRequest, export: uuid.UUID) -> HttpResponseBase:
    found = _export(request, export)
    storage = exports_storage()
    if found.state != ExportState.READY or not storage.exists(found.name):
        raise Http404
    return FileResponse(
        storage.open(found.name),
        as_attachment=True,
        filename=f"{found.department.code}-events.xlsx",
        content_type=content_type_of(Format.XLSX),
    )


@require_POST
@never_cache
@require_right(Right.SEE_REPORTS)
def stop(request: HttpRequest, export: uuid.UUID) -> HttpResponse:
    found = _export(request, export)
    services.stop_export(found, now=timezone.now())
    return SeeOther(_address(found))
