"""The routes of version 1. Each reads; none writes or tells of a person."""

import base64
import logging
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError

from registration.api import reading, texts
from registration.api.choices import Scope
from registration.api.entrance import OF_KEY, KeyAuth
from registration.api.keys import departments_of
from registration.api.models import ApiKey
from registration.api.problems import (
    Problem,
    mistake,
    mistakes_of,
    problem_answer,
)
from registration.api.rules import require_period
from registration.api.schemas import (
    Campaigns,
    Code,
    Day,
    Figures,
    ListAsked,
    Me,
    Period,
    PeriodAsked,
    ProblemOut,
    Summaries,
    SummariesAsked,
    Totals,
    TotalsAsked,
    Units,
)
from registration.common.errors import RuleBroken
from registration.overview.totals import totals_of
from registration.reports.choices import Format
from registration.reports.closing import CONTENT_TYPES
from registration.reports.rules import canonical

ROOT = "/api/v1"
JSON = "application/json"
PROBLEMS = (401, 403, 404, 405, 406, 422, 429, 500)
# Frozen for good; the answer belongs to the key, so that nobody between may keep it.
FOR_GOOD = "private, max-age=31536000, immutable"
logger = logging.getLogger("registration.api")
View = Callable[..., Any]

api = NinjaAPI(
    title=texts.TITLE,
    version="1.0.0",
    description=texts.DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)


class FigureAsked(Schema):
    format: Literal["json"] = "json"


def route(
    path: str,
    *,
    scope: Scope | None,
    asked: type[Schema] | None = None,
    out: type[Schema] | None,
    is_json: bool = True,
) -> Callable[[View], View]:
    """A route under the name of its function. A parameter that it does not know is refused:
    a misspelt one would silently be another question.
    """
    names = [field.alias or name for name, field in asked.model_fields.items()] if asked else []

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if is_json and not request.accepts(JSON):
                raise Problem("not_acceptable")
            errors = [mistake(name, "unknown") for name in request.GET if name not in names]
            twice = [name for name in names if len(request.GET.getlist(name)) > 1]
            errors += [mistake(name, "twice") for name in twice]
            if errors:
                raise Problem("not_understood", errors=errors)
            return view(request, *args, **kwargs)

        text = texts.ROUTES[view.__name__]
        return api.get(
            path,
            auth=KeyAuth(scope),
            response={200: out} | dict.fromkeys(PROBLEMS, ProblemOut),
            operation_id=view.__name__,
            summary=text.title,
            description=text.description,
        )(checked)

    return decorate


def key_of(request: HttpRequest) -> ApiKey:
    found: ApiKey = request.auth  # type: ignore[attr-defined]
    return found


def _base() -> str:
    return f"{settings.BASE_URL}{ROOT}"


def _listed(
    request: HttpRequest, asked: ListAsked, rows: Any, make: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """A page of rows with its neighbours' addresses."""

    def address(page: int) -> str:
        query = urlencode({**request.GET.dict(), "page": page})
        return f"{settings.BASE_URL}{request.path}?{query}"

    found, facts = reading.page_of(rows, page=asked.page, per_page=asked.per_page, address=address)
    return {**facts, "items": [make(each) for each in found]}


def _as_json(text: str | bytes, **headers: str) -> HttpResponse:
    return HttpResponse(text, content_type=JSON, headers=headers)


@route("/summaries", scope=Scope.SUMMARIES, asked=SummariesAsked, out=Summaries)
def summaries(request: HttpRequest, asked: Query[SummariesAsked]) -> Any:
    departments = reading.asked_departments(key_of(request), asked.department)
    windows = reading.told_windows(departments, first=asked.first, last=asked.last)
    base = _base()
    return _listed(request, asked, windows, lambda each: reading.summary_row(each, base))


@route("/summaries/{department}/{day}", scope=Scope.SUMMARIES, asked=FigureAsked, out=Figures)
def summary(
    request: HttpRequest, department: Path[Code], day: Path[Day], asked: Query[FigureAsked]
) -> Any:
    found = reading.kept_document(key_of(request), code=department, day=day, format=Format.JSON)
    return _kept(found)


@route(
    "/summaries/{department}/{day}/documents/{format}",
    scope=Scope.SUMMARIES,
    out=None,
    is_json=False,
)
def document(
    request: HttpRequest, department: Path[Code], day: Path[Day], format: Path[Format]
) -> Any:
    found = reading.kept_document(key_of(request), code=department, day=day, format=format)
    answer = _kept(found)
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return answer


def _kept(document: Any) -> HttpResponse:
    """The kept bytes with their hash: RFC 9530's header, and RFC 3230's for older readers."""
    digest = base64.b64encode(bytes.fromhex(document.sha256)).decode()
    return HttpResponse(
        bytes(document.content),
        content_type=CONTENT_TYPES[Format(document.format)],
        headers={
            "ETag": f'"{document.sha256}"',
            "Repr-Digest": f"sha-256=:{digest}:",
            "Digest": f"SHA-256={digest}",
            "Cache-Control": FOR_GOOD,
        },
    )


@route("/provisional/{department}", scope=Scope.PROVISIONAL, out=Figures)
def provisional(request: HttpRequest, department: Path[Code]) -> Any:
    key = key_of(request)
    found = reading.find_department(key, department)
    return _as_json(canonical(reading.figures_until_now(key, found, now=timezone.now())))


@route("/periods/{department}", scope=Scope.SUMMARIES, asked=PeriodAsked, out=Period)
def period(request: HttpRequest, department: Path[Code], asked: Query[PeriodAsked]) -> Any:
    key = key_of(request)
    found = reading.find_department(key, department)
    _require_period(asked.first, asked.last)
    figures = reading.figures_of_days(
        key, found, first=asked.first, last=asked.last, now=timezone.now()
    )
    return _as_json(canonical(figures))


def _require_period(first: date, last: date) -> None:
    try:
        require_period(first, last)
    except RuleBroken as error:
        found = mistake(error.field or "", error.code, detail=error.sentence)
        raise Problem("not_understood", errors=[found]) from error


@route("/totals", scope=Scope.TOTALS, asked=TotalsAsked, out=Totals)
def totals(request: HttpRequest, asked: Query[TotalsAsked]) -> Any:
    first, last = asked.day or asked.first, asked.day or asked.last
    if first is None or last is None:
        name = "to" if first else "from" if last else "day"
        raise Problem("not_understood", errors=[mistake(name, "missing")])
    if asked.day and (asked.first or asked.last):
        raise Problem("not_understood", errors=[mistake("day", "either")])
    _require_period(first, last)
    return totals_of(
        departments_of(key_of(request)),
        first=first,
        last=last,
        now=timezone.now(),
        language=get_language() or "en",
    )


@route("/units", scope=Scope.UNITS, asked=ListAsked, out=Units)
def units(request: HttpRequest, asked: Query[ListAsked]) -> Any:
    rows = reading.units_of(key_of(request), asked.department)
    return _listed(request, asked, rows, reading.unit_row)


@route("/campaigns", scope=Scope.UNITS, asked=ListAsked, out=Campaigns)
def campaigns(request: HttpRequest, asked: Query[ListAsked]) -> Any:
    rows = reading.campaigns_of(key_of(request), asked.department)
    return _listed(request, asked, rows, reading.campaign_row)


@route("/me", scope=None, out=Me)
def me(request: HttpRequest) -> Any:
    key = key_of(request)
    return {
        "prefix": key.prefix,
        "label": key.label,
        "unit": reading.unit_row(key.unit),
        "scopes": key.scopes.split(";"),
        "is_outside": key.is_outside,
        "made_at": key.made_at,
        "expires_at": key.expires_at,
        "limits": {"requests": OF_KEY.times, "seconds": OF_KEY.seconds},
    }


@api.exception_handler(Problem)
def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_answer(request, problem)


@api.exception_handler(ValidationError)
def refuse_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = Problem("not_understood", errors=mistakes_of(error.errors))
    return problem_answer(request, found)


@api.exception_handler(Http404)
def refuse_unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_answer(request, Problem("not_found"))


@api.exception_handler(Exception)
def note_trouble(request: HttpRequest, error: Exception) -> HttpResponse:
    """The reader learns nothing of what went wrong; the log does."""
    logger.error("No answer to %s", request.path, exc_info=error)
    return problem_answer(request, Problem("trouble"))
