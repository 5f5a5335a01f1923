"""Sent once more at any hour, and figures until now."""

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from registration.accounts.models import Staff
from registration.common.limits import Limit
from registration.deliveries import sending, sending_desk
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.shown import state_of_window, with_deliveries
from registration.outbox.models import Message
from registration.reports.models import Provisional, Summary, Window

PROVISIONAL = "/desk/deliveries/provisional/quang-ninh/"


def test_a_closed_day_is_sent_again_once_however_often_it_is_clicked(
    summary: Summary, office: Recipient, linh: Staff, client: Client
) -> None:
    client.force_login(linh)
    typed = {"key": str(uuid.uuid4()), "to": [office.pk]}

    for _ in range(3):
        response = client.post(f"/desk/deliveries/again/{summary.pk}/", typed)

    assert response.status_code == 303
    assert response["Location"].startswith("/desk/summaries/quang-ninh/2025-11-20/")
    copies = summary.deliveries.filter(recipient=office).order_by("copy")
    assert [(each.copy, each.asked_by) for each in copies] == [(1, None), (2, linh)]
    assert summary.deliveries.count() == 3


def test_only_the_department_s_own_recipients_are_sent_to(
    summary: Summary, reference: SimpleNamespace, linh: Staff, client: Client
) -> None:
    stranger = Recipient.objects.create(
        department=reference.thanh_hoa_department, office="X", email="x@example.org", language="vi"
    )
    client.force_login(linh)

    for to in ([stranger.pk], [], ["nonsense"]):
        client.post(f"/desk/deliveries/again/{summary.pk}/", {"key": uuid.uuid4(), "to": to})
    client.post(f"/desk/deliveries/again/{summary.pk}/", {"key": "x", "to": [1]})

    assert summary.deliveries.count() == 2


def test_an_operator_may_send_again(
    summary: Summary, office: Recipient, reference: SimpleNamespace, client: Client
) -> None:
    from tests import factories

    client.force_login(factories.StaffFactory(username="op", roles=["operator"]))

    client.post(f"/desk/deliveries/again/{summary.pk}/", {"key": uuid.uuid4(), "to": [office.pk]})

    assert summary.deliveries.count() == 3


def test_a_copy_that_arrives_mends_the_state_of_the_day(
    summary: Summary, office: Recipient, linh: Staff, client: Client
) -> None:
    def state() -> str:
        return state_of_window(with_deliveries(Window.objects.all()).get()).value

    Message.objects.update(state="sent")
    Message.objects.filter(language="vi").update(state="failed")
    assert state() == "failed"
    client.force_login(linh)

    client.post(f"/desk/deliveries/again/{summary.pk}/", {"key": uuid.uuid4(), "to": [office.pk]})
    waiting = state()
    Message.objects.filter(state="waiting").update(state="sent")

    assert (waiting, state()) == ("queued", "sent")
    Delivery.objects.filter(copy=2).update(bounced_at=summary.frozen_at)
    assert state() == "failed"


def test_nobody_sends_copies_without_end(
    summary: Summary,
    office: Recipient,
    linh: Staff,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "COPIES", Limit("deliveries.copies", 2, 24 * 3600))
    client.force_login(linh)

    for _ in range(4):
        typed = {"key": str(uuid.uuid4()), "to": [office.pk]}
        client.post(f"/desk/deliveries/again/{summary.pk}/", typed)

    assert summary.deliveries.filter(recipient=office).count() == 3


@pytest.fixture
def provisional(summary: Summary, linh: Staff, client: Client) -> Provisional:
    client.force_login(linh)
    response = client.post(PROVISIONAL)
    taken = Provisional.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"{PROVISIONAL}1/")
    return taken


def test_provisional_figures_are_numbered_and_have_every_document(
    provisional: Provisional, linh: Staff, client: Client
) -> None:
    client.post(PROVISIONAL)

    rows = client.get(PROVISIONAL).context["rows"]
    files = {code: client.get(f"{PROVISIONAL}1/{code}/") for code in ("pdf", "xlsx", "csv", "json")}

    assert [(row["number"], row["by"]) for row in rows] == [(2, "Linh"), (1, "Linh")]
    assert files["pdf"].content.startswith(b"%PDF")
    assert files["xlsx"].content.startswith(b"PK")
    assert json.loads(files["json"].content)["provisional"] == {"number": 1}
    assert all("provisional-1-" in each["Content-Disposition"] for each in files.values())
    assert client.get(f"{PROVISIONAL}1/").status_code == 200
    assert client.get(f"{PROVISIONAL}9/").status_code == 404


def test_an_office_outside_gets_provisional_figures_without_tables(
    provisional: Provisional, office: Recipient, client: Client
) -> None:
    """Two of them, a minute apart, would differ by one person in each table."""
    Recipient.objects.filter(pk=office.pk).update(is_outside=True, formats="json")

    client.post(f"{PROVISIONAL}1/", {"key": str(uuid.uuid4()), "to": [office.pk]})

    file = Delivery.objects.get(provisional=provisional).message.attachments.get()
    told = json.loads(bytes(file.content))
    assert (told["edition"], told["by_channel"], told["by_unit"]) == ("shared", [], [])


def test_provisional_figures_are_not_taken_without_end(
    provisional: Provisional, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_desk, "TAKEN", Limit("deliveries.provisional", 1, 24 * 3600))

    statuses = [client.post(PROVISIONAL).status_code for _ in range(2)]

    assert 422 in statuses
    assert Provisional.objects.count() <= 2


def test_provisional_figures_are_sent_and_say_so(
    provisional: Provisional, office: Recipient, client: Client
) -> None:
    key = str(uuid.uuid4())

    for _ in range(2):
        client.post(f"{PROVISIONAL}1/", {"key": key, "to": [office.pk]})

    delivery = Delivery.objects.get(provisional=provisional)
    assert (delivery.summary, delivery.copy) == (None, 1)
    assert [file.name[:14] for file in delivery.message.attachments.all()] == [
        "provisional-1-",
        "provisional-1-",
    ]
    with translation.override("vi"):
        form = translation.gettext(
            "%(department)s: provisional figures no. %(provisional)s of %(day)s"
        )
    start = form.partition(" %(day)s")[0]
    named = {"department": "Sở Y tế Quảng Ninh", "provisional": 1}
    assert delivery.message.subject.startswith(start % named)
    page = client.get(f"{PROVISIONAL}1/")
    assert [row["office"] for row in page.context["receipts"]["rows"]] == [office.office]


def test_before_the_first_day_it_is_refused_in_words(
    reference: SimpleNamespace, linh: Staff, client: Client
) -> None:
    client.force_login(linh)

    response: Any = client.post(PROVISIONAL)

    assert response.status_code == 422
    assert response.context["trouble"].sentence
    assert not Provisional.objects.exists()
