from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.accounts.models import Staff
from registration.deliveries.sending import close_and_deliver as close_window
from registration.deliveries.services import add_recipient
from registration.reports.models import Summary
from registration.reports.services import ensure_windows
from tests.factories import StaffFactory, UnitFactory
from tests.reports.entries import entry, hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")
LIST = "/desk/summaries/"
OWN = "/desk/summaries/quang-ninh/"
PAGE = "/desk/summaries/quang-ninh/2025-11-20/"


@pytest.fixture
def told(reference: SimpleNamespace) -> SimpleNamespace:
    """20 November of Quảng Ninh and of Adana, told; Quảng Ninh's last day is long past."""
    reference.summaries = {}
    for department, number in [
        (reference.quang_ninh_department, 3),
        (reference.adana_department, 5),
    ]:
        hours_of(department, ends_on=date(2025, 11, 20))
        add_recipient(department, office="Phòng Nghiệp vụ Y", email="p@example.org", language="vi")
        entry(
            reference,
            hanoi("2025-11-20 09:00"),
            department=department,
            number=number,
            unit=reference.hospital,
            organs="kidney",
        )
    for window in ensure_windows(now=CUT_OFF + timedelta(hours=8)):
        summary = close_window(window, now=CUT_OFF + timedelta(hours=8))
        reference.summaries[window.department.code] = summary
    return reference


def signed_in(client: Client, staff: Staff) -> Client:
    client.force_login(staff)
    return client


@pytest.mark.parametrize("address", [LIST, PAGE, f"{PAGE}pdf/", f"{PAGE}xlsx/", f"{PAGE}json/"])
def test_charlie_gets_nothing(
    told: SimpleNamespace, client: Client, charlie: Staff, address: str
) -> None:
    stranger = client.get(address)
    refused = signed_in(client, charlie).get(address)

    assert (stranger.status_code, stranger["Location"]) == (
        302,
        f"{reverse('account_login')}?next={address}",
    )
    assert refused.status_code == 403
    assert b"2025-11-20" not in refused.content


def test_ayse_of_a_hospital_gets_nothing(
    told: SimpleNamespace, client: Client, ayse: Staff
) -> None:
    assert signed_in(client, ayse).get(PAGE).status_code == 403


def test_linh_sees_her_own_department_and_no_other(
    told: SimpleNamespace, client: Client, linh: Staff
) -> None:
    signed_in(client, linh)

    listed, own, other, filtered, page = (
        client.get(address, follow=True)
        for address in (
            LIST,
            PAGE,
            "/desk/summaries/adana/2025-11-20/",
            f"{LIST}?department=adana",
            "/desk/summaries/adana/",
        )
    )

    assert [row["department"].code for row in listed.context["rows"]] == ["quang-ninh"]
    assert own.status_code == 200
    assert listed.redirect_chain == [(OWN, 302)]
    assert other.status_code == filtered.status_code == page.status_code == 404


def test_a_steward_sees_the_department_of_the_province(
    told: SimpleNamespace, client: Client, steward: Staff
) -> None:
    listed = signed_in(client, steward).get(LIST, follow=True)

    assert [row["department"].code for row in listed.context["rows"]] == ["quang-ninh"]


def test_an_operator_sees_every_department_and_may_choose_one(
    told: SimpleNamespace, client: Client
) -> None:
    signed_in(client, StaffFactory(roles=["operator"]))

    everything, one = (
        client.get(LIST),
        client.get(f"{LIST}?department=adana", follow=True),
    )

    assert sorted(row["department"].code for row in everything.context["rows"]) == [
        "adana",
        "quang-ninh",
    ]
    assert [row["department"].code for row in one.context["rows"]] == ["adana"]


def test_the_list_shows_figures_state_and_deliveries(
    told: SimpleNamespace, client: Client, linh: Staff
) -> None:
    (row,) = signed_in(client, linh).get(OWN).context["rows"]

    del row["department"]
    assert row == {
        "iso_day": "2025-11-20",
        "day": "20/11/2025",
        "serial": 1,
        "state": "queued",
        "state_label": row["state_label"],
        "is_late": True,
        "is_quiet": False,
        "holds_demo": False,
        "received": "3",
        "confirmed": "0",
        "waiting": 1,
        "sent": 0,
        "failed": 0,
    }


def test_the_open_day_shows_provisional_figures_and_its_hours(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    zone = reference.vn.zone
    now = timezone.now()
    hours_of(reference.quang_ninh_department, starts_on=now.astimezone(zone).date())
    entry(reference, now - timedelta(milliseconds=1), number=2)

    page = signed_in(client, linh).get(OWN)

    # After today's cut-off the day being counted is tomorrow's.
    shown = page.context["shown"]
    assert shown["heads"][0]["value"] in {"2", "0"}
    assert shown["open"]["cut_off"].startswith("16h15 ngày ")
    assert shown["open"]["due"].startswith("16h30 ngày ")
    assert "tag-draft" in page.content.decode()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2999-01-01", "This day lies in the future: there is no summary of it."),
        ("2025-11-19", "The first summary of this department is that of 20/11/2025."),
        ("2025-11-25", "There is no summary of this day."),
        ("yesterday", "Write the day as year-month-day."),
    ],
)
def test_a_day_without_a_summary_is_one_clear_sentence(
    told: SimpleNamespace, client: Client, day: str, sentence: str
) -> None:
    staff = StaffFactory(roles=["department"], unit=told.quang_ninh_department, language="en")

    answer = signed_in(client, staff).get(OWN, {"day": day})

    assert answer.status_code == 200
    assert answer.context["problem"] == sentence
    assert sentence in answer.content.decode()


def test_the_day_being_counted_has_no_summary_yet(
    reference: SimpleNamespace, client: Client
) -> None:
    department = reference.quang_ninh_department
    staff = StaffFactory(roles=["department"], unit=department, language="en")
    now = timezone.now()
    hours_of(department, starts_on=now.astimezone(reference.vn.zone).date())
    open_day = signed_in(client, staff).get(OWN).context["shown"]["open"]["day"]
    day = "-".join(reversed(open_day.split("/")))

    answer = client.get(OWN, {"day": day})

    assert answer.context["problem"] == (
        "This day is still being counted. Ask again after its cut-off."
    )


def test_a_day_with_a_summary_leads_to_it(
    told: SimpleNamespace, client: Client, linh: Staff
) -> None:
    signed_in(client, linh)

    led = client.get(LIST, {"day": "2025-11-20"})
    answer = client.get(OWN, {"day": "2025-11-20"})

    assert led["Location"] == f"{OWN}?day=2025-11-20"
    assert (answer.status_code, answer["Location"]) == (302, PAGE)


def test_the_summary_page_shows_figures_origin_and_deliveries(
    told: SimpleNamespace, client: Client, linh: Staff
) -> None:
    page = signed_in(client, linh).get(PAGE)

    shown, text = page.context["shown"], page.content.decode()
    tables = {table.key: table for table in shown["tables"]}
    assert [cell.text for cell in tables["figures"].rows[0].cells] == ["3", "3"]
    assert list(tables) == [
        "figures",
        "by_channel",
        "by_unit",
        "by_organ",
        "by_sex",
        "by_age_band",
        "quality",
        "days",
    ]
    assert [each["office"] for each in page.context["receipts"]["rows"]] == ["Phòng Nghiệp vụ Y"]
    assert told.summaries["quang-ninh"].sha256 in text
    assert "Bệnh viện Bãi Cháy" in text
    assert 'id="chart-days-title"' in text
    assert "style=" not in text.replace("stylesheet", "")


@pytest.mark.parametrize(
    ("format", "content_type", "disposition"),
    [
        ("pdf", "application/pdf", 'inline; filename="quang-ninh-2025-11-20.pdf"'),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            'attachment; filename="quang-ninh-2025-11-20.xlsx"',
        ),
        ("json", "application/json", 'attachment; filename="quang-ninh-2025-11-20.json"'),
    ],
)
def test_a_document_is_downloaded_as_it_was_made(
    told: SimpleNamespace,
    client: Client,
    linh: Staff,
    format: str,
    content_type: str,
    disposition: str,
) -> None:
    answer = signed_in(client, linh).get(f"{PAGE}{format}/")

    document = told.summaries["quang-ninh"].documents.get(format=format)
    assert answer.content == bytes(document.content)
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (content_type, disposition)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    [
        "/desk/summaries/quang-ninh/2025-11-21/",
        "/desk/summaries/quang-ninh/today/",
        "/desk/summaries/atlantis/2025-11-20/",
        f"{PAGE}docx/",
    ],
)
def test_what_does_not_exist_is_not_found(
    told: SimpleNamespace, client: Client, linh: Staff, address: str
) -> None:
    assert signed_in(client, linh).get(address, follow=True).status_code == 404


def test_a_quiet_day_says_so(reference: SimpleNamespace, client: Client) -> None:
    department = reference.quang_ninh_department
    staff = StaffFactory(roles=["department"], unit=department, language="en")
    hours_of(department, ends_on=date(2025, 11, 20))
    (window,) = ensure_windows(now=CUT_OFF)
    close_window(window, now=CUT_OFF)
    signed_in(client, staff)

    listed, page = client.get(OWN).content.decode(), client.get(PAGE).content.decode()

    assert "Nothing to report" in listed
    assert "No entry fell into this day." in page
    assert "Nobody was on the list of recipients." in page


def test_no_department_yet_is_an_empty_page_and_no_error(
    reference: SimpleNamespace, client: Client
) -> None:
    staff = StaffFactory(roles=["steward"], unit=reference.hospital, language="en")

    page = signed_in(client, staff).get(LIST)

    assert page.status_code == 200
    assert "Your account is not tied to a department" in page.content.decode()


def test_the_list_asks_the_same_for_one_and_three_departments(
    told: SimpleNamespace,
    client: Client,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    signed_in(client, StaffFactory(roles=["operator"]))
    client.get(LIST)
    two = count_queries(lambda: client.get(LIST))
    for number in range(2):
        department = UnitFactory(
            code=f"department-{number}", kind="department", province=told.thanh_hoa
        )
        hours_of(department, ends_on=date(2025, 11, 20))
    for window in ensure_windows(now=CUT_OFF):
        close_window(window, now=CUT_OFF)

    four = count_queries(lambda: client.get(LIST))

    assert Summary.objects.count() == 4
    assert four == two


def test_pages_are_turned_and_keep_the_department(
    reference: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registration.overview import desk

    monkeypatch.setattr(desk, "PER_PAGE", 2)
    department = reference.quang_ninh_department
    hours_of(department, ends_on=date(2025, 11, 22))
    ensure_windows(now=hanoi("2025-11-22 16:15"))
    signed_in(client, StaffFactory(roles=["operator"]))

    answers: list[Any] = [client.get(OWN, {"page": number}) for number in (1, 2)]

    assert [[row["iso_day"] for row in each.context["rows"]] for each in answers] == [
        ["2025-11-22", "2025-11-21"],
        ["2025-11-20"],
    ]
    assert [row["state"] for row in answers[0].context["rows"]] == ["waiting", "waiting"]
    assert "?page=2" in answers[0].content.decode()
