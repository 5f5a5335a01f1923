import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from registration.accounts.models import Staff
from registration.deliveries import links
from registration.deliveries.models import Delivery, Recipient
from registration.reports.models import Summary


@pytest.fixture
def delivery(summary: Summary, office: Recipient) -> Delivery:
    return Delivery.objects.get(recipient=office)


@pytest.fixture
def address(delivery: Delivery) -> str:
    return re.search(r"(/desk/deliveries/d/[^/\s]+/)", delivery.message.text)[1]


def test_opening_is_noted_once_and_is_no_receipt(
    delivery: Delivery, address: str, linh: Staff, client: Client
) -> None:
    client.get(address)
    delivery.refresh_from_db()
    assert delivery.opened_at is None
    client.force_login(linh)
    client.head(address)
    delivery.refresh_from_db()
    assert delivery.opened_at is None

    page = client.get(address)
    delivery.refresh_from_db()
    opened = delivery.opened_at
    client.get(address)

    delivery.refresh_from_db()
    assert page.status_code == 200
    assert delivery.opened_at == opened is not None
    assert delivery.acknowledged_at is None
    assert client.get(f"{address}received/").status_code == 405


def test_receipt_is_confirmed_once_by_a_person(
    delivery: Delivery, address: str, linh: Staff, hoa: Staff, client: Client
) -> None:
    client.force_login(linh)
    response = client.post(f"{address}received/")
    delivery.refresh_from_db()
    first = delivery.acknowledged_at

    client.force_login(hoa)
    client.post(f"{address}received/")

    delivery.refresh_from_db()
    assert (response.status_code, response["Location"]) == (303, address)
    assert (delivery.acknowledged_at, delivery.acknowledged_by) == (first, linh)
    assert "Linh" in client.get(address).content.decode()


def test_the_documents_are_those_that_were_sent(
    summary: Summary, address: str, linh: Staff, client: Client
) -> None:
    client.force_login(linh)

    for document in summary.documents.all():
        response = client.get(f"{address}{document.format}/")
        assert response.content == bytes(document.content)
        assert document.name in response["Content-Disposition"]
    assert client.get(f"{address}exe/").status_code == 404


def test_an_office_outside_finds_its_own_edition(
    summary: Summary, office: Recipient, address: str, linh: Staff, client: Client
) -> None:
    Recipient.objects.filter(pk=office.pk).update(is_outside=True)
    client.force_login(linh)

    response = client.get(f"{address}json/")

    assert response.json()["edition"] == "shared"


def test_a_link_that_has_run_out_leads_to_the_desk_and_confirms_nothing(
    delivery: Delivery, address: str, linh: Staff, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(linh)
    monkeypatch.setattr(links, "GOOD_FOR", timedelta(seconds=-1))

    page, document = client.get(address), client.get(f"{address}pdf/")
    client.post(f"{address}received/")

    assert (page.status_code, document.status_code) == (410, 410)
    assert "/desk/summaries/quang-ninh/2025-11-20/" in page.content.decode()
    delivery.refresh_from_db()
    assert (delivery.opened_at, delivery.acknowledged_at) == (None, None)


def test_a_week_is_the_whole_life_of_a_link(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    address = links.link_of("summary:1:2")
    token, now = address.rstrip("/").rpartition("/")[2], time.time()

    for days, is_good in ((6.99, True), (7.01, False)):
        monkeypatch.setattr(signing.time, "time", lambda days=days: now + days * 86400)
        assert links.read_link(token) == ("summary:1:2", is_good)


@pytest.mark.parametrize("token", ["x", "a.b.c", "ImEi.1w2.AAAA", "%2e%2e"])
def test_a_forged_link_is_unknown(
    summary: Summary, linh: Staff, client: Client, token: str
) -> None:
    client.force_login(linh)

    assert client.get(f"/desk/deliveries/d/{token}/").status_code == 404


def test_a_signature_made_for_something_else_is_no_link(
    delivery: Delivery, linh: Staff, client: Client
) -> None:
    token = signing.TimestampSigner(salt="other", sep=".").sign_object(delivery.message.dedupe_key)
    client.force_login(linh)

    assert client.get(f"/desk/deliveries/d/{token}/").status_code == 404


def test_receipts_tell_each_state_with_its_reason(
    summary: Summary, delivery: Delivery, linh: Staff
) -> None:
    from registration.deliveries.shown import receipts_of

    now = timezone.now()
    other = summary.deliveries.exclude(pk=delivery.pk).get()
    Delivery.objects.filter(pk=delivery.pk).update(bounced_at=now, bounce_code="5.2.2")
    type(other.message).objects.filter(pk=other.message.pk).update(
        state="failed", last_error="SMTPRecipientsRefused 550"
    )

    receipts = receipts_of(summary, "en", staff=linh)

    rows = {row["office"]: (row["state_label"], row["reason"][:30]) for row in receipts["rows"]}
    assert rows == {
        "Phòng Nghiệp vụ Y": ("Returned", "The office's mailbox is full. "),
        "İl Sağlık Müdürlüğü": ("Not delivered", "The mail server says that this"),
    }
    assert receipts["form"] is not None
