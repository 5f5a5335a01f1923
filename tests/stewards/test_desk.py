"""The steward's list: what waits in the own provinces, oldest first, and no person in it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.pledges.choices import StepKind
from registration.pledges.models import EntryBatch, Pledge
from registration.pledges.services import withdraw_pledge
from registration.privacy.models import View
from tests.pledges.registering import answers, register, turkish
from tests.stewards.desk_work import LIST, confirmed, one, second_steward, stepped, url

MOST = 12


def references(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', html)


def page(client: Client, **asked: Any) -> str:
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return response.content.decode()


def person(reference: Any, number: int, **more: Any) -> Any:
    return answers(reference, identity_number=f"0221901{number:05}", **more)


def test_steward_sees_the_registrations_of_the_province(
    client: Client, reference: Any, steward: Any
) -> None:
    mine = register(reference, placement=reference.placement, channel="banner")
    register(reference, answers(reference, province=reference.thanh_hoa, locality=None))
    register(reference, turkish(reference))
    client.force_login(steward)

    html = page(client)

    assert references(html) == [mine.reference]
    assert reference.hospital.name_en in html
    assert "Confirmation by its owner" in html
    assert 'tag-received">Unconfirmed' in html
    assert "Diễm" not in html
    assert not View.objects.exists()


def test_longest_waiting_comes_first_with_its_age(
    client: Client, reference: Any, steward: Any
) -> None:
    now = timezone.now()
    young, old, middle = (
        register(reference, person(reference, number), now=now - timedelta(days=days))
        for number, days in enumerate((0, 5, 1))
    )
    client.force_login(steward)

    html = page(client)

    assert references(html) == [pledge.reference for pledge in (old, middle, young)]
    assert re.findall(r'<span class="nowrap">([^<]+)</span>', html) == [
        "5 days",
        "1 day",
        "less than a day",
    ]


def test_tabs_count_each_step_and_filters_narrow(
    client: Client, reference: Any, steward: Any
) -> None:
    unconfirmed = register(reference, person(reference, 1))
    contact = confirmed(reference, person(reference, 2), placement=reference.placement)
    paper = confirmed(reference, person(reference, 3), is_demo=True, channel="desk")
    stepped(paper, StepKind.CONTACTED, staff=steward)
    client.force_login(steward)

    html = page(client)

    assert re.findall(r"\?(\S*)\"[^>]*>([^<]+) <strong>(\d+)", html) == [
        ("", "All that wait", "3"),
        ("step=confirm", "Confirmation by its owner", "1"),
        ("step=contacted", "To be contacted", "1"),
        ("step=paper_seen", "To be checked against the identity paper", "1"),
    ]
    narrowed = {
        "step=confirm": [unconfirmed],
        "step=none": [],
        "state=confirmed": [contact, paper],
        "channel=desk": [paper],
        "demo=yes": [paper],
        f"unit={reference.hospital.pk}": [contact],
        "state=nonsense": [unconfirmed, contact, paper],
        "after=nonsense": [unconfirmed, contact, paper],
    }
    for asked, expected in narrowed.items():
        html = client.get(f"{LIST}?{asked}").content.decode()
        assert set(references(html)) == {pledge.reference for pledge in expected}, asked


def test_batch_is_a_filter(client: Client, reference: Any, steward: Any) -> None:
    batch = EntryBatch.objects.create(
        label="Bãi Cháy, 20 November",
        province=reference.quang_ninh,
        unit=reference.hospital,
        channel="paper",
        staff=steward,
        opened_at=timezone.now(),
    )
    inside = register(reference, person(reference, 1), batch=batch)
    register(reference, person(reference, 2))
    client.force_login(steward)

    assert references(page(client, batch=str(batch.pk))) == [inside.reference]


def test_turkish_intent_waits_for_the_person(client: Client, reference: Any, steward: Any) -> None:
    steward.unit = reference.adana_department
    steward.save()
    confirmed(reference, turkish(reference))
    helped = confirmed(reference, turkish(reference, email="b@example.org", full_name="Ilgın Su"))
    stepped(helped, StepKind.HELP_ASKED, staff=None)
    client.force_login(steward)

    html = page(client)

    assert re.findall(r"<td data-label=\"Next step\"><strong>([^<]+)", html) == [
        "Waits for the person",
        "Help asked",
    ]


def test_reference_leads_to_the_registration_and_never_a_name(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference)
    elsewhere = register(reference, turkish(reference))
    client.force_login(steward)

    found = client.get(LIST, {"reference": pledge.reference.lower().replace("-", " ")})
    assert (found.status_code, found["Location"]) == (303, url("one", pledge))
    typed = elsewhere.reference
    assert f"There is no registration {typed} in your province." in page(client, reference=typed)
    assert "one of its letters was mistyped" in page(client, reference="Nguyễn Thị Diễm")


def test_list_goes_on_where_the_page_ended(client: Client, reference: Any, steward: Any) -> None:
    copies_of(register(reference), 119)
    client.force_login(steward)
    seen: list[str] = []
    address: str | None = LIST

    while address:
        html = client.get(address).content.decode()
        seen += references(html)
        following = re.search(r'rel="next" href="(\?[^"]+)"', html)
        address = LIST + following.group(1).replace("&amp;", "&") if following else None

    assert len(seen) == 120
    assert seen == list(
        Pledge.objects.order_by("waiting_since", "pk").values_list("reference", flat=True)
    )


def copies_of(pledge: Pledge, number: int) -> None:
    """Rows like this one, in three states and on few moments, without a person's cost each."""
    rows = []
    for place in range(number):
        row = Pledge.objects.get(pk=pledge.pk)
        row.pk, row.form_key, row.reference = None, f"copy-{place}", f"C-{place}"
        row.id = Pledge._meta.pk.get_default()
        row.particulars_id = None
        row.next_step = ("confirm", "contacted", "paper_seen")[place % 3]
        row.waiting_since += timedelta(minutes=place // 7)
        rows.append(row)
    particulars = copies_of_particulars(pledge, number)
    for row, particular in zip(rows, particulars, strict=True):
        row.particulars = particular
    Pledge.objects.bulk_create(rows)


def copies_of_particulars(pledge: Pledge, number: int) -> list[Any]:
    model = type(pledge.particulars)
    rows = [
        model(
            person=pledge.person,
            full_name="",
            province=pledge.province,
            language="vi",
            given_at=pledge.received_at,
        )
        for _number in range(number)
    ]
    return model.objects.bulk_create(rows)


def flagged(html: str) -> list[str]:
    rows = re.findall(r'<tr>\s*<td class="tick">.*?</tr>', html, re.DOTALL)
    return [references(row)[0] for row in rows if "Shared address" in row]


def test_address_of_three_persons_is_marked_in_the_list(
    client: Client, reference: Any, steward: Any
) -> None:
    """By mailbox or telephone; a couple, an ended registration and the person's own are none."""
    shares = [register(reference, person(reference, n, phone="")) for n in range(2)]
    elsewhere = {"email": "hoa@example.org", "province": reference.thanh_hoa, "locality": None}
    couple = {"email": "khac@example.org", "phone": "+84912345670"}
    theirs = [register(reference, person(reference, 3 + n, **couple)) for n in range(2)]
    register(reference, person(reference, 4, **couple))
    ended = register(reference, person(reference, 5, **couple))
    withdraw_pledge(ended, now=timezone.now())
    client.force_login(steward)
    before = flagged(page(client))

    shares.append(register(reference, person(reference, 6)))
    by_phone = register(reference, person(reference, 7, email="a@example.org"))
    register(reference, person(reference, 8, **elsewhere))

    assert before == []
    html = page(client)
    assert set(flagged(html)) == {pledge.reference for pledge in (*shares, by_phone)}
    assert set(references(html)) >= {pledge.reference for pledge in theirs}
    assert "example.org" not in html


def test_list_asks_as_much_for_one_row_as_for_two_thousand(
    client: Client, reference: Any, steward: Any
) -> None:
    client.force_login(steward)
    pledge = register(reference, placement=reference.placement)
    client.get(LIST)
    counts = []
    for more in (0, 2, 57, 1940):
        if more:
            Pledge.objects.exclude(pk=pledge.pk).delete()
            copies_of(pledge, more)
        for asked in ({}, {"narrow": "1"}, {"step": "confirm"}):
            with CaptureQueriesContext(connection) as queries:
                html = page(client, **asked)
            counts.append(len(queries))

    assert counts == counts[:3] * 4
    assert max(counts) <= MOST
    assert len(references(html)) == 50


def test_long_list_is_read_from_the_index(client: Client, reference: Any, steward: Any) -> None:
    copies_of(register(reference), 300)
    client.force_login(steward)
    with CaptureQueriesContext(connection) as queries:
        page(client, step="contacted")
    asked = next(query["sql"] for query in queries if "part_0" in query["sql"])

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE pledges_pledge")
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {asked.replace('%', '%%')}")
        plan = " ".join(str(row) for row in cursor.fetchall())

    assert "pledge_work_list" in plan


def test_print_shows_all_without_boxes(client: Client, reference: Any, steward: Any) -> None:
    copies_of(register(reference), 80)
    client.force_login(steward)

    html = page(client, print="1")

    assert (len(references(html)), html.count('name="pledge"')) == (81, 0)


def test_csv_holds_the_list_and_no_live_formula(
    client: Client, reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference.hospital.name_en = '=HYPERLINK("http://x")'
    reference.hospital.save()
    pledge = register(reference, unit=reference.hospital, channel="desk", is_demo=True)
    register(reference, turkish(reference))
    client.force_login(steward)

    response = client.get(f"{LIST}list.csv?step=confirm")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    heads, row, end = text.split("\r\n")
    assert heads == "\ufeffReference,State,Next step,Since,Channel,Unit,Demo"
    assert row == (
        f"{pledge.reference},Unconfirmed,Confirmation by its owner,20/11/2026 16:00,Desk,"
        '"\'=HYPERLINK(""http://x"")",Demo'
    )
    assert end == ""


def test_empty_list_says_so(client: Client, reference: Any, steward: Any) -> None:
    client.force_login(steward)
    assert "Nothing waits here." in page(client)

    steward.unit = reference.hospital
    steward.save()
    assert "works on no province" in page(client)


@pytest.mark.parametrize("who", ["ayse", "linh", "charlie"])
def test_others_are_refused(
    client: Client, reference: Any, who: str, request: pytest.FixtureRequest
) -> None:
    pledge = register(reference)
    client.force_login(request.getfixturevalue(who))

    for address in (LIST, f"{LIST}list.csv", f"{LIST}withdrawals/", f"{LIST}steps/", one(pledge)):
        assert client.get(address).status_code == 403
    for name in ("look", "take", "accept", "contest", "contact", "ask_to_withdraw"):
        assert client.post(url(name, pledge)).status_code == 403
    assert not View.objects.exists()


def test_nobody_is_let_in_without_signing_in(client: Client, reference: Any) -> None:
    pledge = register(reference)

    for address in (LIST, f"{LIST}list.csv", one(pledge)):
        response = client.get(address)

        assert (response.status_code, response["Location"].split("?")[0]) == (
            302,
            "/account/login/",
        )


def test_withdrawals_that_wait_are_listed_without_a_name(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    client.force_login(second_steward(reference))
    client.post(url("ask_to_withdraw", pledge), {"reason": "The person asked for it here."})
    client.force_login(steward)
    views = View.objects.count()

    html = client.get(f"{LIST}withdrawals/").content.decode()

    assert references(html) == [pledge.reference]
    assert "Giang" in html
    assert "Diễm" not in html
    assert "Withdrawal asked" in page(client)
    assert View.objects.count() == views
