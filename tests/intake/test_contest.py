""" "This is not mine": one page from the message stops it at once, and only the answer does."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from registration.ledger.choices import EntryChannel
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.pledges.answers import stored_answers
from registration.pledges.models import Pledge
from registration.pledges.services import (
    accept_waiting,
    change_pledge,
    confirm_pledge,
    enter_pledge,
    withdraw_pledge,
)
from registration.pledges.source import Source
from tests.intake.test_confirm_page import digest
from tests.intake.visits import VN_URL, form_key, hidden, link_in, send, vn_answers
from tests.pledges.registering import answers, contact_of, register

MINE = "diem@example.org"
OTHER = "other@example.org"


def text_of(response: Any) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def now() -> Any:
    return timezone.now()


def confirmed(reference: Any, **person: Any) -> Pledge:
    pledge = register(reference, answers(reference, **person), now=now())
    return confirm_pledge(pledge, contact=contact_of(pledge), now=now())


def page_for(kind: str, recipient: str = MINE) -> str:
    """The address of the page to contest in the last such message, in English."""
    for message in Message.objects.filter(kind=f"pledges/{kind}").order_by("-created_at"):
        if message.recipient == recipient:
            found = re.search(r"http://testserver/vi(/pledge/not-mine/[\w-]+/)", message.text)
            assert found, message.text
            return f"/en{found.group(1)}"
    raise AssertionError(f"No message {kind} to {recipient}.")


def states(*pledges: Pledge) -> list[str]:
    return [Pledge.objects.get(pk=pledge.pk).state for pledge in pledges]


def events(pledge: Pledge) -> list[str]:
    rows = Event.objects.filter(subject=pledge.pk).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def answer(client: Client, url: str, said: str = "not_mine") -> Any:
    return client.post(url, {"answer": said}, follow=True)


@pytest.fixture
def pair(reference: Any) -> tuple[Pledge, Pledge]:
    """An active registration, and one that waits: the same number from another mailbox."""
    return confirmed(reference), confirmed(reference, email=OTHER)


@pytest.mark.parametrize("part", ["text", "html"])
def test_receipt_carries_the_way_to_stop_it(reference: Any, part: str) -> None:
    register(reference)

    assert "/vi/pledge/not-mine/" in getattr(Message.objects.get(), part)


def test_stranger_s_mailbox_stops_an_unconfirmed_entry_at_once(
    client: Client, reference: Any
) -> None:
    pledge = register(reference, now=now())
    confirm = link_in(Message.objects.get().text)

    page = answer(client, page_for("receipt"))

    assert page.redirect_chain == [(page_for("receipt"), 303)]
    assert "It is stopped" in text_of(page)
    assert states(pledge) == ["contested"]
    assert events(pledge) == ["pledge.received"]
    assert client.post(confirm).status_code == client.get(confirm).status_code == 410
    assert states(pledge) == ["contested"]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("kind", ["receipt", "compare"])
def test_opening_the_page_changes_nothing(
    client: Client, pair: Any, method: str, kind: str
) -> None:
    url, before = page_for(kind), digest()

    for _turn in range(2):
        page = getattr(client, method)(url, headers={"Sec-Purpose": "prefetch;prerender"})

    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store, private"
    assert page["X-Robots-Tag"] == "noindex"
    assert digest() == before


@pytest.mark.parametrize("kind", ["receipt", "compare"])
def test_page_shows_nothing_personal(client: Client, pair: Any, kind: str) -> None:
    html = client.get(page_for(kind)).content.decode()

    for value in ("Diễm", MINE, OTHER, "912", "022190123456", "Hải Thịnh", "Kidney"):
        assert value not in html
    assert pair[kind == "compare"].reference in html


def test_page_says_what_happens_and_what_is_kept(client: Client, pair: Any) -> None:
    text = text_of(client.get(page_for("compare")))

    assert "Nobody is registered against their will." in text
    assert "It ends at once and does not count any more." in text
    assert f"Your own registration {pair[0].reference} stands as before." in text
    assert "The entry is kept for a limited time, marked as contested" in text


def test_button_needs_its_token_against_forged_requests(reference: Any) -> None:
    register(reference, now=now())
    strict, url = Client(enforce_csrf_checks=True), page_for("receipt")

    refused = strict.post(url, {"answer": "not_mine"})
    token = hidden(strict.get(url).content.decode(), "csrfmiddlewaretoken")
    passed = strict.post(url, {"answer": "not_mine", "csrfmiddlewaretoken": token})

    assert (refused.status_code, passed.status_code) == (403, 303)


@pytest.mark.parametrize("said", ["", "yes", "mine "])
def test_post_without_an_answer_changes_nothing(client: Client, pair: Any, said: str) -> None:
    answer(client, page_for("compare"), said)

    assert states(*pair) == ["confirmed", "waiting"]


def test_owner_of_the_earlier_one_stops_the_one_that_waits(client: Client, pair: Any) -> None:
    page = answer(client, page_for("compare"))

    assert states(*pair) == ["confirmed", "contested"]
    assert f"Your own registration {pair[0].reference} stands as before." in text_of(page)
    assert (events(pair[0]), events(pair[1])) == (
        ["pledge.received", "pledge.confirmed"],
        ["pledge.received"],
    )


def test_owner_of_the_earlier_one_lets_the_other_stand(client: Client, pair: Any) -> None:
    page = answer(client, page_for("compare"), "mine")

    assert states(*pair) == ["replaced", "confirmed"]
    assert "We have noted that it was you." in text_of(page)
    assert events(pair[1]) == ["pledge.received", "pledge.changed"]


def test_whoever_sent_the_later_one_cannot_let_it_stand(client: Client, pair: Any) -> None:
    url = page_for("receipt", OTHER)

    shown = client.get(url)
    page = answer(client, url, "mine")

    assert 'value="mine"' not in shown.content.decode()
    assert page.status_code == 410
    assert states(*pair) == ["confirmed", "waiting"]


@pytest.mark.parametrize(("first", "then"), [("mine", "not_mine"), ("not_mine", "mine")])
def test_used_link_changes_nothing_any_more(
    client: Client, pair: Any, first: str, then: str
) -> None:
    url = page_for("compare")
    once = text_of(answer(client, url, first))
    before = digest()

    again = text_of(answer(client, url, then))

    assert again == once
    assert digest() == before


def test_earlier_one_is_given_back_when_its_owner_contests_the_replacement(
    client: Client, pair: Any
) -> None:
    accept_waiting(pair[1], now=now())

    page = answer(client, page_for("replaced"))

    assert states(*pair) == ["confirmed", "contested"]
    assert f"Your own registration {pair[0].reference} stands as before." in text_of(page)
    assert events(pair[0])[-1] == "pledge.changed"
    assert "pledge.withdrawn" not in events(pair[1])


def test_contest_of_an_active_one_takes_it_from_the_figures(client: Client, reference: Any) -> None:
    source = Source(
        province=reference.quang_ninh,
        department=reference.quang_ninh_department,
        channel=EntryChannel.PAPER,
        language="vi",
        unit=reference.hospital,
    )
    pledge = enter_pledge(
        answers(reference),
        source=source,
        staff=None,
        form_key="k",
        now=now(),  # type: ignore[arg-type]
    )

    answer(client, page_for("entered"))
    answer(client, page_for("entered"))

    assert states(pledge) == ["contested"]
    assert events(pledge) == ["pledge.received", "pledge.confirmed", "pledge.withdrawn"]


def test_nothing_more_is_sent_after_contesting(client: Client, reference: Any) -> None:
    key = form_key()
    send(client, VN_URL, vn_answers(reference), form_key=key)
    confirm = link_in(Message.objects.get().text)
    answer(client, page_for("receipt"))
    sent = Message.objects.count()

    client.post(confirm)
    send(client, VN_URL, vn_answers(reference), form_key=key, altcha="")
    answer(client, page_for("receipt"))

    assert Message.objects.count() == sent
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "life"), [("receipt", timedelta(days=7)), ("compare", timedelta(days=90))]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_open_question_ends_with_its_link(
    client: Client, pair: Any, kind: str, life: timedelta, method: str
) -> None:
    url = page_for(kind, OTHER if kind == "receipt" else MINE)
    with time_machine.travel(now() + life - timedelta(minutes=1)):
        before = client.get(url)
    with time_machine.travel(now() + life + timedelta(minutes=1)):
        after = getattr(client, method)(url, {"answer": "not_mine"})

    assert (before.status_code, after.status_code) == (200, 410)
    assert "tell the health department named in the message" in text_of(after)
    assert states(*pair) == ["confirmed", "waiting"]


def test_link_is_of_no_use_once_the_registration_has_ended(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    withdraw_pledge(pledge, now=now())
    before = digest()

    page = answer(client, page_for("receipt"))

    assert page.status_code == 410
    assert "This registration has ended" in text_of(page)
    assert "<button" not in page.content.decode().split("<main")[1]
    assert digest() == before


def test_link_to_one_that_was_erased_says_that_it_has_ended(client: Client, pair: Any) -> None:
    url = page_for("compare")
    pair[1].particulars.delete()

    pages = [client.get(url), answer(client, url)]

    assert [page.status_code for page in pages] == [410, 410]
    assert states(pair[0]) == ["confirmed"]


def test_change_of_one_s_own_is_contested_by_the_old_contact(
    client: Client, reference: Any
) -> None:
    first = confirmed(reference)
    told = stored_answers(first)
    moved = replace(told, person=replace(told.person, email=OTHER, phone=""))
    second = change_pledge(first, moved, form_key="k", language="vi", now=now())
    confirm_pledge(second, contact=contact_of(second), now=now())

    answer(client, page_for("replaced"))

    assert states(first, second) == ["confirmed", "contested"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5000])
def test_unknown_link_says_so(client: Client, reference: Any, method: str, token: str) -> None:
    response = getattr(client, method)(f"/en/pledge/not-mine/{token}/")

    assert response.status_code == 404
    assert "This link is not known." in text_of(response)


def test_link_to_confirm_is_none_to_contest(client: Client, reference: Any) -> None:
    pledge = register(reference, now=now())
    url = link_in(Message.objects.get().text).replace("/confirm/", "/not-mine/")

    assert client.post(url, {"answer": "not_mine"}).status_code == 404
    assert states(pledge) == ["received"]
