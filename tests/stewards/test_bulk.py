"""One step for many: first what would come of it, then done once, however often it is sent."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.people.models import Person
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.privacy.models import View
from tests.pledges.registering import answers, register, turkish
from tests.stewards.desk_work import LIST, confirmed, stepped, today

BULK = f"{LIST}steps/"


def person(reference: Any, number: int) -> Any:
    return answers(reference, identity_number=f"0221901{number:05}", email=f"n{number}@example.org")


def many(reference: Any, number: int) -> list[Pledge]:
    return [confirmed(reference, person(reference, place)) for place in range(number)]


def data(pledges: list[Pledge], step: str, **changes: Any) -> dict[str, Any]:
    return {
        "ids": " ".join(str(pledge.pk) for pledge in pledges),
        "step": step,
        "happened_on": today(pledges[0]),
        "note": "",
        "key": uuid4().hex,
        "query": "step=contacted",
        **changes,
    }


def test_ticked_rows_are_chosen_and_nothing_is_recorded(
    client: Client, reference: Any, steward: Any
) -> None:
    pledges = many(reference, 3)
    client.force_login(steward)

    html = client.post(BULK, {"pledge": [pledges[0].pk, pledges[2].pk]}).content.decode()

    assert "2 registrations were chosen." in html
    assert 'value="card_issued"' not in html
    assert not PledgeStep.objects.exists()
    assert "Diễm" not in html


def test_whole_list_is_chosen_by_its_filter(client: Client, reference: Any, steward: Any) -> None:
    pledges = many(reference, 3)
    stepped(pledges[0], StepKind.CONTACTED, staff=steward)
    register(reference, turkish(reference))
    client.force_login(steward)

    html = client.post(BULK, {"all": "1", "query": "step=contacted"}).content.decode()

    assert "2 registrations were chosen." in html


def test_preview_says_for_which_it_works_and_why_not(
    client: Client, reference: Any, steward: Any
) -> None:
    fine, taken = many(reference, 2)
    stepped(taken, StepKind.PAPER_SEEN, staff=steward)
    unconfirmed = register(reference, person(reference, 7))
    client.force_login(steward)

    html = client.post(
        BULK, data([fine, taken, unconfirmed], "paper_seen", action="preview")
    ).content.decode()

    assert "The step will be recorded for 1 registration." in html
    refused = re.findall(r"<h3>([^<]+?) <span[^>]*>(\d+)</span></h3>\s*<ul[^>]*><li>([^<]+)", html)
    assert sorted(refused) == sorted(
        [
            ("This step was taken already.", "1", taken.reference),
            (
                "Steps are only taken with a registration that its owner has confirmed.",
                "1",
                unconfirmed.reference,
            ),
        ]
    )
    assert PledgeStep.objects.count() == 1
    assert not View.objects.exists()


def test_step_is_taken_for_each_and_a_repetition_does_nothing(
    client: Client, reference: Any, steward: Any
) -> None:
    pledges = many(reference, 3)
    client.force_login(steward)
    sent = data(pledges, "contacted", action="take", note="Afternoon at Bãi Cháy")

    first = client.post(BULK, sent).content.decode()
    again = client.post(BULK, sent).content.decode()

    assert "The step was recorded for 3 registrations." in first
    assert "The step was recorded for 0 registrations." in again
    assert "For 3 this sending had recorded it already." in again
    assert PledgeStep.objects.count() == 3
    assert {(step.staff, step.note) for step in PledgeStep.objects.all()} == {
        (steward, "Afternoon at Bãi Cháy")
    }


def test_one_refusal_does_not_stop_the_others(client: Client, reference: Any, steward: Any) -> None:
    pledges = many(reference, 3)
    stepped(pledges[1], StepKind.PAPER_SEEN, staff=steward)
    client.force_login(steward)

    html = client.post(BULK, data(pledges, "paper_seen", action="take")).content.decode()

    assert "The step was recorded for 2 registrations." in html
    assert "This step was taken already." in html
    assert PledgeStep.objects.count() == 3


def test_what_another_province_has_is_left_out(
    client: Client, reference: Any, steward: Any
) -> None:
    mine = confirmed(reference)
    theirs = confirmed(reference, turkish(reference))
    client.force_login(steward)

    html = client.post(BULK, data([mine, theirs], "contacted", action="take")).content.decode()

    assert theirs.reference not in html
    assert [step.pledge for step in PledgeStep.objects.all()] == [mine]


def test_wrong_values_are_kept_and_named(client: Client, reference: Any, steward: Any) -> None:
    pledges = many(reference, 1)
    client.force_login(steward)

    response = client.post(
        BULK, data(pledges, "passed_on", action="preview", note="Typed", unit="")
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert "Choose the receiver." in html
    assert 'value="Typed"' in html


@pytest.mark.parametrize("sent", [{}, {"all": "1", "query": "step=listed"}, {"ids": ""}])
def test_nothing_chosen_leads_back_to_the_list(
    client: Client, reference: Any, steward: Any, sent: dict[str, str]
) -> None:
    client.force_login(steward)

    response = client.post(BULK, sent, follow=True)

    assert response.redirect_chain[-1][1] == 303
    assert "Tick at least one registration." in response.content.decode()


def test_preview_asks_as_much_for_one_as_for_twelve(
    client: Client, reference: Any, steward: Any
) -> None:
    pledges = many(reference, 12)
    client.force_login(steward)
    counts = []
    for number in (1, 1, 3, 12):
        with CaptureQueriesContext(connection) as queries:
            client.post(BULK, data(pledges[:number], "contacted", action="preview"))
        counts.append(len(queries))

    assert counts[1] == counts[2] == counts[3]
    assert counts[3] <= 12


def test_preview_refuses_what_its_owner_wants_only_to_be_kept(
    client: Client, reference: Any, steward: Any
) -> None:
    fine, restricted = many(reference, 2)
    Person.objects.filter(pk=restricted.person_id).update(restricted_at=timezone.now())
    client.force_login(steward)

    html = client.post(
        BULK, data([fine, restricted], "paper_seen", action="preview")
    ).content.decode()

    assert "The step will be recorded for 1 registration." in html
    refused = re.findall(r"<h3>([^<]+?) <span[^>]*>(\d+)</span></h3>\s*<ul[^>]*><li>([^<]+)", html)
    assert [(number, reference) for _why, number, reference in refused] == [
        ("1", restricted.reference)
    ]
    assert "only kept" in refused[0][0]
