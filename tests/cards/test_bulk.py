"""Many cards from one table: a preview that issues nothing, then each card once, failures kept."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.cards import bulk
from registration.cards.bulk_table import read_table, written
from registration.cards.models import Card
from registration.cards.services import undo_card
from registration.common.errors import RuleBroken
from registration.common.spreadsheets import MOST_BYTES
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.privacy.models import View
from registration.units.models import Stewardship
from tests import factories
from tests.cards.issuing import DAY, confirmed, issue, ready
from tests.cards.test_desk import refuse_log
from tests.pledges.registering import answers, turkish

BULK = "/desk/cards/bulk/"


def person(reference: Any, place: int, **told: Any) -> Any:
    values = {
        "full_name": f"Nguyễn Thị Diễm {'abcdefghijklmnopqrstuvwxyz'[place % 26]}",
        "identity_number": f"0221901{place:05}",
        "email": f"n{place}@example.org",
    }
    return answers(reference, **{**values, **told})


def all_ready(reference: Any, steward: Any, number: int) -> list[Pledge]:
    return [ready(reference, steward, person(reference, place)) for place in range(number)]


def table(*rows: tuple[Any, ...]) -> str:
    return "\n".join("\t".join(str(cell) for cell in row) for row in rows)


def send(client: Client, text: str, **changes: Any) -> Any:
    """The form with its table; ``issue`` is the key of a preview that is confirmed."""
    today = timezone.localdate()
    values = {
        "issuer": Stewardship.objects.earliest("pk").unit_id,
        "issued_on_0": today.day,
        "issued_on_1": today.month,
        "issued_on_2": today.year,
        "text": text,
    }
    return client.post(BULK, {**values, **changes})


def confirm(client: Client, text: str, **changes: Any) -> Any:
    key = send(client, text, **changes).context["key"]
    return send(client, text, issue=key, **changes)


def refusals(page: Any) -> dict[int, str]:
    return {verdict.row.place: verdict.refusal for verdict in page.context["refused"]}


def places(page: Any, fate: str) -> list[int]:
    return [verdict.row.place for verdict in page.context[fate]]


def typed_again(page: Any) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.DOTALL)
    assert found
    return unescape(found.group(1)).strip()


@pytest.fixture
def desk(client: Client, steward: Any) -> Client:
    steward.language = "en"
    steward.save()
    client.force_login(steward)
    return client


def test_preview_tells_which_will_be_issued_and_why_not_the_others(
    desk: Client, reference: Any, steward: Any
) -> None:
    fine, early, other, same, free = (
        make(reference, person(reference, place))
        for place, make in enumerate(
            [
                lambda *told: ready(told[0], steward, told[1]),
                confirmed,
                *[lambda *told: ready(told[0], steward, told[1])] * 3,
            ]
        )
    )
    for pledge, number in ((other, "QN 3"), (same, "QN 4")):
        issue(pledge, steward, number)
    kept = ready(reference, steward, person(reference, 7))
    Person.objects.filter(pk=kept.person_id).update(restricted_at=timezone.now())
    theirs = confirmed(reference, turkish(reference))

    page = send(
        desk,
        table(
            (fine.reference, "QN 1", "20/11/2025"),
            (early.reference, "QN 2"),
            (other.reference, "QN 33"),
            (same.reference, "qn-4"),
            (free.reference, "QN 3"),
            (theirs.reference, "QN 5"),
            ("2222-2222", "QN 6"),
            ("2222-2223", "QN 7"),
            (kept.reference, "QN 8"),
            ("", "<b>", "30/2/2026"),
        ),
    )

    assert [(row["row"].reference, row["name"]) for row in page.context["rows"]] == [
        (fine.reference, "Nguyễn Thị Diễm a")
    ]
    assert (places(page, "works"), places(page, "before")) == ([1], [4])
    unknown = "There is no registration {} in your province."
    assert refusals(page) == {
        2: "First comes: Checked against the identity paper.",
        3: "A card with another number is valid for this registration.",
        5: "Another card has this number already.",
        6: unknown.format(theirs.reference),
        7: unknown.format("2222-2222"),
        8: "2222-2223 is no reference: one of its letters was mistyped.",
        9: "At the person's request this registration is only kept: no step is taken with it.",
        10: "Write the reference. Write the card number in letters and digits, at most 30 "
        "characters. This is no date. Write day, month and year in numbers, like 27 3 1980.",
    }
    assert Card.objects.count() == 2


def test_reasons_are_in_the_reader_s_language(client: Client, reference: Any, steward: Any) -> None:
    early = confirmed(reference)
    client.force_login(steward)

    page = send(client, table((early.reference, "QN 1")))

    with translation.override("vi"):
        told = gettext("First comes: %(step)s.") % {"step": StepKind.PAPER_SEEN.label}
    assert refusals(page) == {1: told}
    assert "First comes" not in page.content.decode()


def test_whoever_stands_twice_in_a_table_is_refused_everywhere(
    desk: Client, reference: Any, steward: Any
) -> None:
    one, two, three = (pledge.reference for pledge in all_ready(reference, steward, 3))

    page = send(desk, table((one, "QN 1"), (two, "QN 2"), (one.lower(), "QN 3"), (three, "qn2")))

    twice = "This reference stands in several rows: 1, 3."
    number = "This card number stands in several rows: 2, 4."
    assert refusals(page) == {1: twice, 3: twice, 2: number, 4: number}


def test_names_are_logged_before_they_are_shown_and_of_no_other(
    desk: Client, reference: Any, steward: Any
) -> None:
    fine = ready(reference, steward, person(reference, 0))
    early = confirmed(reference, person(reference, 1))
    text = table((fine.reference, "QN 1"), (early.reference, "QN 2"))

    html = send(desk, text).content.decode()

    assert ("Diễm a" in html, "Diễm b" in html) == (True, False)
    with translation.override("vi"):
        reason = gettext("Work on the donor card")
    seen = View.objects.values_list("subject", "page", "fields", "reason", "staff")
    assert list(seen) == [(fine.pk, "cards:bulk", "full_name", reason, steward.pk)]
    with connection.execute_wrapper(refuse_log):
        page = send(desk, text)
    assert (page.status_code, "Diễm" in page.content.decode()) == (503, False)
    assert typed_again(page) == text


def test_cards_are_issued_once_however_often_they_are_sent(
    desk: Client, reference: Any, steward: Any
) -> None:
    pledges = all_ready(reference, steward, 2)
    text = table((pledges[0].reference, "QN 1", "20/11/2025"), (pledges[1].reference, "QN 2"))
    key = send(desk, text).context["key"]
    assert not Card.objects.exists()

    pages = [send(desk, text, issue=key) for _twice in range(2)]

    assert [places(page, "issued") for page in pages] == [[1, 2]] * 2
    cards = list(Card.objects.order_by("number_hash", "pk"))
    told = {card.pledge_id: (card.number, card.issued_on, card.issuer) for card in cards}
    assert told == {
        pledges[0].pk: ("QN 1", date(2025, 11, 20), reference.steward),
        pledges[1].pk: ("QN 2", timezone.localdate(), reference.steward),
    }
    assert Message.objects.filter(kind="cards/issued").count() == 2
    assert "2 cards were issued." in pages[1].content.decode()


def test_page_that_is_sent_again_brings_no_card_back_that_was_undone(
    desk: Client, reference: Any, steward: Any
) -> None:
    (pledge,) = all_ready(reference, steward, 1)
    text = table((pledge.reference, "QN 1"))
    key = send(desk, text).context["key"]
    send(desk, text, issue=key)
    undo_card(Card.objects.get(), staff=steward, reason="Wrong pile", now=timezone.now())

    send(desk, text, issue=key)

    assert [card.end_reason for card in Card.objects.all()] == ["undone"]
    # A new look at the same table is a new sending.
    assert places(confirm(desk, text), "issued") == [1]
    assert Card.objects.filter(ended_at__isnull=True).count() == 1


def test_what_is_refused_comes_back_to_be_corrected(
    desk: Client, reference: Any, steward: Any
) -> None:
    pledges = all_ready(reference, steward, 2)
    early = confirmed(reference, person(reference, 2))
    rows = [(pledges[0].reference, "QN 1"), (early.reference, "QN 2"), (pledges[1].reference, "!")]

    page = confirm(desk, table(*rows))

    assert (places(page, "issued"), places(page, "refused")) == ([1], [2, 3])
    left = typed_again(page)
    assert [line.split("\t")[:2] for line in left.splitlines()] == [
        ["Reference", "Card number"],
        [early.reference, "QN 2"],
        [pledges[1].reference, "!"],
    ]
    again = confirm(desk, left.replace("!", "QN 3"))
    assert (places(again, "issued"), places(again, "refused")) == ([3], [2])
    assert Card.objects.count() == 2


class Away:
    """The database goes away when the card with this place is written."""

    def __init__(self, place: int) -> None:
        self.left = place

    def __call__(self, execute: Any, sql: str, *told: Any) -> Any:
        if sql.startswith('INSERT INTO "cards_card"'):
            self.left -= 1
            if self.left == 0:
                raise OperationalError("gone")
        return execute(sql, *told)


def test_database_that_goes_away_in_the_middle_loses_nothing(
    desk: Client, reference: Any, steward: Any
) -> None:
    pledges = all_ready(reference, steward, 3)
    text = table(*[(pledge.reference, f"QN {place}") for place, pledge in enumerate(pledges)])
    key = send(desk, text).context["key"]

    with connection.execute_wrapper(Away(2)):
        page = send(desk, text, issue=key)

    assert (page.status_code, page.context["key"], Card.objects.count()) == (422, key, 1)
    # The step of the card that failed went with it.
    assert Pledge.objects.filter(steps__kind="card_issued").count() == 1
    assert "We cannot tell whether this was saved." in page.content.decode()
    assert places(send(desk, text, issue=key), "issued") == [1, 2, 3]
    assert Message.objects.filter(kind="cards/issued").count() == 3


def test_many_go_in_slices_until_all_are_issued(
    desk: Client, reference: Any, steward: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    early = confirmed(reference, person(reference, 9))
    rows = [(early.reference, "QN 9")]
    rows += [
        (pledge.reference, f"QN {place}")
        for place, pledge in enumerate(all_ready(reference, steward, 3))
    ]
    text = table(*rows)
    key = send(desk, text).context["key"]

    pages = [send(desk, text, issue=key) for _slice in range(2)]

    assert [(places(page, "issued"), places(page, "works")) for page in pages] == [
        ([2, 3], [4]),
        ([2, 3, 4], []),
    ]
    assert ["data-continue" in page.content.decode() for page in pages] == [True, False]
    assert "First comes" in pages[1].content.decode()


def test_preview_asks_as_much_for_three_as_for_thirty(
    desk: Client, reference: Any, steward: Any, count_queries: Callable[..., int]
) -> None:
    pledges = all_ready(reference, steward, 30)
    issue(pledges[0], steward, "QN 0")
    rows = [(pledge.reference, f"QN {place}") for place, pledge in enumerate(pledges)]
    send(desk, table(*rows[:3]))

    few, many = (
        count_queries(lambda number=number: send(desk, table(*rows[:number]))) for number in (3, 30)
    )

    # PostgreSQL locks the chain of the log of views; SQLite has one writer in any case.
    locks = 1 if connection.vendor == "postgresql" else 0
    assert few == many <= 18 + locks


@pytest.mark.parametrize(
    "text",
    [
        "{} ; qn 1",
        "Số thẻ;Họ tên;Mã đơn;Ngày cấp\nqn 1;Diễm;{};20.11.2025",
        "Kart numarası\tKayıt numarası\tDüzenlenme tarihi\nqn 1\t{}\t2025-11-20 00:00:00",
        "Reference,Card number,Issued on\n{},qn 1,20/11/2025\n\n",
    ],
    ids=["bare", "vi", "tr", "en"],
)
def test_any_office_s_columns_are_understood(text: str) -> None:
    found = read_table(text.format("2222-2222"), day=DAY.replace(year=2025))

    (row,) = found.rows
    assert (row.reference, row.number, str(row.issued_on), row.errors) == (
        "2222-2222",
        "qn 1",
        "2025-11-20",
        [],
    )
    assert found.unknown == (["Họ tên"] if "Diễm" in text else [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "sheet_empty"),
        ("Reference;Card number\n", "sheet_empty"),
        ("Reference;Name\n2222-2222;Diễm", "column_missing"),
        ("Reference;Card number;Card no\n2222-2222;1;2", "column_twice"),
        ('2222-2222;"open', "sheet_broken"),
        ("2222-2222;1\n" * 501, "too_many_rows"),
        ("x" * (MOST_BYTES + 1), "sheet_too_large"),
    ],
    ids=["nothing", "heading", "columns", "twice", "quote", "rows", "bytes"],
)
def test_table_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        read_table(text, day=DAY)

    assert refusal.value.code == code


def test_five_hundred_rows_are_read_and_come_back_as_typed() -> None:
    text = table(("Reference", "Card number", "Issued on"), *[("", f"=QN {n}") for n in range(500)])

    found = read_table(text, day=DAY)

    assert len(found.rows) == 500
    assert [row.cells for row in read_table(written(found.rows), day=DAY).rows] == [
        {**row.cells, "issued_on": ""} for row in found.rows
    ]


def test_row_with_more_cells_than_columns_is_refused() -> None:
    (row,) = read_table("2222-2222;1;20/11/2025;more", day=DAY).rows

    assert row.errors == ["This row has more cells than there are columns."]


def test_file_is_read_like_pasted_text_and_travels_on_as_text(
    desk: Client, reference: Any, steward: Any
) -> None:
    (pledge,) = all_ready(reference, steward, 1)
    content = f"Mã đơn;Số thẻ\r\n{pledge.reference};QN 1".encode("utf-16")

    page = send(desk, "", file=SimpleUploadedFile("cards.csv", content))

    assert places(page, "works") == [2]
    carried = page.context["sent"]["text"]
    assert typed_again(send(desk, carried, edit="1")).splitlines() == carried.splitlines()


def test_file_that_is_too_large_is_refused_and_never_written_to_disk(
    desk: Client, settings: Any, tmp_path: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")

    page = send(desk, "", file=SimpleUploadedFile("cards.csv", b"x" * 3 * 1024 * 1024))

    assert page.status_code == 422
    assert page.context["trouble"].code == "sheet_too_large"


def test_bad_form_keeps_what_was_typed(desk: Client, reference: Any) -> None:
    page = send(desk, "2222-2222\tQN 1", issuer=reference.adana_department.pk, issued_on_1="13")

    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["issued_on", "issuer"])
    assert typed_again(page) == "2222-2222\tQN 1"


def test_issuers_are_those_of_the_registration_s_own_province(
    desk: Client, reference: Any, steward: Any
) -> None:
    """Who works for two provinces cannot let a hospital of one issue cards in the other."""
    near, own = all_ready(reference, steward, 2)
    Stewardship.objects.create(
        province=reference.thanh_hoa, unit=reference.steward, starts_on=date(2024, 6, 18)
    )
    far = factories.UnitFactory(code="thanh-hoa-hospital", province=reference.thanh_hoa)

    away = send(desk, table((near.reference, "QN 1")), issuer=far.pk)
    here = send(desk, table((own.reference, "QN 2")), issuer=reference.hospital.pk)

    assert refusals(away) == {1: "The issuer that you chose issues no cards for this registration."}
    assert places(here, "works") == [1]


def test_nobody_else_issues_and_no_forged_request_does(
    client: Client, reference: Any, steward: Any, charlie: Any, ayse: Any
) -> None:
    (pledge,) = all_ready(reference, steward, 1)
    text = table((pledge.reference, "QN 1"))
    assert client.get(BULK)["Location"].startswith("/account/login/")
    for staff in (charlie, ayse):
        client.force_login(staff)
        assert [client.get(BULK).status_code, send(client, text).status_code] == [403, 403]
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(steward)

    assert send(forger, text, issue="31c1ddb0-a437-453f-966d-4b02711b290f").status_code == 403
    assert (Card.objects.exists(), View.objects.exists()) == (False, False)


def test_work_list_leads_here_once_something_waits_for_a_card(
    desk: Client, reference: Any, steward: Any
) -> None:
    work_list = reverse("stewards:work_list")
    assert BULK not in desk.get(work_list).content.decode()
    all_ready(reference, steward, 1)

    assert BULK in desk.get(work_list).content.decode()
    assert desk.get(BULK).status_code == 200
