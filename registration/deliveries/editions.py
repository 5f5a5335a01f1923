"""The figures and documents of a summary, or of provisional figures, in one edition."""

import json
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse

from registration.common.dates import date_time, short_date
from registration.outbox.services import File
from registration.papers import labels
from registration.reports.choices import Edition, Format
from registration.reports.closing import (
    CONTENT_TYPES,
    build_document,
    document_name,
    documents_of,
    formats_of,
)
from registration.reports.models import Provisional, Summary
from registration.reports.rules import canonical, iso

Thing = Summary | Provisional


def edition_for(is_outside: bool) -> Edition:
    return Edition.SHARED if is_outside else Edition.OWN


class Papers:
    """Read or made once, however many recipients get them."""

    def __init__(self, thing: Thing, edition: Edition) -> None:
        self.thing, self.edition = thing, edition
        self._files: dict[Format, File] = {}

    @cached_property
    def figures(self) -> dict[str, Any]:
        """As this edition tells them."""
        if self.edition == Edition.OWN:
            return self._own
        return dict(json.loads(self.file(Format.JSON).content))

    @cached_property
    def formats(self) -> list[Format]:
        return formats_of(self._own)

    def file(self, format: Format) -> File:
        """One document; a summary's is kept and the same to the byte each time."""
        if format not in self._files:
            if isinstance(self.thing, Summary):
                self._files = _kept(self.thing, self.edition)
            else:
                self._files[format] = self._build(self.thing, format)
        return self._files[format]

    def files(self, formats: str) -> list[File]:
        """Those of the wanted formats, joined by ";", that the country has."""
        wanted = formats.split(";")
        return [self.file(each) for each in self.formats if each in wanted]

    @property
    def call(self) -> str:
        """The body of a webhook, as Standard Webhooks has it."""
        kind, moment = (
            ("summary.frozen", self.thing.frozen_at)
            if isinstance(self.thing, Summary)
            else ("summary.provisional", self.thing.taken_at)
        )
        return canonical({"type": kind, "timestamp": iso(moment), "data": self.figures})

    @cached_property
    def _own(self) -> dict[str, Any]:
        return dict(json.loads(self.thing.figures))

    def _build(self, provisional: Provisional, format: Format) -> File:
        content = build_document(
            self._own, format=format, edition=self.edition, sha256=provisional.sha256
        )
        name = document_name(self._own, format=format, edition=self.edition)
        return File(f"provisional-{provisional.number}-{name}", CONTENT_TYPES[format], content)


def _kept(summary: Summary, edition: Edition) -> dict[Format, File]:
    return {
        Format(each.format): File(
            each.name, CONTENT_TYPES[Format(each.format)], bytes(each.content)
        )
        for each in documents_of(summary, edition=edition)
    }


def facts_of_papers(papers: Papers, language: str) -> dict[str, Any]:
    """What a page says of the figures: title, span, the counts in rows, the notes."""
    figures = papers.figures
    window, zone = figures["window"], figures["zone"]

    def local(moment: str) -> str:
        return date_time(datetime.fromisoformat(moment), language, zone=zone)

    return {
        "department": figures["department"]["name"],
        "day": short_date(date.fromisoformat(window["day"]), language),
        "serial": figures["serial"],
        "provisional": (figures.get("provisional") or {}).get("number"),
        "provisional_line": labels.provisional_line(figures, language),
        "edition_note": labels.edition_note(figures),
        "legal_note": labels.legal_note(figures),
        "demo_note": labels.demo_note() if figures["holds_demo"] else "",
        "starts": local(window["starts_at"]),
        "ends": local(window["ends_at"]),
        "sha256": papers.thing.sha256,
        "rows": [
            {
                "label": row["label"],
                "day": labels.shown(row["day"], language),
                "total": labels.shown(row["total"], language),
            }
            for row in labels.count_rows(figures)
        ],
    }


def file_response(papers: Papers, format: str) -> HttpResponse:
    """One document to keep, or 404 for a format that these figures have not."""
    if format not in papers.formats:
        raise Http404
    file = papers.file(Format(format))
    disposition = f'attachment; filename="{file.name}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)
