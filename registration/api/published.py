"""The published schema: what the routes promise, in English; the page about it translates."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from registration.api import texts
from registration.api.problems import MEDIA_TYPE
from registration.api.routes import JSON, ROOT, api
from registration.reports.choices import Format
from registration.reports.closing import CONTENT_TYPES

# What was published last; ``manage.py write_openapi`` writes it.
FILE: Path = settings.BASE_DIR / "docs" / "openapi.json"
LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@cache
def openapi() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{ROOT}/")))
    schema["components"]["schemas"].pop("Format", None)
    for operations in schema["paths"].values():
        for operation in operations.values():
            _complete(operation)
    return schema


def _complete(operation: dict[str, Any]) -> None:
    """Add what the library does not know: kinds of answers, headers, words about parameters."""
    for parameter in operation["parameters"]:
        parameter.setdefault("description", texts.PARAMETERS.get(parameter["name"], ""))
        if parameter["schema"].get("default", "") is None:
            del parameter["schema"]["default"]
    answers = operation["responses"]
    for status, answer in answers.items():
        answer["description"] = texts.ANSWERS[int(status)]
        if int(status) >= 400:
            answer["content"] = {MEDIA_TYPE: answer["content"][JSON]}
    if "content" not in answers["200"]:
        answers["200"]["content"] = {_media_type(each): _document(each) for each in Format}
    answers["200"]["headers"] = {name: _header(name) for name in ("ETag", *LIMIT_HEADERS)}
    answers["304"] = {"description": texts.ANSWERS[304]}
    operation["responses"] = dict(sorted(answers.items()))


def _media_type(format: Format) -> str:
    return CONTENT_TYPES[format].partition(";")[0]


def _document(format: Format) -> dict[str, Any]:
    return {"schema": {} if format == Format.JSON else {"type": "string", "format": "binary"}}


def _header(name: str) -> dict[str, Any]:
    kind = {"type": "integer"} if name in LIMIT_HEADERS else {"type": "string"}
    return {"description": texts.HEADERS[name], "schema": kind}


def as_text() -> str:
    """The schema as its file holds it."""
    return json.dumps(openapi(), ensure_ascii=False, indent=2) + "\n"


def openapi_json(request: HttpRequest) -> JsonResponse:
    """The schema for programs; without a key, as it tells of nobody."""
    answer = JsonResponse(openapi(), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=300"
    return answer
