"""The page that explains the API: made from the published schema, readable without a script."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from registration.api.entrance import OF_KEY
from registration.api.problems import KINDS
from registration.api.published import openapi

Row = dict[str, Any]
EXAMPLES = {"department": "quang-ninh", "day": "2026-11-20", "format": "pdf"}
ASKED = {
    "period": "?from=2026-11-01&to=2026-11-30",
    "summaries": "?from=2026-11-01",
    "totals": "?day=2026-11-20",
}


def manual(request: HttpRequest) -> HttpResponse:
    """In the reader's language, or in that of ``?language=``."""
    asked = request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    language = asked if asked in known else translation.get_language()
    with translation.override(language):
        schema = openapi()
        context = {
            "alternates": [
                {"code": code, "label": label, "url": f"?language={code}", "nearest": True}
                for code, label in settings.LANGUAGES
            ],
            "title": _(schema["info"]["title"]),
            "description": _(schema["info"]["description"]),
            "routes": list(_routes(schema)),
            "shapes": list(_shapes(schema)),
            "problems": [
                {
                    "code": code,
                    "status": kind.status,
                    "title": _(kind.title),
                    "detail": _(kind.detail),
                }
                for code, kind in KINDS.items()
            ],
            "limit": OF_KEY,
        }
        answer = render(request, "api/manual.html", context)
    answer["Content-Language"] = language
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _routes(schema: Mapping[str, Any]) -> Iterator[Row]:
    for path, operations in schema["paths"].items():
        operation = operations["get"]
        name = operation["operationId"]
        example = path
        for parameter, value in EXAMPLES.items():
            example = example.replace(f"{{{parameter}}}", value)
        yield {
            "name": name,
            "path": path,
            "title": _(operation["summary"]),
            "description": _(operation["description"]),
            "example": f"{settings.BASE_URL}{example}{ASKED.get(name, '')}",
            "parameters": [_parameter(each) for each in operation["parameters"]],
            "answers": [
                {"status": status, "text": _(answer["description"]), **_content(answer)}
                for status, answer in operation["responses"].items()
                if int(status) < 400
            ],
        }


def _parameter(parameter: Mapping[str, Any]) -> Row:
    return {
        "name": parameter["name"],
        "is_required": parameter["required"],
        "kind": _kind(parameter["schema"]),
        "text": _(parameter["description"]) if parameter["description"] else "",
    }


def _content(answer: Mapping[str, Any]) -> Row:
    content = answer.get("content", {})
    shapes = [each["schema"].get("$ref", "").split("/")[-1] for each in content.values()]
    return {"media": list(content), "shape": next(filter(None, shapes), "")}


def _shapes(schema: Mapping[str, Any]) -> Iterator[Row]:
    """The fields of each answer; kinds of values that are words only are told with the field."""
    for name, shape in schema["components"]["schemas"].items():
        if "properties" not in shape:
            continue
        required = shape.get("required", [])
        yield {
            "name": name,
            "fields": [
                {
                    "name": field,
                    "kind": _kind(each, schema),
                    "shape": _named(each, schema),
                    "may_be_missing": field not in required,
                    "text": _(each["description"]) if each.get("description") else "",
                }
                for field, each in shape["properties"].items()
            ],
        }


def _kind(each: Mapping[str, Any], schema: Mapping[str, Any] | None = None) -> str:
    """The type as the schema names it: ``integer``, ``string date``, ``CodedRow[]``."""
    if "$ref" in each:
        name = each["$ref"].split("/")[-1]
        found = schema["components"]["schemas"][name] if schema else {}
        return " | ".join(found["enum"]) if "enum" in found else name
    if "anyOf" in each:
        return " | ".join(_kind(one, schema) for one in each["anyOf"])
    if each.get("type") == "array":
        return f"{_kind(each['items'], schema)}[]"
    if "enum" in each:
        return " | ".join(each["enum"])
    words = [each.get("type", "any"), each.get("format", "")]
    if "minimum" in each or "maximum" in each:
        words.append(f"{each.get('minimum', '')}–{each.get('maximum', '')}")
    return " ".join(filter(None, words))


def _named(each: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The shape that a field holds, to lead to it."""
    for one in (each, each.get("items", {}), *each.get("anyOf", ())):
        name = one.get("$ref", "").split("/")[-1]
        if name and "properties" in schema["components"]["schemas"][name]:
            return name
    return ""
