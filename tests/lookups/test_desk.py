"""T05 and T06: one person at a time, budgeted, kept before it is shown, stamped."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from registration.common.sealing import CannotOpen
from registration.ledger.kept import NoAlteration
from registration.lookups.desk import LOOKED_UP
from registration.lookups.keeping import word_triggers
from registration.lookups.models import CaseWords, LookUp, LookUpSwitch
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.pledges.steps import take_step
from registration.privacy.models import View
from registration.privacy.rotation import rotate
from tests import factories
from tests.cards.issuing import confirmed, issued
from tests.pledges.registering import NOW, answers, contact_of, register

URL = "/desk/look-up/"
ASKED = {
    "identity_number": "022190123456",
    "birth_date_0": "27",
    "birth_date_1": "3",
    "birth_date_2": "1990",
    "case_number": "QN-2026-17",
    "reason": "Brain death declared, family present",
}
UNKNOWN = {**ASKED, "identity_number": "022190999999"}
WRONG_DAY = {**ASKED, "birth_date_0": "28"}


@pytest.fixture
def switch(reference: Any) -> LookUpSwitch:
    reference.quang_ninh_department.email = "so-y-te@example.org"
    reference.quang_ninh_department.save()
    return LookUpSwitch.objects.create(
        department=reference.quang_ninh_department, is_on=True, source="Letter 1, 2026"
    )


@pytest.fixture
def coordinator(client: Client, reference: Any) -> Any:
    staff = factories.StaffFactory(
        username="cuong", first_name="Cường", unit=reference.hospital, roles=["coordinator"]
    )
    client.force_login(staff)
    return staff


def bare(html: str) -> str:
    """Without what differs by design: serial, time and the form's token."""
    html = re.sub(r'value="\w{64}"', "", html)
    return re.sub(r"Answered .*?</strong>", "", html, flags=re.DOTALL)


def test_hit_shows_certainty_worth_and_stamp(
    client: Client, reference: Any, switch: Any, coordinator: Any, steward: Any
) -> None:
    card = issued(reference, steward)

    response = client.post(URL, ASKED)

    html = response.content.decode()
    kept = LookUp.objects.get()
    for word in (
        "Card issued",
        "article 18",
        card.number,
        "Kidney",
        card.pledge.reference,
        kept.serial,
    ):
        assert word in html
    assert "Diễm" not in html
    assert "022190123456" not in html
    assert (kept.answer, kept.subject, kept.staff) == ("card_issued", card.pledge_id, coordinator)
    assert (kept.case_words.case_number, kept.unit) == ("QN-2026-17", reference.hospital)
    view = View.objects.get()
    assert (view.subject, view.page) == (card.pledge_id, "lookups:ask")
    with translation.override("vi"):
        assert view.reason == gettext(LOOKED_UP) % {"serial": kept.serial}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("state", ["received", "confirmed", "withdrawn"])
def test_answer_is_never_a_bare_yes(
    client: Client, reference: Any, switch: Any, coordinator: Any, state: str
) -> None:
    pledge = register(reference) if state == "received" else confirmed(reference)
    if state == "withdrawn":
        withdraw_pledge(pledge, now=NOW)

    html = client.post(URL, ASKED).content.decode()

    words = {
        "received": ("Unconfirmed: nobody has confirmed this entry", "counts from the day"),
        "confirmed": ("Confirmed from the person&#x27;s contact", "counts from the day"),
        "withdrawn": ("Withdrawn by the person", "must not be relied upon"),
    }[state]
    assert [word in html for word in words] == [True, True]
    assert "The answer holds for this moment only." in html


def test_nothing_is_one_page_and_one_work(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    confirmed(reference)
    off = answers(
        reference,
        province=reference.thanh_hoa,
        locality=None,
        identity_number="022190123457",
        email="b@example.org",
    )
    confirmed(reference, off)
    pages, counts = set(), set()
    client.post(URL, UNKNOWN)

    for asked in (UNKNOWN, WRONG_DAY, {**ASKED, "identity_number": "022190123457"}):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(URL, asked)
        pages.add((response.status_code, bare(response.content.decode())))
        counts.add(len(queries))

    assert len(pages) == 1
    assert next(iter(pages))[0] == 200
    assert len(counts) == 1
    assert [row.answer for row in LookUp.objects.all()] == ["nothing"] * 4
    assert not View.objects.exists()


def test_switch_of_the_province_must_be_on(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    confirmed(reference)
    LookUpSwitch.objects.update(is_on=False)

    responses = [client.get(URL), client.post(URL, ASKED)]

    assert [r.status_code for r in responses] == [403, 403]
    assert not LookUp.objects.exists()


@pytest.mark.parametrize("missing", ["identity_number", "birth_date_2", "case_number", "reason"])
def test_all_four_answers_are_required(
    client: Client, reference: Any, switch: Any, coordinator: Any, missing: str
) -> None:
    confirmed(reference)

    response = client.post(URL, {**ASKED, missing: ""})

    assert response.status_code == 422
    assert len(response.context["form"].errors) == 1
    assert not LookUp.objects.exists()


@pytest.mark.parametrize("number", ["02219012345%", "022190______", "0221901234", "*"])
def test_no_wildcards(
    client: Client, reference: Any, switch: Any, coordinator: Any, number: str
) -> None:
    response = client.post(URL, {**ASKED, "identity_number": number})

    assert list(response.context["form"].errors) == ["identity_number"]


@pytest.mark.parametrize(
    ("limits", "others"),
    [({"daily_for_each": 2}, False), ({"daily_for_each": 9, "daily_for_unit": 2}, True)],
)
def test_budget_of_person_and_unit(
    client: Client, reference: Any, switch: Any, coordinator: Any, limits: Any, others: bool
) -> None:
    """Hit or miss costs the same; a colleague shares the unit's budget and no more."""
    LookUpSwitch.objects.update(**limits)
    confirmed(reference)

    statuses = [client.post(URL, asked).status_code for asked in (ASKED, UNKNOWN, ASKED)]
    client.force_login(factories.StaffFactory(unit=reference.hospital, roles=["coordinator"]))
    colleague = client.post(URL, ASKED)

    assert statuses == [200, 200, 429]
    assert colleague.status_code == (429 if others else 200)
    assert LookUp.objects.filter(staff=coordinator).count() == 2


def ask_at(day: int, hour: int, minute: int, staff: Any) -> Any:
    """Ask in vain in November 2026, by the clock of UTC."""
    client = Client()
    with time_machine.travel(datetime(2026, 11, day, hour, minute, tzinfo=UTC), tick=False):
        client.force_login(staff)
        return client.post(URL, UNKNOWN)


@pytest.mark.parametrize("limit", ["daily_for_each", "daily_for_unit"])
def test_budget_is_of_the_day_on_the_unit_s_own_clock(
    reference: Any, switch: Any, coordinator: Any, limit: str
) -> None:
    """In Hà Nội it is midnight when UTC has five in the afternoon."""
    LookUpSwitch.objects.update(**{limit: 2})
    moments = [(19, 17, 1), (19, 23, 59), (20, 0, 1), (20, 16, 59), (20, 17, 0)]

    statuses = [ask_at(*moment, coordinator).status_code for moment in moments]

    assert statuses == [200, 200, 429, 429, 200]


def test_misses_are_counted_by_the_day_on_the_unit_s_own_clock(
    reference: Any, switch: Any, coordinator: Any
) -> None:
    LookUpSwitch.objects.update(alert_after_misses=2)
    told = Message.objects.filter(kind="lookups/misses")

    numbers = []
    for moment in [(19, 16, 59), (19, 23, 59), (20, 0, 1)]:
        ask_at(*moment, coordinator)
        numbers.append(told.count())

    assert numbers == [0, 0, 1]


def test_misses_are_told_once_to_department_and_administrators(
    client: Client, reference: Any, switch: Any, coordinator: Any, administrator: Any
) -> None:
    LookUpSwitch.objects.update(alert_after_misses=3)
    confirmed(reference)
    told = Message.objects.filter(kind="lookups/misses").order_by("recipient_hash")

    for asked in (UNKNOWN, ASKED, WRONG_DAY):
        client.post(URL, asked)
    assert not told.exists()
    for _turn in range(3):
        client.post(URL, UNKNOWN)

    assert {(m.recipient, m.language) for m in told} == {
        ("so-y-te@example.org", "vi"),
        ("isil@example.org", "tr"),
    }
    assert told.count() == 2
    text = told[0].text
    assert "cuong" in text
    assert "022190" not in text


def break_table(table: str) -> Any:
    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and table in sql:
            sql = sql.replace(table, f"{table}_gone")
        return execute(sql, params, many, context)

    return refuse


@pytest.mark.parametrize("table", ["lookups_lookup", "privacy_view"])
def test_what_cannot_be_kept_is_not_shown(
    client: Client, reference: Any, switch: Any, coordinator: Any, table: str
) -> None:
    pledge = confirmed(reference)

    with connection.execute_wrapper(break_table(table)):
        response = client.post(URL, ASKED)

    html = response.content.decode()
    assert response.status_code == 503
    assert [word in html for word in (pledge.reference, "Confirmed", "Kidney")] == [False] * 3


def test_look_ups_are_kept_for_good(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    client.post(URL, UNKNOWN)
    row = LookUp.objects.get()

    with pytest.raises(NoAlteration):
        row.delete()
    with pytest.raises(NoAlteration):
        CaseWords.objects.update(look_up=row)
    assert "022190999999" not in str(row.__dict__)


@pytest.fixture
def kept_words(client: Client, switch: Any, coordinator: Any) -> CaseWords:
    client.post(URL, {**UNKNOWN, "case_number": "QN.17", "reason": "Mrs. Nguyễn Thị Diễm, bed 4"})
    # A test that flushed its tables took the triggers off.
    with connection.cursor() as cursor:
        for statement in word_triggers(connection.vendor)[0]:
            cursor.execute(statement)
    return CaseWords.objects.get()


def test_case_and_reason_are_sealed(kept_words: CaseWords) -> None:
    rows = CaseWords.objects.values_list("case_number", "reason")
    stored = " ".join(str(value) for row in rows for value in row)

    assert [word for word in ("QN.17", "Diễm", "bed 4") if word in stored] == []
    assert (kept_words.case_number, kept_words.reason) == ("QN.17", "Mrs. Nguyễn Thị Diễm, bed 4")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM lookups_casewords",
        "UPDATE lookups_casewords SET reason = ''",
        "UPDATE lookups_casewords SET case_number = 'another'",
        "UPDATE lookups_casewords SET look_up_id = look_up_id + 1",
    ],
)
def test_database_refuses_to_alter_the_words_of_a_look_up(
    kept_words: CaseWords, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="kept for good"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert CaseWords.objects.get().reason == "Mrs. Nguyễn Thị Diễm, bed 4"


def test_words_of_another_look_up_do_not_open(client: Client, kept_words: CaseWords) -> None:
    client.post(URL, UNKNOWN)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lookups_casewords SET reason ="
            " (SELECT reason FROM lookups_casewords WHERE look_up_id = %s)",
            [kept_words.pk],
        )

    with pytest.raises(CannotOpen):
        _ = CaseWords.objects.exclude(pk=kept_words.pk).get().reason


def test_words_of_a_look_up_move_to_a_new_key(kept_words: CaseWords, settings: Any) -> None:
    new = "t2:" + base64.b64encode(b"another sealing key of 32 bytes!").decode()
    settings.SEALING_KEYS = [new, *settings.SEALING_KEYS]

    assert sum(rotate(CaseWords)) == 1

    settings.SEALING_KEYS = [new]
    assert CaseWords.objects.get().reason == "Mrs. Nguyễn Thị Diễm, bed 4"


def test_others_are_refused(
    client: Client, reference: Any, switch: Any, steward: Any, charlie: Any, linh: Any, ayse: Any
) -> None:
    confirmed(reference)
    assert client.post(URL, ASKED)["Location"].startswith("/account/login/")

    for staff in (steward, charlie, linh, ayse):
        client.force_login(staff)
        statuses = [client.get(URL), client.post(URL, ASKED), client.get(f"{URL}AAAA/")]
        assert [r.status_code for r in statuses] == [403] * 3
    assert not LookUp.objects.exists()


def test_merged_person_is_found_under_both_numbers(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    kept = confirmed(reference)
    told = answers(reference, identity_number="022190123457", email="b@example.org")
    merged = confirmed(reference, told)
    Pledge.objects.filter(pk=merged.pk).update(state="merged")
    Person.objects.filter(pk=merged.person_id).update(merged_into=kept.person_id)

    html = client.post(URL, {**ASKED, "identity_number": "022190123457"}).content.decode()

    assert kept.reference in html


def test_newer_registration_elsewhere_leaves_no_older_one_to_answer(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    withdraw_pledge(confirmed(reference), now=NOW)
    confirmed(reference, answers(reference, province=reference.thanh_hoa, locality=None))

    assert "No registration found" in client.post(URL, ASKED).content.decode()


def test_earlier_answer_is_shown_to_the_unit_as_it_was(
    client: Client, reference: Any, switch: Any, coordinator: Any
) -> None:
    pledge = confirmed(reference)
    client.post(URL, ASKED)
    serial = LookUp.objects.get().serial
    withdraw_pledge(pledge, now=NOW)
    url = reverse("lookups:earlier", args=[serial])
    found = client.get(f"{URL}earlier/", {"serial": serial.lower().replace("-", " ")})
    assert found["Location"] == url

    html = client.get(url).content.decode()

    for word in (serial, "Confirmed from", "QN-2026-17", "may be out of date", "Cường"):
        assert word in html
    assert [view.page for view in View.objects.all()] == ["lookups:ask", "lookups:earlier"]
    assert not View.objects.exclude(reason__endswith=serial).exists()
    client.force_login(factories.StaffFactory(unit=reference.steward, roles=["coordinator"]))
    assert client.get(url, follow=True).status_code == 404


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ("paper", "Confirmed from the person&#x27;s contact"),
        ("both", "Unconfirmed: nobody has confirmed this entry"),
    ],
)
def test_another_registration_of_the_person_makes_none_surer(
    client: Client,
    reference: Any,
    switch: Any,
    coordinator: Any,
    steward: Any,
    lost: str,
    words: str,
) -> None:
    """The tier of the person rose by an earlier registration, whose paper is not this one's."""
    earlier, newer = confirmed(reference), register(reference)
    take_step(earlier, StepKind.PAPER_SEEN, staff=steward, happened_on=NOW.date(), now=NOW)
    newer = confirm_pledge(newer, contact=contact_of(newer), now=NOW)
    PledgeStep.objects.update(pledge=earlier)
    if lost == "both":
        newer.particulars.contacts.update(confirmed_at=None)

    html = client.post(URL, ASKED).content.decode()

    assert (newer.state, newer.reference in html, words in html) == ("confirmed", True, True)


def test_queries_of_a_look_up(
    client: Client, reference: Any, switch: Any, coordinator: Any, steward: Any
) -> None:
    """Seven find, write and tell; apart from them budget, access log, session and account."""
    issued(reference, steward)
    client.post(URL, ASKED)

    with CaptureQueriesContext(connection) as queries:
        client.post(URL, ASKED)

    asked = [query["sql"] for query in queries.captured_queries]
    log = ("privacy_view", "pg_advisory", "SAVEPOINT")
    apart = ("django_session", "accounts_", "mfa_", "common_tally", *log)
    own = [sql for sql in asked if not any(word in sql for word in apart)]
    assert len(own) <= 7, "\n".join(sql[:250] for sql in own)
    assert len(asked) <= 20


def test_administrator_switches_on_for_a_department_of_applications(
    client: Client, reference: Any, administrator: Any
) -> None:
    client.force_login(administrator)
    url = reverse("wagtailsnippets_lookups_lookupswitch:add")
    told = {
        "is_on": "on",
        "source": "Letter 1",
        "daily_for_each": 20,
        "daily_for_unit": 60,
        "alert_after_misses": 5,
    }

    for unit in (reference.hospital, reference.adana_department):
        assert client.post(url, {**told, "department": unit.pk}).context["form"].errors
    client.post(url, {**told, "department": reference.quang_ninh_department.pk})

    assert [s.department for s in LookUpSwitch.objects.all()] == [reference.quang_ninh_department]
