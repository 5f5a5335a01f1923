"""One registration: rows, event, message; and when it comes twice, or of somebody known."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.common.sealing import CannotOpen
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.choices import IdentityTier
from registration.people.models import Contact, Particulars, Person
from registration.pledges.answers import stored_answers
from registration.pledges.choices import PledgeState
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_by_link, confirm_pledge, withdraw_pledge
from registration.privacy.models import Consent
from tests.intake.visits import link_in
from tests.pledges.registering import NOW, answers, contact_of, register, turkish


def token_of(message: Message) -> str:
    return link_in(message.text).rstrip("/").rsplit("/", 1)[1]


def test_register_writes_rows_event_and_message(reference: Any) -> None:
    pledge = register(
        reference,
        placement=reference.placement,
        campaign=reference.campaign,
        channel="banner",
    )

    assert (pledge.state, pledge.kind, pledge.language) == ("received", "application", "vi")
    assert pledge.department == reference.quang_ninh_department
    assert (Person.objects.count(), Particulars.objects.count(), Contact.objects.count()) == (
        1,
        1,
        2,
    )
    event = Event.objects.get()
    assert (event.kind, event.subject, event.channel) == ("pledge.received", pledge.pk, "banner")
    assert (event.department, event.province) == (
        reference.quang_ninh_department,
        reference.quang_ninh,
    )
    assert (event.unit, event.campaign) == (reference.hospital, reference.campaign)
    assert (event.placement, event.locality) == (reference.placement, reference.ha_long)
    assert (event.organs, event.sex, event.age_band) == ("kidney", "female", "35-44")
    assert not event.is_demo
    message = Message.objects.get()
    assert (message.recipient, message.language) == ("diem@example.org", "vi")
    assert (message.kind, message.about) == ("pledges/receipt", pledge.pk)


def test_register_reads_back_what_was_told(reference: Any) -> None:
    told = answers(reference, organs=("cornea", "kidney"))

    pledge = register(reference, told)

    stored = stored_answers(Pledge.objects.get(pk=pledge.pk))
    assert stored == replace(told, acts=())


def test_every_subset_of_organs_comes_back_in_row_event_and_message(reference: Any) -> None:
    names = {"kidney": "Thận", "cornea": "Giác mạc"}
    for size in range(3):
        for subset in itertools.combinations(sorted(names), size):
            pledge = register(reference, replace(answers(reference), organs=subset))

            assert Pledge.objects.get(pk=pledge.pk).organ_codes == subset
            assert Event.objects.get(subject=pledge.pk).organs == ";".join(subset)
            text = Message.objects.get(about=pledge.pk).text
            assert {code for code, name in names.items() if name in text} == set(subset)


def test_consents_hold_the_evidence(reference: Any) -> None:
    told = answers(reference)

    pledge = register(reference, told)

    rows = Consent.objects.order_by("pk").values_list(
        "person", "about", "text", "act", "language", "shown_sha256", "given_at", "withdrawn_at"
    )
    assert sorted(rows, key=str) == sorted(
        [
            (pledge.person_id, pledge.pk, a.text.pk, str(a.act), "vi", a.sha256, NOW, None)
            for a in told.acts
        ],
        key=str,
    )
    assert {row.form_version for row in Consent.objects.all()} == {"2026-11"}


def test_receipt_copies_the_answers_but_not_the_number(reference: Any) -> None:
    pledge = register(reference)

    message = Message.objects.get()
    for part in (message.text, message.html):
        assert "Nguyễn Thị Diễm" in part
        assert "•••••••••456" in part
        assert "022190123456" not in part
        assert pledge.reference in part
        assert reference.vn.legal_weight_vi in part
    assert pledge.reference in message.subject
    assert "/vi/pledge/confirm/" in message.text


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_receipt_is_written_in_the_reader_s_language(reference: Any, language: str) -> None:
    register(reference, turkish(reference, language=language))

    message = Message.objects.get()
    assert message.language == language
    assert f"/{language}/pledge/confirm/" in message.text
    assert getattr(reference.tr, f"legal_weight_{language}") in message.text
    assert f'lang="{language}"' in message.html


def test_same_form_twice_is_one_pledge(reference: Any) -> None:
    first = register(reference, form_key="one")
    again = register(reference, form_key="one")

    assert first == again
    counts = [model.objects.count() for model in (Pledge, Event, Message, Particulars)]
    assert counts == [1, 1, 1, 1]


def test_one_proof_lets_in_one_registration(reference: Any) -> None:
    register(reference, form_key="one", proof="p" * 64)
    register(reference, form_key="one", proof="p" * 64)

    with pytest.raises(RuleBroken) as refusal:
        register(reference, form_key="two", proof="p" * 64)

    assert refusal.value.code == "proof_used"
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"birth_date": date(2008, 11, 21)}, "under_age"),
        ({"birth_date": None}, "birth_date_missing"),
        ({"email": "", "phone": ""}, "contact_missing"),
        ({"email": "", "phone": "+842033825499"}, "contact_missing"),
    ],
)
def test_register_refuses_and_writes_nothing(
    reference: Any, person: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        register(reference, answers(reference, **person))

    assert refusal.value.code == code
    assert not any(model.objects.exists() for model in (Person, Pledge, Event, Message, Consent))


def test_age_is_counted_in_the_jurisdiction_s_zone(reference: Any) -> None:
    told = answers(reference, birth_date=date(2008, 11, 21))
    late_evening_utc = NOW.replace(hour=17)

    pledge = register(reference, told, now=late_evening_utc)

    assert Event.objects.get(subject=pledge.pk).age_band == "18-24"


@pytest.mark.parametrize("missing", ["notice", "consent"])
def test_register_refuses_without_both_acts(reference: Any, missing: str) -> None:
    told = answers(reference)
    told = replace(told, acts=[act for act in told.acts if act.kind != missing])

    with pytest.raises(RuleBroken) as refusal:
        register(reference, told)

    assert refusal.value.code == "consent_missing"
    assert not Person.objects.exists()


def test_mailbox_has_its_limit_and_a_refusal_counts_nothing(reference: Any) -> None:
    limit = Limit("mailbox", times=2, seconds=86400)
    for key in ("1", "1", "1", "2"):
        register(reference, form_key=key, mailbox_limit=limit)

    with pytest.raises(RuleBroken) as refusal:
        register(reference, form_key="3", mailbox_limit=limit)

    assert refusal.value.code == "too_many_for_contact"
    assert Pledge.objects.count() == 2


def test_telephone_alone_gets_an_sms_when_there_is_a_gateway(reference: Any, settings: Any) -> None:
    told = answers(reference, email="")

    pledge = register(reference, told)

    message = Message.objects.get()
    assert (message.channel, message.recipient) == ("sms", "+84912345678")
    assert pledge.reference in message.text
    assert "/vi/pledge/code/" in message.text
    assert "Diễm" not in message.text
    settings.SMS_URL = ""
    with pytest.raises(RuleBroken) as refusal:
        register(reference, told)
    assert refusal.value.code == "contact_missing"


def test_confirm_by_link_makes_it_active(reference: Any) -> None:
    pledge = register(reference)
    later = NOW + timedelta(hours=1)

    confirmed = confirm_by_link(token_of(Message.objects.get()), now=later)

    pledge.refresh_from_db()
    assert confirmed == pledge
    assert (pledge.state, pledge.confirmed_at) == ("confirmed", later)
    assert contact_of(pledge).confirmed_at == later
    assert Person.objects.get().identity_tier == IdentityTier.CONTACT_CONFIRMED
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["pledge.received", "pledge.confirmed"]
    assert Event.objects.get(kind="pledge.confirmed").organs == "kidney"


def test_confirm_twice_is_once(reference: Any) -> None:
    register(reference)
    token = token_of(Message.objects.get())

    first = confirm_by_link(token, now=NOW)
    second = confirm_by_link(token, now=NOW + timedelta(days=5))

    assert first == second
    assert second.confirmed_at == NOW
    assert Event.objects.filter(kind="pledge.confirmed").count() == 1


@pytest.mark.parametrize(
    ("after", "code"),
    [(timedelta(hours=71, minutes=59), None), (timedelta(hours=72), "link_expired")],
)
def test_confirm_within_72_hours(reference: Any, after: timedelta, code: str | None) -> None:
    register(reference)
    token = token_of(Message.objects.get())

    found = None
    try:
        confirm_by_link(token, now=NOW + after)
    except RuleBroken as error:
        found = error.code

    assert found == code
    assert Pledge.objects.get().state == ("received" if code else "confirmed")


def test_held_entry_is_free_once_its_owner_confirms(reference: Any) -> None:
    pledge = register(reference, is_held=True)

    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)

    pledge.refresh_from_db()
    assert (pledge.state, pledge.is_held) == ("confirmed", False)


def test_second_pledge_replaces_the_first_once_confirmed(reference: Any) -> None:
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)
    second = register(reference, answers(reference, organs=("cornea",)))
    first.refresh_from_db()
    before = first.state

    confirm_pledge(second, contact=contact_of(second), now=NOW + timedelta(days=1))

    first.refresh_from_db()
    second.refresh_from_db()
    assert before == "confirmed"
    assert (first.state, first.ended_at) == ("replaced", NOW + timedelta(days=1))
    assert second.state == "confirmed"
    kinds = list(Event.objects.filter(subject=second.pk).values_list("kind", flat=True))
    assert sorted(kinds) == ["pledge.changed", "pledge.received"]


def test_receipt_tells_of_the_earlier_one_only_to_its_confirmed_contact(reference: Any) -> None:
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)

    same = register(reference)
    stranger = register(reference, answers(reference, email="stranger@example.org"))

    assert first.reference in Message.objects.get(about=same.pk).text
    assert first.reference not in Message.objects.get(about=stranger.pk).text


def test_receipt_tells_nothing_to_a_contact_that_never_confirmed(reference: Any) -> None:
    first = register(reference)

    again = register(reference)

    assert first.reference not in Message.objects.get(about=again.pk).text


def test_earlier_contact_is_not_told_of_its_own_change(reference: Any) -> None:
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)
    second = register(reference)

    confirm_pledge(second, contact=contact_of(second), now=NOW)

    assert not Message.objects.filter(kind="pledges/replaced").exists()


def test_known_and_unknown_persons_cost_the_same(reference: Any, count_queries: Any) -> None:
    unknown = count_queries(lambda: register(reference))
    known = count_queries(lambda: register(reference))
    pledge = Pledge.objects.first()
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    active = count_queries(lambda: register(reference))

    assert unknown == known == active
    assert Message.objects.count() == 3


def test_withdraw_ends_it_once(reference: Any) -> None:
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)

    withdraw_pledge(pledge, now=NOW)
    withdraw_pledge(pledge, now=NOW + timedelta(days=1))

    pledge.refresh_from_db()
    assert (pledge.state, pledge.ended_at) == ("withdrawn", NOW)
    assert Event.objects.filter(kind="pledge.withdrawn").count() == 1


def test_withdrawn_pledge_cannot_be_confirmed(reference: Any) -> None:
    pledge = register(reference)
    token = token_of(Message.objects.get())
    withdraw_pledge(pledge, now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        confirm_by_link(token, now=NOW)

    assert refusal.value.code == "pledge_ended"
    assert Pledge.objects.get().state == PledgeState.WITHDRAWN


def test_demo_is_marked_everywhere(reference: Any) -> None:
    pledge = register(reference, is_demo=True)

    assert (pledge.is_demo, pledge.person.is_demo, Event.objects.get().is_demo) == (
        True,
        True,
        True,
    )


TYPED = {
    "full_name": "Bùi Quỳnh Đoan",
    "email": "quynh.doan@example.org",
    "phone": "+84912345678",
    "identity_number": "038301000123",
    "identity_issued_by": "Công an tỉnh Nơi Cấp",
    "permanent_address": "Thôn Một Đường Hai",
    "old_district": "Huyện Cũ Ba",
    "card_address": "Ngõ Bốn Nhà Năm",
    "occupation": "Thợ mộc",
    "workplace": "Xưởng Sáu",
}


def test_a_dump_of_the_tables_holds_nothing_that_was_typed(reference: Any) -> None:
    told = answers(reference, organs=("kidney",), birth_date=date(1971, 8, 13), **TYPED)
    pledge = register(reference, told)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)

    dump = ""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            if table.startswith(("people_", "privacy_consent", "pledges_", "outbox_", "common_")):
                cursor.execute(f'SELECT * FROM "{table}"')
                dump += str(cursor.fetchall())

    assert "people_person" in tables
    assert pledge.reference in dump
    values = [
        *TYPED.values(),
        "1971-08-13",
        "13/8/1971",
        "kidney",
        "Thận",
        "0912345678",
        "301000123",
    ]
    assert [value for value in values if value.casefold() in dump.casefold()] == []


def test_a_seal_moved_to_another_row_does_not_open(reference: Any) -> None:
    one = register(reference).particulars_id
    other = register(reference, turkish(reference)).particulars_id
    sealed = Particulars.objects.values_list("full_name", flat=True).get(pk=one)
    table = Particulars._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET full_name = %s WHERE id != %s", [sealed, _raw(one)])

    with pytest.raises(CannotOpen):
        _ = Particulars.objects.get(pk=other).full_name


def _raw(key: Any) -> Any:
    return key if connection.vendor == "postgresql" else key.hex
