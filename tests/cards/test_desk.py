"""The pages of cards: who may open them, what they show, what they log."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from registration.cards.models import Card, Transfer
from registration.cards.services import valid_card_of
from registration.cards.transfers import make_transfers
from registration.pledges.services import withdraw_pledge
from registration.privacy.models import View
from tests import factories
from tests.cards.issuing import issue, issued, ready, receiver
from tests.pledges.registering import NOW, answers

FORM = {"number": "QN 77", "issued_on_0": "20", "issued_on_1": "11", "issued_on_2": "2026"}


def page(pledge: Any, name: str = "issue", *more: str) -> str:
    return reverse(f"cards:{name}", args=[pledge.pk, *more])


@pytest.fixture
def coordinator(reference: Any) -> Any:
    return factories.StaffFactory(unit=reference.hospital, roles=["coordinator"], language="en")


@pytest.fixture
def english(steward: Any) -> Any:
    steward.language = "en"
    steward.save()
    return steward


def words(reason: str) -> str:
    with translation.override("vi"):
        return gettext(reason)


def test_steward_issues_prints_and_takes_back(client: Client, reference: Any, english: Any) -> None:
    pledge = ready(reference, english)
    client.force_login(english)

    shown = client.get(page(pledge)).content.decode()
    assert "Số 7 Hải Thịnh, Hạ Long" in shown
    response = client.post(page(pledge), {**FORM, "issuer": english.unit_id})
    assert (response.status_code, response["Location"]) == (302, page(pledge))
    card = valid_card_of(pledge)
    assert card is not None
    assert card.number == "QN 77"

    printed = [client.get(page(pledge, "document", layout)) for layout in ("card", "sheet")]
    assert [(r.status_code, r.content[:5]) for r in printed] == [(200, b"%PDF-")] * 2
    # Why, in the country's language: the English of the desk is in no log that a person may read.
    assert list(View.objects.values_list("page", "reason")) == [
        ("cards:issue", words("Work on the donor card")),
        ("cards:document", words("Print of the donor card")),
        ("cards:document", words("Print of the donor card")),
    ]
    client.post(page(pledge, "undo"), {"reason": "Wrong number"})
    assert valid_card_of(pledge) is None
    assert client.get(page(pledge, "document", "card"), follow=True).status_code == 404


def test_refusals_stand_at_their_field(client: Client, reference: Any, english: Any) -> None:
    issued(reference, english, number="QN 77")
    told = answers(reference, identity_number="022190123457", email="b@example.org")
    pledge = ready(reference, english, told)
    client.force_login(english)

    response = client.post(page(pledge), {**FORM, "issuer": english.unit_id})

    assert response.status_code == 422
    assert response.context["form"].errors == {"number": ["Another card has this number already."]}
    assert Card.objects.count() == 1


def test_nobody_else_opens_the_steward_s_pages(
    client: Client, reference: Any, steward: Any, charlie: Any, ayse: Any
) -> None:
    pledge = ready(reference, steward)
    issue(pledge, steward)
    other = factories.StaffFactory(unit=reference.adana_department, roles=["steward"])
    urls = [page(pledge), page(pledge, "document", "card")]

    for url in urls:
        assert client.get(url)["Location"].startswith("/account/login/")
    for staff in (charlie, ayse):
        client.force_login(staff)
        assert [client.get(url).status_code for url in urls] == [403, 403]
    client.force_login(other)
    assert [client.get(url, follow=True).status_code for url in urls] == [404, 404]
    assert client.post(page(pledge, "undo"), {"reason": "Mine"}, follow=True).status_code == 404
    assert not View.objects.exists()


def refuse_log(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.startswith("INSERT") and "privacy_view" in sql:
        sql = sql.replace("privacy_view", "privacy_view_gone")
    return execute(sql, params, many, context)


def test_nothing_is_shown_or_given_without_a_log(
    client: Client, reference: Any, steward: Any
) -> None:
    to = receiver(reference)
    card = issued(reference, steward, now=NOW.replace(hour=8))
    make_transfers(now=NOW)
    transfer = Transfer.objects.get()
    client.force_login(steward)
    with connection.execute_wrapper(refuse_log):
        responses = [
            client.get(page(card.pledge)),
            client.get(page(card.pledge, "document", "card")),
        ]
        client.force_login(factories.StaffFactory(unit=to.unit, roles=["receiver"]))
        responses.append(client.post(reverse("cards:fetch", args=[transfer.pk])))

    assert [r.status_code for r in responses] == [503] * 3
    assert not any("Diễm" in r.content.decode() for r in responses)
    assert Transfer.objects.get().state == "made"


def test_stranger_gets_one_page_whatever_the_code(
    client: Client, reference: Any, steward: Any, charlie: Any, count_queries: Any
) -> None:
    card = issued(reference, steward)
    withdrawn = issued(
        reference,
        steward,
        answers(reference, identity_number="022190123457", email="b@example.org"),
        number="QN 2",
    )
    withdraw_pledge(withdrawn.pledge, now=NOW)
    urls = [f"/c/{code}/" for code in (card.code, withdrawn.code, "a" * 16)]

    for who in (None, charlie):
        if who:
            client.force_login(who)
        responses = [client.get(url) for url in urls]
        assert len({(r.status_code, r.content, str(r.headers)) for r in responses}) == 1
        assert len({count_queries(lambda url=url: client.get(url)) for url in urls}) == 1
    assert responses[0].status_code == 200
    assert "checked by transplant coordinators" in responses[0].content.decode()
    assert responses[0]["X-Robots-Tag"] == "noindex"
    assert "no-store" in responses[0]["Cache-Control"]
    assert not View.objects.exists()


def test_coordinator_sees_live_validity_and_no_name(
    client: Client, reference: Any, steward: Any, coordinator: Any
) -> None:
    card = issued(reference, steward)
    client.force_login(coordinator)

    valid = client.get(f"/c/{card.code}/", follow=True)
    withdraw_pledge(card.pledge, now=NOW)
    ended = client.get(f"/c/{card.code}/", follow=True)
    unknown = client.get(f"/c/{'a' * 16}/", follow=True)

    assert "This card is valid now" in valid.content.decode()
    assert "This card is not valid since 20/11/2026 16:00" in ended.content.decode()
    assert "No card has this code" in unknown.content.decode()
    for response in (valid, ended):
        html = response.content.decode()
        assert card.pledge.reference in html
        assert response.context["serial"] in html
        assert "Diễm" not in html
    assert [(view.subject, view.page) for view in View.objects.all()] == [
        (card.pledge_id, "cards:check")
    ] * 2
    assert View.objects.first().reason == f"QR {valid.context['serial']}"


def test_card_of_another_country_answers_as_an_unknown_one(
    client: Client, reference: Any, steward: Any
) -> None:
    card = issued(reference, steward)
    abroad = factories.StaffFactory(
        unit=reference.adana_department, roles=["coordinator"], language="en"
    )
    client.force_login(abroad)

    pages = [client.get(reverse("cards:check", args=[code])) for code in (card.code, "a" * 16)]

    assert [page.context["card"] for page in pages] == [None, None]
    assert card.pledge.reference not in pages[0].content.decode()
    assert not View.objects.exists()


def test_trying_codes_is_stopped(client: Client, reference: Any, coordinator: Any) -> None:
    client.force_login(coordinator)
    url = reverse("cards:check", args=["a" * 16])

    statuses = [client.get(url).status_code for _turn in range(61)]

    assert statuses == [200] * 60 + [429]


def test_check_at_the_desk_asks_for_the_right(
    client: Client, reference: Any, steward: Any, charlie: Any
) -> None:
    card = issued(reference, steward)
    url = reverse("cards:check", args=[card.code])

    assert client.get(f"/c/{card.code}/?check")["Location"] == url
    assert client.get(url)["Location"].startswith("/account/login/")
    for staff in (steward, charlie):
        client.force_login(staff)
        assert client.get(url).status_code == 403


def test_receiver_fetches_and_acknowledges(client: Client, reference: Any, steward: Any) -> None:
    to = receiver(reference)
    staff = factories.StaffFactory(unit=to.unit, roles=["receiver"], language="en")
    card = issued(reference, steward, now=NOW.replace(hour=8))
    make_transfers(now=NOW)
    transfer = Transfer.objects.get()
    client.force_login(staff)
    here = reverse("cards:list", args=[transfer.pk])

    html = client.get(reverse("cards:lists")).content.decode() + client.get(here).content.decode()
    assert transfer.sha256 in html
    assert "Diễm" not in html
    assert not View.objects.exists()
    file = client.post(reverse("cards:fetch", args=[transfer.pk]), {"format": "json"})
    table = client.post(reverse("cards:fetch", args=[transfer.pk]), {"format": "csv"})
    assert file.content.decode() == transfer.content
    assert "Nguyễn Thị Diễm" in table.content.decode()
    seen = [(view.subject, view.page) for view in View.objects.all()]
    assert seen == [(transfer.pk, "cards:fetch"), (card.pledge_id, "cards:fetch")] * 2
    wrong = client.post(reverse("cards:acknowledge", args=[transfer.pk]), {"counted": "3"})
    right = client.post(reverse("cards:acknowledge", args=[transfer.pk]), {"counted": "1"})
    assert (wrong.status_code, right.status_code, right["Location"]) == (422, 302, here)
    assert card.pledge.steps.filter(kind="listed").count() == 1
    assert "Receipt is acknowledged" in client.get(here).content.decode()


def test_lists_of_another_unit_are_not_found(
    client: Client, reference: Any, steward: Any, charlie: Any
) -> None:
    receiver(reference)
    issued(reference, steward, now=NOW.replace(hour=8))
    make_transfers(now=NOW)
    transfer = Transfer.objects.get()
    client.force_login(factories.StaffFactory(unit=reference.hospital, roles=["receiver"]))

    for name in ("fetch", "acknowledge"):
        url = reverse(f"cards:{name}", args=[transfer.pk])
        assert client.post(url, {"counted": "1"}, follow=True).status_code == 404
    assert client.get(reverse("cards:lists")).context["rows"] == []
    client.force_login(charlie)
    assert client.get(reverse("cards:lists")).status_code == 403
    assert not View.objects.exists()


def test_steward_sees_what_is_outstanding(client: Client, reference: Any, english: Any) -> None:
    receiver(reference)
    issued(reference, english, now=NOW.replace(hour=8))
    make_transfers(now=NOW)
    client.force_login(english)

    rows = client.get(reverse("cards:outstanding")).context["rows"]

    assert [(row["transfer"].serial, row["is_waiting"]) for row in rows] == [(1, True)]


def test_administrator_s_screen_refuses_an_hour_that_is_none(
    client: Client, reference: Any, administrator: Any
) -> None:
    to = receiver(reference)
    client.force_login(administrator)
    url = reverse("wagtailsnippets_cards_receiver:edit", args=[to.pk])
    told = {
        "jurisdiction": "VN",
        "unit": to.unit_id,
        "email": to.email,
        "language": "vi",
        "weekday": "",
        "hour": "24",
        "chase_after_days": "3",
    }

    refused = client.post(url, told)
    assert refused.context["form"].errors["hour"]
    client.post(url, {**told, "hour": "9", "is_active": "on"})

    to.refresh_from_db()
    assert to.hour == 9


def test_file_that_was_erased_is_not_given(client: Client, reference: Any, steward: Any) -> None:
    to = receiver(reference)
    issued(reference, steward, now=NOW.replace(hour=8))
    make_transfers(now=NOW)
    transfer = Transfer.objects.get()
    transfer.content = ""
    transfer.save()
    client.force_login(factories.StaffFactory(unit=to.unit, roles=["receiver"], language="en"))

    fetched = client.post(reverse("cards:fetch", args=[transfer.pk]))

    assert fetched["Location"] == reverse("cards:list", args=[transfer.pk])
    assert "was erased" in client.get(fetched["Location"]).content.decode()
    assert not View.objects.exists()
