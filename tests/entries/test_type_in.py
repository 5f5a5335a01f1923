"""Typing one person after the other: signed paper, telephone, undo, what stays on the form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.pledges.answers import stored_answers
from registration.pledges.models import Pledge, PledgeStep
from registration.privacy.models import Consent, View
from tests import factories
from tests.entries.typing import (
    SIGNED_ON,
    address,
    batch_of,
    errors_in,
    typed,
    typed_turkish,
)
from tests.intake.visits import form_key, hidden

BOTH = {"form_signed": "on", "paper_seen": "on"}


def test_signed_paper_is_confirmed_by_its_signature(
    client: Client, reference: Any, ayse: Any
) -> None:
    batch = batch_of(reference, ayse)
    client.force_login(ayse)

    response = client.post(address(batch), typed(reference, **BOTH))

    assert response.status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.channel, pledge.language) == ("confirmed", "paper", "vi")
    assert (pledge.batch, pledge.unit, pledge.signed_on) == (batch, reference.hospital, SIGNED_ON)
    assert pledge.received_at.date() != SIGNED_ON
    steps = pledge.steps.order_by("kind").values_list("kind", "happened_on", "staff")
    assert list(steps) == [
        ("form_signed", SIGNED_ON, ayse.pk),
        ("paper_seen", SIGNED_ON, ayse.pk),
    ]
    assert pledge.person.identity_tier == "identity_seen"
    events = Event.objects.order_by("id").values_list("kind", "channel", "unit", "department")
    place = (reference.hospital.pk, reference.quang_ninh_department.pk)
    assert list(events) == [
        ("pledge.received", "paper", *place),
        ("pledge.confirmed", "paper", *place),
    ]
    assert Consent.objects.filter(about=pledge.pk, language="vi").count() == 3
    message = Message.objects.get()
    assert (message.kind, message.recipient) == ("pledges/entered", "diem@example.org")
    told = stored_answers(pledge).person
    assert (told.full_name, told.phone) == ("Nguyễn Thị Diễm", "+84912345678")
    assert not View.objects.exists()


def test_after_saving_the_form_is_empty_but_for_what_stays(
    client: Client, reference: Any, steward: Any
) -> None:
    client.force_login(steward)
    batch = batch_of(reference, steward)
    told = typed(reference, organ_choice="all", workplace="Bệnh viện Bãi Cháy")

    html = client.post(address(batch), told, follow=True).content.decode()

    pledge = Pledge.objects.get()
    assert pledge.reference in html
    for gone in ("Nguyễn", "022190123456", "diem@", "0912", "Hải Thịnh"):
        assert gone not in html
    for stays in (
        'value="Cục Cảnh sát QLHC về TTXH"',
        'value="Bệnh viện Bãi Cháy"',
        f'<option value="{reference.ha_long.code}" selected>',
    ):
        assert stays in html
    ticked = re.findall(r'<input [^>]*name="(\w+)"[^>]* checked', html)
    assert ticked == ["card_to_home", "organ_choice"]
    assert html.count("autofocus") == 1
    (first,) = re.findall(r"<input [^>]*autofocus[^>]*>", html)
    assert ('name="full_name"' in first, 'autocomplete="off"' in first) == (True, True)
    assert "bday" not in html
    assert hidden(html, "form_key") != told["form_key"]


def test_what_stays_is_shown_to_its_typist_only(
    client: Client, reference: Any, steward: Any, ayse: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    told = typed(reference, workplace="Bệnh viện Bãi Cháy")
    location = client.post(address(batch), told)["Location"]

    client.force_login(ayse)
    html = client.get(location).content.decode()

    assert "Cục Cảnh sát" not in html
    assert Pledge.objects.get().reference in html


def test_same_form_twice_is_one_entry(client: Client, reference: Any, steward: Any) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    told = typed(reference)

    places = [client.post(address(batch), told)["Location"] for _twice in range(2)]

    assert (Pledge.objects.count(), Event.objects.count(), Message.objects.count()) == (1, 2, 1)
    assert [place.split("?")[0] for place in places] == [address(batch)] * 2


def test_old_or_broken_key_is_replaced_and_nothing_is_lost(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    old = form_key(seconds_ago=25 * 3600)

    page = client.post(address(batch), typed(reference, form_key=old))
    html = page.content.decode()
    again = client.post(address(batch), typed(reference, form_key=hidden(html, "form_key")))

    assert (page.status_code, again.status_code) == (422, 303)
    assert 'value="Nguyễn Thị Diễm"' in html
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"texts_agreed": ""}, "texts_agreed"),
        ({"identity_number": "0221901234"}, "identity_number"),
        ({"birth_date_2": "2019"}, "birth_date"),
        ({"phone": ""}, "phone"),
        ({"identity_secret": ""}, "identity_secret"),
    ],
)
def test_same_checks_as_the_public_form(
    client: Client, reference: Any, steward: Any, changes: dict[str, str], field: str
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)

    page = client.post(address(batch), typed(reference, **changes))

    assert (page.status_code, Pledge.objects.count()) == (422, 0)
    assert set(page.context["form"].errors) == {field}
    assert len(errors_in(page.content.decode())) == 1


def test_paper_without_an_email_is_entered_also_where_no_sms_is_sent(
    client: Client, reference: Any, steward: Any, settings: Any
) -> None:
    settings.SMS_URL = ""
    batch = batch_of(reference, steward)
    client.force_login(steward)

    paper = client.post(address(batch), typed(reference, email=""))
    by_phone = client.post(
        address(batch_of(reference, steward, channel="phone")), typed(reference, email="")
    )

    assert (paper.status_code, by_phone.status_code) == (303, 422)
    assert Pledge.objects.get().state == "confirmed"


def test_contradiction_is_told_to_its_typist(client: Client, reference: Any, steward: Any) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)

    html = client.post(address(batch), typed(reference, sex="male"), follow=True).content.decode()

    assert html.count("notice-warning") == 1


def test_telephone_reads_the_texts_in_the_person_s_language_and_asks_to_confirm(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward, channel="phone", signed_on=None)
    client.force_login(steward)
    first = client.get(address(batch)).content.decode()
    assert "The consent in vi." in first
    mark = hidden(first, "texts_mark")

    other = client.post(address(batch), typed(reference, texts_mark=mark, language="tr"))
    html = other.content.decode()
    assert (other.status_code, Pledge.objects.count()) == (422, 0)
    assert "The consent in tr." in html
    assert 'id="id_texts_agreed" checked' not in html

    mark = hidden(html, "texts_mark")
    done = client.post(address(batch), typed(reference, texts_mark=mark, language="tr"))

    assert done.status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.channel, pledge.is_held) == ("received", "phone", False)
    assert (pledge.signed_on, pledge.steps.count()) == (None, 0)
    assert set(Consent.objects.values_list("language", flat=True)) == {"tr"}
    message = Message.objects.get()
    assert (message.kind, message.language) == ("pledges/receipt", "tr")
    assert "/tr/pledge/confirm/" in message.text


def test_turkish_intent_at_a_stand(client: Client, reference: Any) -> None:
    zehra = factories.StaffFactory(
        username="zehra", unit=reference.adana_department, roles=["steward"], language="tr"
    )
    batch = batch_of(
        reference,
        zehra,
        province=reference.adana,
        unit=reference.adana_department,
        channel="desk",
    )
    client.force_login(zehra)
    page = client.get(address(batch)).content.decode()

    response = client.post(address(batch), typed_turkish(**BOTH))

    assert response.status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.kind, pledge.state, pledge.channel) == ("intent", "confirmed", "desk")
    # Neither step belongs to an intent; the law's act is made elsewhere.
    assert (pledge.steps.count(), pledge.next_step) == (0, "handed_over")
    assert 'name="paper_seen"' not in page
    assert 'name="identity_number"' not in page


def test_undo_takes_an_entry_back_and_notes_why(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    client.post(address(batch), typed(reference, **BOTH))
    pledge = Pledge.objects.get()

    html = client.post(address(batch, f"undo/{pledge.pk}/"), follow=True).content.decode()

    pledge.refresh_from_db()
    assert pledge.state == "contested"
    kinds = Event.objects.filter(kind="entry.taken_back").values_list("corrects__kind", flat=True)
    assert sorted(kinds) == ["pledge.confirmed", "pledge.received"]
    view = View.objects.get()
    assert (view.staff, view.subject, view.page) == (steward, pledge.pk, "entries:undo")
    with translation.override("vi"):
        why = gettext("Typing mistake")
    assert view.reason == why
    assert {step.undo_reason for step in PledgeStep.objects.filter(pledge=pledge)} <= {why}
    assert view.reason != ""
    assert html.count(f"undo/{pledge.pk}") == 0


def test_undo_on_the_next_day_and_of_another_batch_is_refused(
    client: Client, reference: Any, steward: Any
) -> None:
    batch, other = batch_of(reference, steward), batch_of(reference, steward)
    client.force_login(steward)
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False):
        client.force_login(steward)
        client.post(address(batch), typed(reference))
    pledge = Pledge.objects.get()

    with time_machine.travel("2026-11-21T09:00:00Z", tick=False):
        client.force_login(steward)
        late = client.post(address(batch, f"undo/{pledge.pk}/"), follow=True)
        wrong = client.post(address(other, f"undo/{pledge.pk}/"))

    pledge.refresh_from_db()
    assert (late.status_code, wrong.status_code, pledge.state) == (200, 404, "confirmed")
    assert "notice-danger" in late.content.decode()


def test_list_says_nothing_of_who_was_known_before(
    client: Client, reference: Any, ayse: Any
) -> None:
    """Somebody's second entry waits for a comparison; its typist must not learn that."""
    batch = batch_of(reference, ayse)
    client.force_login(ayse)
    pages = []
    for email in ("diem@example.org", "other@example.org"):
        html = client.post(address(batch), typed(reference, email=email), follow=True)
        newest = Pledge.objects.order_by("-received_at").first()
        assert newest is not None
        shown = html.content.decode().split('class="entry-list"')[1].split("</li>")[0]
        pages.append(shown.replace(newest.reference, "").split("undo/")[0].split()[3:])

    assert Pledge.objects.filter(state="waiting").count() == 1
    assert pages[0] == pages[1]


def test_page_asks_a_fixed_number_of_queries(
    client: Client, reference: Any, steward: Any, count_queries: Callable[..., int]
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    client.get(address(batch))
    counts = []
    for number in range(3):
        client.post(address(batch), typed(reference, identity_number=f"02219012345{number}"))
        counts.append(count_queries(lambda: client.get(address(batch))))

    assert len(set(counts)) == 1
    assert counts[0] <= 13
