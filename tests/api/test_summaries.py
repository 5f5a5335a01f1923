"""Frozen figures and documents: the bytes that were made, and nothing small for outsiders."""

import base64
import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from registration.reports.choices import Edition, Format
from registration.reports.closing import documents_of
from registration.reports.models import Document, Summary, Window
from registration.units.models import Unit
from tests.overview.days import told_days
from tests.reports.entries import hanoi

Read = Callable[..., Any]
Give = Callable[..., str]
LATER = hanoi("2025-11-21 00:15")
PATH = "summaries/quang-ninh/2025-11-20"


def test_the_list_tells_number_hash_chain_state_and_head_figures(
    summary: Summary, give: Give, read: Read
) -> None:
    answer = read(give(), "summaries", language="vi").json()

    (row,) = answer.pop("items")
    assert answer == {"total": 1, "page": 1, "pages": 1, "next": None, "previous": None}
    assert row["department"] == {"code": "quang-ninh", "name": "Sở Y tế Quảng Ninh"}
    assert (row["number"], row["day"]) == (1, "2025-11-20")
    assert (row["sha256"], row["previous_sha256"]) == (summary.sha256, None)
    assert row["state"] == "frozen"
    assert (row["counts"]["received"], row["cumulative"]["received"]) == (8, 8)
    assert row["address"] == f"http://testserver/api/v1/{PATH}"
    assert row["documents"]["pdf"] == f"http://testserver/api/v1/{PATH}/documents/pdf"


def test_the_list_is_chained_paged_and_narrowed(
    reference: SimpleNamespace, give: Give, read: Read
) -> None:
    first, second = told_days(reference)
    token = give()

    page = read(token, "summaries?per_page=1&from=2025-11-01").json()
    last = read(token, page["next"].partition("/api/v1/")[2]).json()
    beyond = read(token, "summaries?page=3&per_page=1").json()
    one = read(token, "summaries?from=2025-11-20&to=2025-11-20").json()

    assert (page["total"], page["pages"], page["previous"]) == (2, 2, None)
    assert page["items"][0]["sha256"] == second.sha256
    assert page["items"][0]["previous_sha256"] == first.sha256
    assert (last["items"][0]["number"], last["next"]) == (1, None)
    assert last["previous"].endswith("?per_page=1&from=2025-11-01&page=1")
    assert (beyond["items"], beyond["total"]) == ([], 2)
    assert [row["number"] for row in one["items"]] == [1]


def test_a_ministry_reads_all_departments_of_its_country(
    told: SimpleNamespace, ministry: Unit, give: Give, read: Read
) -> None:
    token = give(ministry)

    rows = read(token, "summaries").json()["items"]

    assert [row["department"]["code"] for row in rows] == ["quang-ninh"]
    assert read(token, PATH).json()["edition"] == "shared"


def test_the_figures_are_the_frozen_text(summary: Summary, give: Give, read: Read) -> None:
    answer = read(give(), PATH)

    assert answer.content == summary.figures.encode()
    assert answer["ETag"] == f'"{summary.sha256}"'
    assert hashlib.sha256(answer.content).hexdigest() == summary.sha256
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert {"Authorization", "Accept-Language"} <= set(answer["Vary"].split(", "))
    assert answer["Content-Type"] == "application/json"


def test_a_key_from_outside_reads_no_small_figures(
    summary: Summary, give: Give, read: Read
) -> None:
    token = give(is_outside=True)

    first, again = read(token, PATH), read(token, PATH)

    figures = first.json()
    women = next(row for row in figures["by_sex"] if row["key"] == "female")
    assert (women["received"], women["hidden"], figures["edition"]) == (None, True, "shared")
    assert figures["counts"]["received"] == 8
    assert figures["quality"] == []
    kept = summary.documents.get(edition=Edition.SHARED, format=Format.JSON)
    assert first.content == again.content == bytes(kept.content)
    assert first["ETag"] == f'"{kept.sha256}"'


@pytest.mark.parametrize("is_outside", [False, True], ids=["own", "outside"])
@pytest.mark.parametrize("format", list(Format))
def test_documents_are_the_kept_bytes(
    summary: Summary, give: Give, read: Read, format: Format, is_outside: bool
) -> None:
    edition = Edition.SHARED if is_outside else Edition.OWN
    kept = next(each for each in documents_of(summary, edition=edition) if each.format == format)

    answer = read(give(is_outside=is_outside), f"{PATH}/documents/{format}")

    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.content == bytes(kept.content)
    assert answer["ETag"] == f'"{kept.sha256}"'
    assert (answer["Digest"], answer["Repr-Digest"]) == (
        f"SHA-256={digest}",
        f"sha-256=:{digest}:",
    )
    assert answer["Content-Disposition"] == f'attachment; filename="{kept.name}"'


def test_documents_of_an_edition_nobody_had_yet_are_made_once(
    summary: Summary, give: Give, read: Read
) -> None:
    token = give(is_outside=True)

    bodies = {read(token, f"{PATH}/documents/csv").content for _time in range(2)}

    assert len(bodies) == 1
    assert Document.objects.filter(edition=Edition.SHARED).count() == len(Format)


@pytest.mark.parametrize(
    "path", ["summaries", PATH, f"{PATH}/documents/pdf", "units", "campaigns", "me"]
)
def test_whoever_has_the_answer_gets_304(
    summary: Summary, give: Give, read: Read, path: str
) -> None:
    token = give()
    first = read(token, path)

    again = read(token, path, If_None_Match=first["ETag"])
    other = read(token, path, If_None_Match='"another"')

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]
    assert (other.status_code, other.content) == (200, first.content)


def test_the_etag_of_a_list_changes_with_its_rows(summary: Summary, give: Give, read: Read) -> None:
    token = give()
    before = read(token, "summaries")

    Window.objects.update(is_quiet=True, finished_at=LATER)
    after = read(token, "summaries", If_None_Match=before["ETag"])

    assert (after.status_code, after.json()["items"][0]["state"]) == (200, "kept")


def test_head_answers_with_the_same_headers_and_no_body(
    summary: Summary, give: Give, client: Client
) -> None:
    headers = {"Authorization": f"Bearer {give()}"}

    answer = client.head(f"/api/v1/{PATH}", headers=headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == f'"{summary.sha256}"'


def test_lists_ask_the_same_queries_for_one_row_as_for_three(
    reference: SimpleNamespace, give: Give, read: Read, count_queries: Callable[..., int]
) -> None:
    token = give()
    first, _second = told_days(reference)
    read(token, "me")

    one = count_queries(lambda: read(token, "summaries?to=2025-11-20"))
    two = count_queries(lambda: read(token, "summaries"))

    assert one == two <= 5
    assert json.loads(first.figures)["serial"] == 1


def test_frozen_things_ask_few_queries(
    summary: Summary, give: Give, read: Read, max_queries: Callable[..., Any]
) -> None:
    token = give()
    read(token, "me")

    for path in (PATH, f"{PATH}/documents/xlsx"):
        with max_queries(6):
            assert read(token, path).status_code == 200
