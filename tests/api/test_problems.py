"""Refusals: RFC 9457, in the language that was asked for, for every address below /api/."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from registration.accounts.models import Staff
from registration.api import reading

Read = Callable[..., Any]
Give = Callable[..., str]


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/summaries", "/api/v1/", "/api/v1/summaries/", "/api/v1/nothing"]
)
@pytest.mark.parametrize("method", ["get", "head", "post", "options", "trace"])
@pytest.mark.django_db
def test_unknown_addresses_are_problems(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == (404 if method in ("get", "head") else 405)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert "Location" not in answer


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", ["summaries", "me", "docs", "openapi.json"])
@pytest.mark.django_db
def test_other_methods_are_refused(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(f"/api/v1/{path}")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["status"] == 405
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=20.11.2025", {"from": "day"}),
        ("from=0&to=2025-02-30", {"from": "day", "to": "day"}),
        ("page=0", {"page": "greater_than_equal"}),
        ("page=1.0", {"page": "number"}),
        ("per_page=101", {"per_page": "less_than_equal"}),
        ("department=a%00b", {"department": "string_pattern_mismatch"}),
        ("form=2025-11-20", {"form": "unknown"}),
        ("page=1&page=2", {"page": "twice"}),
    ],
)
def test_parameters_that_are_not_understood_are_named(
    give: Give, read: Read, query: str, errors: dict[str, str]
) -> None:
    answer = read(give(), f"summaries?{query}")

    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (422, 422)
    assert {each["name"]: each["code"] for each in problem["errors"]} == errors
    assert {each["place"] for each in problem["errors"]} == {"query"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing"),
        ("from=2025-11-20&to=2025-11-19", "wrong_order"),
        ("from=2024-01-01&to=2025-01-01", "too_long"),
        ("from=0001-01-01&to=9999-12-31", "too_long"),
    ],
)
def test_periods_that_are_none_are_refused(give: Give, read: Read, query: str, code: str) -> None:
    answer = read(give(), f"periods/quang-ninh?{query}")

    assert answer.status_code == 422
    assert {each["code"] for each in answer.json()["errors"]} == {code}


def test_a_form_that_there_is_not_is_refused(give: Give, read: Read) -> None:
    token = give()

    assert read(token, "me", Accept="text/html").status_code == 406
    assert read(token, "me", Accept="application/json;q=0.5, text/html").status_code == 200
    assert read(token, "summaries/quang-ninh/2025-11-20?format=xml").status_code == 422


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["The key is not known", "A parameter was not understood", "Nothing was found"]),
        ("tr-TR,tr;q=0.9", ["Anahtar tanınmıyor", "Bir parametre anlaşılamadı", "Bulunamadı"]),
        ("vi", ["Không nhận ra khóa", "Có tham số không hiểu được", "Không tìm thấy"]),
    ],
)
def test_problems_speak_the_language_that_was_asked_for(
    give: Give, read: Read, language: str, titles: list[str]
) -> None:
    token = give()

    answers = [
        read("nonsense", "me", language=language),
        read(token, "summaries?page=0", language=language),
        read(token, "summaries/nowhere/2025-11-20", language=language),
    ]

    assert [each.json()["title"] for each in answers] == titles
    assert {each["Content-Language"] for each in answers} == {language[:2]}


def test_trouble_tells_nothing_of_itself(
    give: Give, read: Read, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(reading, "asked_departments", fail)

    answer = read(give(), "summaries")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "disk" not in answer.content.decode()
    assert "the disk is full" in caplog.text


def test_the_api_knows_no_session(give: Give, linh: Staff, client: Client) -> None:
    """Whoever is signed in at the desk reads nothing by that, and the answer sets no cookie."""
    client.force_login(linh)
    sessions = Session.objects.count()

    stranger = client.get("/api/v1/me")
    holder = client.get("/api/v1/me", headers={"Authorization": f"Bearer {give()}"})

    assert (stranger.status_code, holder.status_code) == (401, 200)
    assert not stranger.cookies
    assert not holder.cookies
    assert Session.objects.count() == sessions
    assert "Cookie" not in holder["Vary"]
