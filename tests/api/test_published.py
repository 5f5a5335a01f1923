"""The published schema, its page, and that nothing is taken back."""

import copy
import io
import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from registration.api.management.commands import write_openapi
from registration.api.problems import KINDS
from registration.api.promises import broken_promises
from registration.api.published import FILE, as_text, openapi

LIST = "/api/v1/summaries"


def test_the_file_is_the_schema_of_the_routes() -> None:
    assert FILE.read_text() == as_text(), "run manage.py write_openapi"


def test_what_is_answered_is_what_the_file_says(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")

    assert answer.json() == json.loads(FILE.read_text())
    assert answer["Cache-Control"] == "public, max-age=300"


def test_the_published_promises_hold() -> None:
    assert broken_promises(json.loads(FILE.read_text()), openapi()) == []


def _parameter(schema: Any, name: str) -> Any:
    found = schema["paths"][LIST]["get"]["parameters"]
    return next(each for each in found if each["name"] == name)


def _shape(schema: Any, name: str) -> Any:
    return schema["components"]["schemas"][name]


def drop_path(schema: Any) -> None:
    del schema["paths"][LIST]


def drop_answer(schema: Any) -> None:
    del schema["paths"][LIST]["get"]["responses"]["304"]


def drop_parameter(schema: Any) -> None:
    schema["paths"][LIST]["get"]["parameters"].remove(_parameter(schema, "from"))


def require_parameter(schema: Any) -> None:
    _parameter(schema, "department")["required"] = True


def new_required_parameter(schema: Any) -> None:
    new = {"in": "query", "name": "year", "required": True, "schema": {"type": "integer"}}
    schema["paths"][LIST]["get"]["parameters"].append(new)


def lower_maximum(schema: Any) -> None:
    _parameter(schema, "per_page")["schema"]["maximum"] = 50


def change_parameter_kind(schema: Any) -> None:
    _parameter(schema, "from")["schema"]["format"] = "date-time"


def fewer_formats(schema: Any) -> None:
    path = "/api/v1/summaries/{department}/{day}/documents/{format}"
    parameter = schema["paths"][path]["get"]["parameters"][2]
    parameter["schema"]["enum"].remove("csv")


def drop_field(schema: Any) -> None:
    del _shape(schema, "SummaryRow")["properties"]["sha256"]


def change_field_kind(schema: Any) -> None:
    _shape(schema, "SummaryRow")["properties"]["number"]["type"] = "string"


def field_may_be_null(schema: Any) -> None:
    number = _shape(schema, "Named")["properties"]["name"]
    number["anyOf"] = [{"type": number.pop("type")}, {"type": "null"}]


def field_may_be_missing(schema: Any) -> None:
    _shape(schema, "Figures")["required"].remove("counts")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (drop_path, "GET /api/v1/summaries: is gone"),
        (drop_answer, "GET /api/v1/summaries 304: is gone"),
        (drop_parameter, "GET /api/v1/summaries: parameter from is gone"),
        (require_parameter, "GET /api/v1/summaries: parameter department became required"),
        (new_required_parameter, "GET /api/v1/summaries: parameter year is new and required"),
        (
            lower_maximum,
            "GET /api/v1/summaries: parameter per_page: maximum was 100 and is 50",
        ),
        (
            change_parameter_kind,
            "GET /api/v1/summaries: parameter from: format was date and is date-time",
        ),
        (
            fewer_formats,
            "GET /api/v1/summaries/{department}/{day}/documents/{format}:"
            " parameter format: takes fewer values",
        ),
        (drop_field, "GET /api/v1/summaries 200.items[].sha256: is gone"),
        (
            change_field_kind,
            "GET /api/v1/summaries 200.items[].number: was integer and is string",
        ),
        (
            field_may_be_null,
            "GET /api/v1/summaries 200.items[].department.name: was string and is null/string",
        ),
        (
            field_may_be_missing,
            "GET /api/v1/summaries/{department}/{day} 200.counts: may be missing now",
        ),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_promise_that_is_broken_is_found(change: Any, told: str) -> None:
    changed = copy.deepcopy(openapi())

    change(changed)

    assert told in broken_promises(openapi(), changed)
    if change not in (new_required_parameter,):
        assert broken_promises(changed, openapi()) == [] or change in (
            change_field_kind,
            change_parameter_kind,
        )


def test_more_than_was_promised_is_no_breach() -> None:
    changed = copy.deepcopy(openapi())
    changed["paths"]["/api/v1/news"] = {}
    _shape(changed, "SummaryRow")["properties"]["new"] = {"type": "string"}
    optional = {"in": "query", "name": "year", "required": False, "schema": {"type": "integer"}}
    changed["paths"][LIST]["get"]["parameters"].append(optional)

    assert broken_promises(openapi(), changed) == []


def test_the_command_refuses_to_break_and_writes_what_is_new(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "openapi.json"
    monkeypatch.setattr(write_openapi, "FILE", file)

    call_command("write_openapi", stdout=io.StringIO())
    assert file.read_text() == as_text()

    promised = json.loads(as_text())
    promised["paths"]["/api/v1/old"] = {"get": {"parameters": [], "responses": {}}}
    file.write_text(json.dumps(promised))
    with pytest.raises(CommandError, match="GET /api/v1/old: is gone"):
        call_command("write_openapi")
    assert json.loads(file.read_text()) == promised


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Figures for other systems"),
        ("tr", "Diğer sistemler için sayılar"),
        ("vi", "Số liệu cho các hệ thống khác"),
    ],
)
def test_the_page_explains_every_route_and_problem(
    client: Client, language: str, heading: str
) -> None:
    answer = client.get("/api/v1/docs", headers={"Accept-Language": language})

    page = answer.content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}"' in page
    for path in openapi()["paths"]:
        assert f"<code>GET {path}</code>" in page
    for code in KINDS:
        assert f'id="{code}"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)} <= set(ids)
    assert "<script" not in page
    assert "style=" not in page
    assert not answer.cookies


@pytest.mark.django_db
def test_the_page_has_a_switch_of_languages(client: Client) -> None:
    answer = client.get("/api/v1/docs?language=vi", headers={"Accept-Language": "tr"})

    assert "<h1>Số liệu cho các hệ thống khác</h1>" in answer.content.decode()
    assert answer["Content-Language"] == "vi"
