"""The way in: asking for a link, the second fact, the visit. And everybody who stays outside."""

import json
import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from registration.outbox.models import Message
from registration.people.models import Contact, OneTimeLink, Person
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.records import tasks
from registration.records.letters import tell_of_opening
from registration.records.models import Ask
from registration.records.rules import is_same_day
from tests.intake.test_confirm_page import digest
from tests.intake.visits import hidden
from tests.pledges.registering import answers, contact_of, register, turkish
from tests.records.test_acts import change, name
from tests.records.test_showing import text_of
from tests.records.visiting import (
    ASK,
    CHANGE,
    DIEM_BORN,
    ISIL_BORN,
    SHOW,
    ask,
    born,
    confirmed,
    link_to,
    open_record,
    sent,
)

PAGES_OF_A_VISIT = [
    CHANGE,
    "/en/record/withdraw/",
    "/en/record/withdrawn/",
    "/en/record/withdrawn/proof.pdf",
    "/en/record/consent/",
    "/en/record/relative/",
    "/en/record/record.pdf",
    "/en/record/record.json",
    "/en/record/papers/acknowledgement.pdf",
    "/en/record/papers/form.pdf",
]
PERSONAL = ("Nguyễn", "diem@example.org", "912", "022190123456", "Kidney", "1990")


def alike(response: Any, pledge: Pledge) -> str:
    """A page or file without what differs between any two registrations."""
    text = response.content.decode().replace(pledge.reference, "")
    for nonce in (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[\w-]{22}",
        r"form_key\" value=\"[\w:-]+",
        r"\d+:\d\d",
        r"\d{4}-\d\d-\d\dT[\d:.+Z]+",
        r"[2-9A-Y]{4}-[2-9A-Y]{4}",
        r"/(?:confirm|open)/\S+/",
    ):
        text = re.sub(nonce, "", text)
    return without_nonces(text)


def without_nonces(html: str) -> str:
    return re.sub(r"csrfmiddlewaretoken\" value=\"\w+", "", html)


def seen_of_ask(address: str, count_queries: Any) -> dict[str, Any]:
    client = Client()
    answer: dict[str, Any] = {}

    def post() -> None:
        answer["posted"] = client.post(ASK, {"address": address})

    queries = count_queries(post)
    page = client.get(answer["posted"]["Location"])
    return {
        "queries": queries,
        "status": (answer["posted"].status_code, page.status_code),
        "location": answer["posted"]["Location"],
        "headers": sorted(set(answer["posted"].headers) | set(page.headers)),
        "cookies": sorted(client.cookies),
        "page": without_nonces(page.content.decode()),
        "rows": Ask.objects.count(),
    }


@pytest.mark.parametrize("known", ["diem@example.org", "+84912345678"])
def test_ask_answers_the_same_for_known_unknown_and_ended(
    reference: Any, count_queries: Any, known: str
) -> None:
    unknown = seen_of_ask("nobody@example.org", count_queries)
    Ask.objects.all().delete()
    pledge = confirmed(reference)
    active = seen_of_ask(known, count_queries)
    Ask.objects.all().delete()
    withdraw_pledge(pledge, now=timezone.now())
    withdrawn = seen_of_ask(known, count_queries)

    assert unknown == active == withdrawn
    assert unknown["rows"] == 1
    assert Message.objects.count() == 0


def test_ask_keeps_no_address_and_no_row_after_the_answer(client: Client, reference: Any) -> None:
    client.post(ASK, {"address": "nobody@example.org"})
    kept = Ask.objects.get()
    ask(client, "other@example.org")

    assert len(kept.value_hash) == 64
    assert (Ask.objects.count(), Message.objects.count(), OneTimeLink.objects.count()) == (0, 0, 0)


def test_link_goes_to_the_stored_address_in_its_language(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)

    response = ask(client, " DIEM@Example.org ")

    assert (response.status_code, response["Location"]) == (303, "/en/record/asked/")
    message = Message.objects.get()
    link = OneTimeLink.objects.get(purpose="pledge.record")
    assert (message.kind, message.recipient, message.language, message.about) == (
        "records/link",
        "diem@example.org",
        "vi",
        pledge.pk,
    )
    assert link.about == pledge.pk
    assert abs(link.expires_at - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)
    assert [value for value in PERSONAL if value in message.text] == []


def test_link_goes_by_sms_to_a_second_telephone(client: Client, reference: Any) -> None:
    confirmed(reference)

    ask(client, "0912 345 678")

    message = Message.objects.get()
    assert (message.channel, message.recipient) == ("sms", "+84912345678")
    assert "/vi/record/open/" in message.text


def test_no_link_for_what_nobody_confirmed(client: Client, reference: Any) -> None:
    register(reference, now=timezone.now())
    Message.objects.all().delete()

    ask(client, "diem@example.org")

    assert Message.objects.count() == 0


def test_family_with_one_mailbox_gets_a_link_each(client: Client, reference: Any) -> None:
    shared = [
        confirmed(reference, turkish(reference, full_name=name)).pk
        for name in ("Işıl Şimşek", "Ömer Şimşek")
    ]

    ask(client, "isil@example.org")

    assert set(Message.objects.values_list("about", flat=True)) == set(shared)


@pytest.mark.parametrize("address", ["", "diem", "diem@", "12", "a@b.org, c@d.org"])
def test_ask_refuses_only_what_is_no_address(client: Client, reference: Any, address: str) -> None:
    response = client.post(ASK, {"address": address})

    assert response.status_code == 422
    assert Ask.objects.count() == 0


def test_ask_is_limited_for_each_sender_and_silently_for_each_address(
    client: Client, reference: Any
) -> None:
    confirmed(reference)

    answers_ = [ask(client, "diem@example.org") for _turn in range(5)]
    others = [ask(client, f"x{number}@example.org").status_code for number in range(26)]

    assert {(a.status_code, a["Location"]) for a in answers_} == {(303, "/en/record/asked/")}
    assert Message.objects.count() == 3
    assert others[:25] == [303] * 25
    assert others[25] == 429


def test_answering_twice_is_once_and_the_sweep_rings_for_what_was_lost(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    client.post(ASK, {"address": "diem@example.org"})
    Ask.objects.update(asked_at=timezone.now() - timedelta(minutes=1))

    tasks.sweep_asks()
    tasks.sweep_asks()

    assert Message.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_address_changes_nothing_and_shows_nothing(
    client: Client, reference: Any, method: str
) -> None:
    pledge = confirmed(reference)
    ask(client, "diem@example.org")
    link = link_to("diem@example.org")
    before = digest()

    for _turn in range(3):
        response = getattr(client, method)(link)

    html = response.content.decode()
    assert response.status_code == 200
    assert digest() == before
    assert [value for value in (*PERSONAL, pledge.reference) if value in html] == []
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store, private", "noindex")
    assert client.get(SHOW).status_code == 303


def test_right_date_opens_once_and_all_confirmed_contacts_are_told(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)

    response = open_record(client)
    page = client.get(SHOW)

    assert (response.status_code, response["Location"]) == (303, SHOW)
    assert page.status_code == 200
    assert pledge.reference in page.content.decode()
    told = sent("records/opened")
    assert set(told) == {"diem@example.org"}
    assert "/pledge/not-mine/" in told["diem@example.org"].text


def test_link_is_of_use_once(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    thief = Client()

    replayed = thief.post(link_to("diem@example.org"), born(DIEM_BORN))

    assert replayed.status_code == 410
    assert thief.get(SHOW).status_code == 303
    assert len(sent("records/opened")) == 1


def test_wrong_date_is_counted_and_the_sixth_try_finds_the_link_dead(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    ask(client, "diem@example.org")
    link = link_to("diem@example.org")

    tries = [client.post(link, born(date(1990, 3, day))).status_code for day in range(1, 6)]
    right = client.post(link, born(DIEM_BORN))

    assert tries == [422] * 5
    assert right.status_code == 410
    assert OneTimeLink.objects.get(purpose="pledge.record").tries == 5
    assert client.get(SHOW).status_code == 303
    assert sent("records/opened") == {}


def test_what_is_no_date_costs_no_try(client: Client, reference: Any) -> None:
    confirmed(reference)
    ask(client, "diem@example.org")

    response = client.post(link_to("diem@example.org"), {"birth_date_0": "31"})

    assert response.status_code == 422
    assert OneTimeLink.objects.get(purpose="pledge.record").tries == 0


def test_dates_cannot_be_guessed_over_many_links(client: Client, reference: Any) -> None:
    confirmed(reference)
    ask(client, "diem@example.org")
    link = link_to("diem@example.org")
    statuses = []

    for day in range(1, 26):
        statuses.append(client.post(link, born(date(1980, 3, day))).status_code)
        # As if each came by a new link.
        OneTimeLink.objects.filter(purpose="pledge.record").update(tries=0)

    assert statuses == [422] * 20 + [429] * 5
    assert client.post(link, born(DIEM_BORN)).status_code == 429


@pytest.mark.parametrize("trouble", ["late", "unknown", "ended", "other_purpose"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_link_that_opens_nothing_says_so(
    client: Client, reference: Any, trouble: str, method: str
) -> None:
    pledge = confirmed(reference)
    ask(client, "diem@example.org")
    link = link_to("diem@example.org")
    moment = timezone.now()
    if trouble == "late":
        moment += timedelta(hours=1, minutes=1)
    elif trouble == "unknown":
        link = "/en/record/open/" + "A" * 43 + "/"
    elif trouble == "ended":
        withdraw_pledge(pledge, now=moment)
    else:
        OneTimeLink.objects.filter(purpose="pledge.record").update(purpose="pledge.confirm")

    with time_machine.travel(moment):
        response = getattr(client, method)(link, born(DIEM_BORN) if method == "post" else {})

    assert response.status_code == (404 if trouble in ("unknown", "other_purpose") else 410)
    assert client.get(SHOW).status_code == 303


def test_visit_ends_after_half_an_hour_and_when_it_is_left(client: Client, reference: Any) -> None:
    confirmed(reference)
    open_record(client)
    before = client.get(SHOW).status_code
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1)):
        later = client.get(SHOW).status_code
    left = client.post("/en/record/leave/")

    assert (before, later) == (200, 303)
    assert left["Location"] == "/en/record/left/"
    assert client.get(SHOW).status_code == 303


def test_opening_changes_the_key_of_the_session(client: Client, reference: Any) -> None:
    confirmed(reference)
    session = client.session
    session["anything"] = 1
    session.save()
    before = session.session_key

    open_record(client)

    assert client.session.session_key != before
    assert sorted(client.session["record"]) == ["contact", "pledge", "until"]


def test_strangers_staff_and_other_persons_see_nothing(
    client: Client, reference: Any, charlie: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    confirmed(reference, turkish(reference))
    open_record(client)
    other = Client()
    open_record(other, "isil@example.org", birth=ISIL_BORN)
    outside = [Client(), Client(), Client()]
    outside[1].force_login(charlie)
    outside[2].force_login(steward)

    for page in PAGES_OF_A_VISIT:
        assert [someone.get(page).status_code for someone in outside] == [403] * 3
    assert {someone.get(SHOW)["Location"] for someone in outside} == {ASK}
    theirs = other.get(SHOW).content.decode()
    assert [v for v in ("Nguyễn", "diem@example.org", pledge.reference) if v in theirs] == []
    assert "Işıl" in theirs


def test_acts_without_a_visit_do_nothing(reference: Any) -> None:
    pledge = confirmed(reference)
    before = digest()

    statuses = [
        Client().post(f"/en/record/{page}").status_code
        for page in (
            "change/",
            "withdraw/",
            "consent/",
            "messages/",
            "relative/",
            f"relative/{pledge.pk}/remove/",
        )
    ]

    assert statuses == [403] * 6
    assert digest() == before


def test_visit_of_one_registration_ends_when_it_is_contested_elsewhere(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    open_record(client)
    told = sent("records/opened")["diem@example.org"].text
    contest = re.search(r"http://testserver(/\S+/not-mine/\S+/)", told)
    assert contest

    Client().post(contest.group(1), {"answer": "not_mine"})

    assert Pledge.objects.get().state == "contested"
    assert client.get(SHOW).status_code == 303


def test_waiting_registration_opens_but_shows_nothing_of_the_earlier_one(
    client: Client, reference: Any
) -> None:
    mine = confirmed(reference)
    stranger = register(
        reference,
        answers(reference, email="stranger@example.org", phone="+84912345679"),
        now=timezone.now(),
    )
    contact = Contact.objects.get(particulars=stranger.particulars_id, kind="email")
    waiting = confirm_pledge(stranger, contact=contact, now=timezone.now())
    Message.objects.all().delete()

    open_record(client, "stranger@example.org")
    page = client.get(SHOW).content.decode()
    export = client.get("/en/record/record.json").content.decode()

    assert waiting.state == "waiting"
    secret = ("diem@example.org", "912 345 678", "+84912345678", mine.reference)
    assert [value for value in secret if value in page + export] == []
    # Nor can the stranger agree in the owner's place.
    told = sent("records/opened")["stranger@example.org"].text
    found = re.search(r"http://testserver(/\S+/not-mine/\S+/)", told)
    assert found
    Client().post(found.group(1), {"answer": "mine"})
    mine.refresh_from_db()
    assert mine.state == "confirmed"


def test_waiting_registration_looks_like_a_confirmed_one(reference: Any) -> None:
    """Else whoever knows a number could learn that its owner is registered."""
    told = answers(reference, email="stranger@example.org", phone="")
    first = register(reference, told, now=timezone.now())
    first = confirm_pledge(first, contact=contact_of(first), now=timezone.now())
    alone = Client()
    open_record(alone, "stranger@example.org")
    shown = [alone.get(page) for page in (SHOW, CHANGE, "/en/record/record.json")]
    moments = (first.received_at, first.confirmed_at)
    Pledge.objects.all().delete()
    Person.objects.all().delete()
    Message.objects.all().delete()
    confirmed(reference)
    second = register(reference, told, now=moments[0])
    confirm_pledge(second, contact=contact_of(second), now=moments[1])
    beside = Client()
    open_record(beside, "stranger@example.org")
    compared = [beside.get(page) for page in (SHOW, CHANGE, "/en/record/record.json")]

    second.refresh_from_db()
    assert second.state == "waiting"
    for one, other in zip(shown, compared, strict=True):
        assert one.status_code == other.status_code
        assert alike(one, first) == alike(other, second)


def test_addresses_and_logs_hold_nothing_personal(
    client: Client, reference: Any, caplog: Any
) -> None:
    confirmed(reference)
    with caplog.at_level(logging.DEBUG):
        ask(client, "diem@example.org")
        response = client.post(link_to("diem@example.org"), born(DIEM_BORN))
        html = client.get(SHOW).content.decode()

    logged = "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    urls = " ".join(re.findall(r'(?:href|action)="([^"]*)"', html)) + response["Location"]
    for value in ("Diễm", "diem", "022190123456", "912345678", "1990", "kidney"):
        assert value not in logged + urls


def test_asking_needs_its_token_against_forged_requests(client: Client, reference: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    refused = strict.post(ASK, {"address": "diem@example.org"})
    token = hidden(strict.get(ASK).content.decode(), "csrfmiddlewaretoken")
    passed = strict.post(ASK, {"address": "diem@example.org", "csrfmiddlewaretoken": token})

    assert (refused.status_code, passed.status_code) == (403, 303)


@pytest.mark.parametrize(
    ("told", "kept", "same"),
    [
        (date(1990, 3, 27), "1990-03-27", True),
        (date(1990, 3, 26), "1990-03-27", False),
        (date(1990, 3, 27), "", False),
        (date(1990, 3, 27), "1990", False),
    ],
)
def test_is_same_day(told: date, kept: str, same: bool) -> None:
    assert is_same_day(told, kept) is same


def beside_and_alone(reference: Any, act: Any) -> list[tuple[Pledge, list[Any]]]:
    """What a stranger sees of a confirmed registration, then of one that waits, after an act."""
    told = answers(reference, email="stranger@example.org", phone="")
    seen = []
    for turn in range(2):
        Pledge.objects.all().delete()
        Person.objects.all().delete()
        Message.objects.all().delete()
        if turn:
            confirmed(reference)
        pledge = register(reference, told, now=timezone.now())
        confirm_pledge(pledge, contact=contact_of(pledge), now=timezone.now())
        someone = Client()
        open_record(someone, "stranger@example.org")
        act(someone)
        files = ("record.json", "papers/acknowledgement.pdf")
        pages = [someone.get(SHOW), *(someone.get(f"{SHOW}{name}") for name in files)]
        seen.append((Pledge.objects.get(pk=someone.session["record"]["pledge"]), pages))
    return seen


def test_waiting_registration_looks_like_a_confirmed_one_after_a_change(reference: Any) -> None:
    def act(someone: Client) -> None:
        name(someone)
        assert change(someone, reference, email="stranger@example.org").status_code == 303

    (first, shown), (second, compared) = beside_and_alone(reference, act)
    references = r"[2-9A-Z]{4}-[2-9A-Z]{4}"

    assert (first.state, second.state) == ("confirmed", "waiting")
    pages = [
        re.sub(references, "", alike(page, pledge))
        for page, pledge in ((shown[0], first), (compared[0], second))
    ]
    assert pages[0] == pages[1]
    for page in (shown[0], compared[0]):
        history = page.content.decode().split('id="part-history"')[1].split("</section>")[0]
        assert (history.count("Replaced"), "Trần Văn Đức" in page.content.decode()) == (1, True)
    replaced = [
        [
            (row["state"], row["replaces"] is not None)
            for row in json.loads(page.content)["records"]["registrations"]
        ]
        for page in (shown[1], compared[1])
    ]
    assert replaced == [[("replaced", False), ("confirmed", True)]] * 2


def test_acknowledgement_of_a_waiting_registration_is_that_of_a_confirmed_one(
    reference: Any,
) -> None:
    (first, shown), (second, compared) = beside_and_alone(reference, lambda someone: None)

    texts = [
        re.sub(r"\d+:\d\d", "", text_of(pages[2].content).replace(pledge.reference, ""))
        for pledge, pages in ((first, shown), (second, compared))
    ]

    assert texts[0] == texts[1]
    assert "022190123456" not in texts[1]


def test_earlier_registration_with_another_birth_date_is_not_shown(
    client: Client, reference: Any
) -> None:
    other = confirmed(reference, answers(reference, birth_date=date(1991, 1, 1)))
    mine = confirmed(reference)
    Pledge.objects.filter(pk=other.pk).update(state="replaced")
    Pledge.objects.filter(pk=mine.pk).update(state="confirmed", replaces=other.pk)
    open_record(client)

    page = client.get(SHOW).content.decode()
    records = json.loads(client.get("/en/record/record.json").content)["records"]

    assert other.reference not in page
    assert [row["reference"] for row in records["registrations"]] == [mine.reference]
    assert [row["replaces"] for row in records["registrations"]] == [None]


def test_export_tells_of_the_person_only_what_the_own_registration_shows(
    client: Client, reference: Any
) -> None:
    pledge = confirmed(reference)
    Person.objects.update(
        identity_tier="identity_seen",
        created_at=timezone.now() - timedelta(days=99),
        restricted_at=timezone.now(),
    )
    open_record(client)

    [told] = json.loads(client.get("/en/record/record.json").content)["records"]["persons"]

    assert told["identity_tier"] == "contact_confirmed"
    assert told["created_at"][:19] == pledge.received_at.isoformat()[:19]
    assert "restricted_at" not in told


def test_link_that_stops_an_own_record_lives_seven_days(client: Client, reference: Any) -> None:
    confirmed(reference)
    OneTimeLink.objects.all().delete()
    open_record(client)
    change(client, reference)

    lives = [
        link.expires_at - timezone.now()
        for link in OneTimeLink.objects.filter(purpose="pledge.contest")
    ]

    assert (len(sent("records/opened")), len(sent("records/changed"))) == (1, 1)
    assert [life < timedelta(days=7, minutes=1) for life in lives] == [True, True]


def test_stranger_who_asks_all_day_does_not_lock_the_owner_out(
    client: Client, reference: Any
) -> None:
    confirmed(reference)
    start = timezone.now().replace(hour=1, minute=0)
    for hour in range(8):
        for _turn in range(5):
            with time_machine.travel(start + timedelta(hours=hour, minutes=1)):
                ask(Client(), "diem@example.org")

    states = list(Message.objects.filter(kind="records/link").values_list("state", flat=True))

    assert states == ["waiting"] * 24


def test_opening_is_told_however_often_it_was_told(client: Client, reference: Any) -> None:
    pledge = confirmed(reference)
    contact = contact_of(pledge)

    for turn in range(22):
        tell_of_opening(pledge, used=contact, once=str(turn), now=timezone.now())

    states = Message.objects.filter(kind="records/opened").values_list("state", flat=True)
    assert list(states) == ["waiting"] * 22
