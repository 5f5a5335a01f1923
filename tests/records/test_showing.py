"""What the open record shows: everything that is kept, its history, who saw it; and the files."""

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from registration.cards.services import issue_card
from registration.common.dates import short_date
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.pledges.services import withdraw_pledge
from registration.pledges.steps import take_step
from registration.privacy.services import log_view
from tests.pledges.registering import answers, turkish
from tests.records.visiting import ISIL_BORN, SHOW, ask, confirmed, open_record


def text_of(pdf: bytes) -> str:
    """What stands on the pages, on one line."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_record_shows_all_that_is_kept_with_the_number_masked(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)
    open_record(client)

    html = client.get(SHOW).content.decode()

    for value in (
        pledge.reference,
        "Nguyễn Thị Diễm",
        "27/03/1990",
        "diem@example.org",
        "+84 912 345 678",
        "•••••••••456",
        "Số 7 Hải Thịnh, Hạ Long",
        "Kidney",
        "This application counts from the day the card is issued.",
        "consent vi, version 1",
        "Link to this record",
        "Nobody has looked at it.",
    ):
        assert value in html
    assert "022190123456" not in html


def test_record_shows_steps_and_what_comes_next(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    today = timezone.now().astimezone(reference.vn.zone).date()
    for kind in (StepKind.CONTACTED, StepKind.PAPER_SEEN):
        take_step(pledge, kind, staff=steward, happened_on=today, now=timezone.now())
    open_record(client)

    html = client.get(SHOW).content.decode()

    assert html.count('aria-current="step"') == 1
    following = html.split('aria-current="step"')[1]
    assert following.split("<h3>")[1].startswith("Passed to a receiver")
    assert "Đặng" not in html


def test_record_shows_who_looked_by_role_and_unit_and_never_by_name(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    log_view(
        steward,
        subject=pledge.pk,
        page="stewards:one",
        fields=["full_name"],
        reason="She called us",
        now=timezone.now(),
    )
    open_record(client)

    html = client.get(SHOW).content.decode()

    assert "Data steward; General Hospital" in html
    assert "; She called us" in html
    assert "Đặng" not in html
    assert "dang" not in html.replace("dang-", "")


def test_record_shows_own_history_and_no_other(client: Client, reference: Any) -> None:
    first = confirmed(reference)
    second = confirmed(reference, answers(reference, organs=("cornea",)))
    open_record(client)

    html = client.get(SHOW).content.decode()

    first.refresh_from_db()
    assert (first.state, second.replaces_id) == ("replaced", first.pk)
    history = html.split('id="part-history"')[1].split("</section>")[0]
    assert first.reference in history
    assert "Replaced" in history
    assert "Kidney" in history


def test_turkish_record_speaks_of_an_intent_and_leads_to_e_devlet(
    client: Client, reference: Any
) -> None:
    confirmed(reference, turkish(reference))
    open_record(client, "isil@example.org", birth=ISIL_BORN)

    html = client.get(SHOW).content.decode()

    assert "This is an intent; the legal statement is made in e-Devlet." in html
    assert "https://www.turkiye.gov.tr/" in html
    assert "Card issued" not in html
    assert "donor" not in html.lower()


def test_record_costs_the_same_queries_whatever_it_holds(
    reference: Any, steward: Any, count_queries: Any
) -> None:
    def shown() -> int:
        client = Client()
        open_record(client)
        return count_queries(lambda: client.get(SHOW))

    def live_on(turns: int) -> None:
        for _turn in range(turns):
            pledge = confirmed(reference)
            log_view(steward, subject=pledge.pk, page="x", fields=["x"], now=timezone.now())

    live_on(2)
    little = shown()
    live_on(3)

    assert shown() == little
    assert little <= 20


def test_paper_is_tagged_and_in_the_language_of_the_registration(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)
    open_record(client)

    response = client.get("/en/record/record.pdf")

    reader = PdfReader(io.BytesIO(response.content))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store, private"
    assert (
        response["Content-Disposition"] == f'attachment; filename="{pledge.reference}-record.pdf"'
    )
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    text = text_of(response.content)
    for value in ("Nguyễn Thị Diễm", "diem@example.org", "Thận", "27/3/1990", "consent vi"):
        assert value in text
    assert "022190123456" not in text


def test_export_holds_the_stored_values_and_no_token(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    open_record(client)

    response = client.get("/en/record/record.json")

    told = json.loads(response.content)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store, private")
    assert told["reference"] == pledge.reference
    records = told["records"]
    assert [row["reference"] for row in records["registrations"]] == [pledge.reference]
    assert [row["full_name"] for row in records["particulars"]] == ["Nguyễn Thị Diễm"]
    assert sorted(row["value"] for row in records["contacts"]) == [
        "+84912345678",
        "diem@example.org",
    ]
    assert records["persons"][0]["identity_number"] == "022190123456"
    assert "/record/open/" not in response.content.decode().replace("/record/open/…", "")


def test_papers_before_a_card_are_the_acknowledgement_and_the_form(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    open_record(client)

    html = client.get(SHOW).content.decode()
    files = [
        client.get(f"/en/record/papers/{name}") for name in ("acknowledgement.pdf", "form.pdf")
    ]

    assert set(re.findall(r"/en/record/papers/([\w.-]+)", html)) == {
        "acknowledgement.pdf",
        "form.pdf",
    }
    assert [file["Content-Type"] for file in files] == ["application/pdf"] * 2
    assert "022190123456" in text_of(files[1].content)
    assert client.get("/en/record/papers/card.png").status_code == 404


def issue(reference: Any, steward: Any, pledge: Pledge) -> None:
    today = timezone.now().astimezone(reference.vn.zone).date()
    for kind in (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED):
        take_step(pledge, kind, staff=steward, happened_on=today, now=timezone.now())
    issue_card(
        pledge,
        number="QN 0001",
        issuer=reference.steward,
        issued_on=today,
        staff=steward,
        now=timezone.now(),
    )


def test_papers_after_the_issue_are_the_card(client: Client, reference: Any, steward: Any) -> None:
    issue(reference, steward, confirmed(reference))
    open_record(client)

    found = {
        name: client.get(f"/en/record/papers/{name}")
        for name in ("card.pdf", "card-a4.pdf", "card.png")
    }
    client.post("/en/record/withdraw/")

    assert {name: (f.status_code, f["Content-Type"]) for name, f in found.items()} == {
        "card.pdf": (200, "application/pdf"),
        "card-a4.pdf": (200, "application/pdf"),
        "card.png": (200, "image/png"),
    }
    assert client.get("/en/record/papers/card.pdf").status_code == 404


def test_record_tells_number_issuer_and_day_of_a_valid_card(
    client: Client, reference: Any, steward: Any, count_queries: Any
) -> None:
    pledge = confirmed(reference)
    open_record(client)
    before, without = client.get(SHOW).content.decode(), count_queries(lambda: client.get(SHOW))
    issue(reference, steward, pledge)

    html, with_card = client.get(SHOW).content.decode(), count_queries(lambda: client.get(SHOW))

    assert 'id="part-card"' not in before
    part = html.split('id="part-card"')[1].split("</section>")[0]
    today = short_date(timezone.now().astimezone(reference.vn.zone).date(), "en")
    assert re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", part) == [
        ("Card number", "QN 0001"),
        ("Issuer", reference.steward.name),
        ("Issued on", today),
    ]
    assert "QN 0001" in text_of(client.get("/en/record/record.pdf").content)
    assert with_card <= without
    client.post("/en/record/withdraw/")
    assert "QN 0001" not in client.get(SHOW).content.decode()


@pytest.mark.parametrize("page", ["record.pdf", "record.json"])
def test_files_are_closed_when_the_registration_ended_elsewhere(
    client: Client, reference: Any, page: str
) -> None:
    pledge = confirmed(reference)
    open_record(client)

    withdraw_pledge(pledge, now=timezone.now())

    assert client.get(f"/en/record/{page}").status_code == 403


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_pages_open_in_each_language(client: Client, reference: Any, language: str) -> None:
    confirmed(reference)
    open_record(client)

    statuses = [
        client.get(f"/{language}/record/{page}").status_code
        for page in (
            "",
            "ask/",
            "asked/",
            "lost/",
            "change/",
            "withdraw/",
            "consent/",
            "relative/",
            "left/",
        )
    ]

    assert statuses == [200] * 9


def test_lost_page_names_the_desk_of_the_province_and_nothing_else(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    reference.steward.address, reference.steward.phone = "Hạ Long", "0203 382 5489"
    reference.steward.save()

    html = client.get("/en/record/lost/?province=vn-22").content.decode()
    without = client.get("/en/record/lost/?province=xx").content.decode()

    assert "0203 382 5489" in html
    assert 'id="desk"' not in without
    assert "Nguyễn" not in html


def test_lost_page_names_the_department_where_there_is_no_steward(
    client: Client, reference: Any
) -> None:
    html = client.get("/tr/record/lost/?province=tr-01").content.decode()

    assert "Adana İl Sağlık Müdürlüğü" in html


def test_second_contact_opens_the_way_back(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    ask(client, "0912 345 678")

    open_record(client, "+84912345678")

    assert Pledge.objects.get().pk == pledge.pk
    assert pledge.reference in client.get(SHOW).content.decode()
    assert date(1990, 3, 27).isoformat() == pledge.particulars.birth_date
