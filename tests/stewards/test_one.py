"""One registration: shown for a reason, logged first, with its steps and their undoing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from registration.people.choices import IdentityTier
from registration.pledges.choices import StepKind
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.services import withdraw_pledge
from registration.privacy.models import View
from registration.privacy.services import check_chain
from registration.stewards.dossier import SHOWN_FIELDS, Dossier, persons_at
from tests import factories
from tests.pledges.registering import answers, register, turkish
from tests.stewards.desk_work import confirmed, one, step_data, stepped, today, url, waiting


def test_one_registration_is_shown_and_logged(client: Client, reference: Any, steward: Any) -> None:
    pledge = register(reference)
    client.force_login(steward)

    response = client.get(one(pledge))

    html = response.content.decode()
    for value in (
        "Nguyễn Thị Diễm",
        "022190123456",
        "diem@example.org",
        "+84 912 345 678",
        "Kidney",
    ):
        assert value in html
    assert "Its owner has not confirmed this registration yet." in html
    view = View.objects.get()
    assert (view.staff, view.subject, view.page) == (steward, pledge.pk, "stewards:one")
    assert view.fields.split(",") == SHOWN_FIELDS
    assert view.reason
    assert check_chain() == 1
    assert "no-store" in response["Cache-Control"]


def test_answers_speak_of_the_person(client: Client, reference: Any, steward: Any) -> None:
    client.force_login(steward)

    html = client.get(one(register(reference))).content.decode()

    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "The person",
        "How to reach the person",
        "Identity paper",
        "Addresses",
        "The person’s choice",
    ]
    assert "To be kept secret" in html


def test_without_a_reason_nothing_is_shown(client: Client, reference: Any, steward: Any) -> None:
    pledge = register(reference)
    client.force_login(steward)

    for address in (url("one", pledge), one(pledge, "nonsense"), one(pledge, "other")):
        html = client.get(address).content.decode()

        assert "Why do you open this registration?" in html
        assert "Diễm" not in html
    assert not View.objects.exists()


def test_reason_in_own_words_is_kept_and_stays_out_of_the_address(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge, other = register(reference), register(reference)
    client.force_login(steward)

    refused = client.post(url("look", pledge), {"reason": "other", "words": ""})
    response = client.post(url("look", pledge), {"reason": "other", "words": "Asked by letter 12"})

    assert refused.status_code == 422
    assert (response.status_code, response["Location"]) == (303, one(pledge, "other"))
    assert "Nguyễn Thị Diễm" in client.get(response["Location"]).content.decode()
    assert View.objects.get().reason == "Asked by letter 12"
    assert "Diễm" not in client.get(one(other, "other")).content.decode()


def test_another_province_s_registration_is_not_found(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference, turkish(reference))
    client.force_login(steward)

    # Addresses without a language are tried with one before they are given up.
    assert client.get(one(pledge), follow=True).status_code == 404
    for name in ("look", "take", "accept", "contest", "contact", "ask_to_withdraw"):
        assert client.post(url(name, pledge), step_data(pledge, "handed_over")).status_code == 404
    assert not View.objects.exists()
    assert not PledgeStep.objects.exists()


def test_nothing_is_shown_when_the_view_cannot_be_logged(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference)
    client.force_login(steward)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "privacy_view" in sql:
            sql = sql.replace("privacy_view", "privacy_view_gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = client.get(one(pledge))

    assert response.status_code == 503
    assert "Diễm" not in response.content.decode()


def test_contradictions_are_shown_to_the_steward(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference, answers(reference, sex="male"))
    client.force_login(steward)

    assert client.get(one(pledge)).content.decode().count("notice-warning") == 1


def test_next_step_is_taken_with_its_day_and_note(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)
    assert "Record: Contacted" in client.get(one(pledge)).content.decode()

    response = client.post(
        url("take", pledge), step_data(pledge, "contacted", note="Calls back on Monday")
    )

    assert (response.status_code, response["Location"]) == (303, one(pledge))
    step = PledgeStep.objects.get()
    assert (step.kind, step.staff, step.note) == ("contacted", steward, "Calls back on Monday")
    assert step.happened_on.isoformat() == today(pledge)
    html = client.get(one(pledge)).content.decode()
    assert "Calls back on Monday" in html
    assert "Record: Checked against the identity paper" in html


@pytest.mark.parametrize("step", ["paper_seen", "contacted"])
def test_step_sent_twice_is_one(client: Client, reference: Any, steward: Any, step: str) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)
    data = step_data(pledge, step)

    answers_got = [client.post(url("take", pledge), data).status_code for _again in range(2)]

    assert answers_got == [303, 303]
    assert PledgeStep.objects.count() == 1


def test_step_taken_in_another_window_is_answered_kindly(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    stepped(pledge, StepKind.PAPER_SEEN, staff=steward)
    client.force_login(steward)

    response = client.post(url("take", pledge), step_data(pledge, "paper_seen"), follow=True)

    assert "This step was taken already." in response.content.decode()
    assert PledgeStep.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "changes", "sentence"),
    [
        ("card_posted", {}, "First comes: Card issued."),
        ("contacted", {"happened_on": "2999-01-01"}, "This day lies in the future."),
        ("contacted", {"happened_on": "2001-01-01"}, "This day lies before the registration."),
        ("contacted", {"happened_on": "yesterday"}, "Write the day as year-month-day."),
        ("passed_on", {"unit": ""}, "Choose the receiver."),
        ("handed_over", {}, "This step does not belong to this registration."),
    ],
)
def test_refused_step_says_why_and_keeps_what_was_typed(
    client: Client, reference: Any, steward: Any, step: str, changes: Any, sentence: str
) -> None:
    pledge = confirmed(reference)
    client.force_login(steward)

    response = client.post(url("take", pledge), step_data(pledge, step, note="Typed", **changes))

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert 'value="Typed"' in html
    assert not PledgeStep.objects.exists()


def test_step_of_an_unconfirmed_registration_is_refused(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference)
    client.force_login(steward)

    response = client.post(url("take", pledge), step_data(pledge, "contacted"))

    assert response.status_code == 422
    assert not PledgeStep.objects.exists()


def test_receiver_is_a_centre_or_hospital_of_the_country(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    stepped(pledge, StepKind.CONTACTED, StepKind.PAPER_SEEN, staff=steward)
    centre = factories.UnitFactory(
        code="vnhot", kind="coordination_centre", province=None, jurisdiction=reference.vn
    )
    foreign = factories.UnitFactory(code="adana-1", province=reference.adana)
    client.force_login(steward)

    refused = client.post(url("take", pledge), step_data(pledge, "passed_on", unit=foreign.pk))
    taken = client.post(url("take", pledge), step_data(pledge, "passed_on", unit=centre.pk))

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert PledgeStep.objects.get(kind="passed_on").unit == centre


def test_card_is_not_issued_by_a_bare_step(client: Client, reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    stepped(
        pledge,
        StepKind.PAPER_SEEN,
        StepKind.PASSED_ON,
        StepKind.COUNSELLED,
        StepKind.FORM_SIGNED,
        staff=steward,
    )
    client.force_login(steward)

    html = client.get(one(pledge)).content.decode()
    response = client.post(url("take", pledge), step_data(pledge, "card_issued"))

    assert "Next step: Card to be issued" in html
    assert 'value="card_issued"' not in html
    assert response.status_code != 303
    assert not PledgeStep.objects.filter(kind="card_issued").exists()


def test_step_is_undone_on_its_day_and_stays_struck_through(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    (step,) = stepped(pledge, StepKind.PAPER_SEEN, staff=steward)
    client.force_login(steward)

    missing = client.post(url("undo", pledge, step.pk), {"reason": ""})
    undone = client.post(url("undo", pledge, step.pk), {"reason": "Wrong person at the desk"})

    assert (missing.status_code, undone.status_code) == (422, 303)
    step.refresh_from_db()
    assert (step.undone_by, step.undo_reason) == (steward, "Wrong person at the desk")
    html = client.get(one(pledge)).content.decode()
    assert "<s>Checked against the identity paper" in html
    assert "Wrong person at the desk" in html
    assert Pledge.objects.get(pk=pledge.pk).next_step == "contacted"


def test_step_of_yesterday_cannot_be_undone(client: Client, reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    yesterday = timezone.now() - timedelta(days=1)
    (step,) = stepped(pledge, StepKind.PAPER_SEEN, staff=steward, now=yesterday)
    client.force_login(steward)

    html = client.get(one(pledge)).content.decode()
    response = client.post(url("undo", pledge, step.pk), {"reason": "Too late"})

    assert "Undo this step" not in html
    assert response.status_code == 422
    assert "A step can be undone on the same day only." in response.content.decode()


def test_who_may_only_look_gets_no_forms(
    client: Client, reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registration.accounts import rules
    from registration.accounts.choices import Right, Role

    looker = frozenset({Right.USE_DESK, Right.SEE_PLEDGES})
    monkeypatch.setitem(rules.RIGHTS, Role.STEWARD, looker)
    pledge = confirmed(reference)
    client.force_login(steward)

    html = client.get(one(pledge)).content.decode()

    assert html.count('method="post"') == client.get("/desk/").content.decode().count(
        'method="post"'
    )
    assert client.post(url("take", pledge), step_data(pledge, "contacted")).status_code == 403


@pytest.mark.parametrize(
    ("others", "sentence"),
    [(1, ""), (2, "The same address stands in 2 other registrations.")],
    ids=["a couple", "three persons"],
)
def test_address_of_three_persons_is_flagged(
    client: Client, reference: Any, steward: Any, others: int, sentence: str
) -> None:
    pledge = confirmed(reference)
    for number in range(others):
        told = answers(reference, identity_number=f"02219012346{number}", phone="")
        register(reference, told)
    ended = register(reference, answers(reference, identity_number="022190123470"))
    withdraw_pledge(ended, now=timezone.now())
    elsewhere = answers(reference, identity_number="022190123471", email="x@example.org", phone="")
    register(reference, elsewhere)
    client.force_login(steward)

    html = client.get(one(pledge)).content.decode()

    flags = re.findall(r"The same address stands in \d+ other registrations\.", html)
    assert flags == ([sentence] if sentence else [])


def test_own_other_registration_is_no_other_person(reference: Any) -> None:
    first, second = waiting(reference, answers(reference, email="khac@example.org"))

    assert [persons_at(pledge.particulars) for pledge in (first, second)] == [0, 0]


def test_shared_addresses_are_asked_for_once(reference: Any, max_queries: Any) -> None:
    pledge = confirmed(reference)
    for number in range(3):
        register(reference, answers(reference, identity_number=f"02219012346{number}"))
    found = with_origin().get(pk=pledge.pk)

    with max_queries(1):
        assert persons_at(found.particulars) == 3


def test_paper_seen_for_an_earlier_registration_makes_another_no_surer(
    reference: Any, steward: Any
) -> None:
    first, second = waiting(reference)
    stepped(first, StepKind.PAPER_SEEN, staff=steward)

    told = [
        Dossier(with_origin().get(pk=one.pk), staff=steward, now=timezone.now(), language="en")
        for one in (first, second)
    ]

    assert [dossier.certainty() for dossier in told] == [
        IdentityTier.IDENTITY_SEEN.label,
        IdentityTier.CONTACT_CONFIRMED.label,
    ]
