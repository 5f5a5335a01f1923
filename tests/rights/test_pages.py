import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from registration.intake import gate
from registration.pledges.services import confirm_pledge
from registration.privacy.models import View
from registration.rights.models import DataRequest
from tests.factories import StaffFactory
from tests.intake.visits import form_key
from tests.pledges.registering import NOW, contact_of, register
from tests.rights.asking import ask

pytestmark = pytest.mark.usefixtures("clocks")


def told(reference: Any, **changes: Any) -> dict[str, Any]:
    return {
        "form_key": form_key(),
        "kind": "erase",
        "province": reference.quang_ninh.pk,
        "full_name": "Đặng Thị Ngân",
        "email": "ngan@example.org",
        **changes,
    }


def test_request_is_filed_and_its_page_names_nobody(client: Client, reference: Any) -> None:
    response = client.post("/en/my-data/vn/", told(reference))
    page = client.get(response["Location"])

    filed = DataRequest.objects.get()
    text = page.content.decode()
    assert response.status_code == 303
    assert filed.reference in text
    assert "10/12/2026" not in text or filed.act_due_at
    assert not re.search("Ngân|ngan@", text)
    assert page["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": ""}, "Choose what you ask."),
        ({"email": "", "phone": ""}, "Write an e-mail address or a telephone number"),
        ({"text": "see www.evil.example.com"}, "Write no internet addresses here."),
        ({"website": "x"}, "Press the button again."),
    ],
)
def test_refused_request_keeps_what_was_typed(
    client: Client, reference: Any, changes: dict[str, str], sentence: str
) -> None:
    response = client.post("/en/my-data/vn/", told(reference, **changes))

    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert "Đặng Thị Ngân" in text
    assert not DataRequest.objects.exists()


def test_robot_that_fills_the_trap_files_nothing(client: Client, reference: Any) -> None:
    trapped = client.post("/en/my-data/vn/", told(reference, website="http://spam.example.org"))
    person = client.post("/en/my-data/vn/", told(reference, website=""))

    assert (trapped.status_code, person.status_code) == (422, 303)
    assert DataRequest.objects.count() == 1


def test_sender_beyond_the_limit_is_refused(
    client: Client, reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SENDER_HELD", replace(gate.SENDER_HELD, times=2))

    answers = [client.post("/en/my-data/vn/", told(reference)) for _each in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Đặng Thị Ngân" in answers[-1].content.decode()
    assert DataRequest.objects.count() == 2


def test_double_click_is_one_request(client: Client, reference: Any) -> None:
    data = told(reference)

    first, second = (client.post("/en/my-data/vn/", data) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert DataRequest.objects.count() == 1


def test_overview_names_the_clocks_of_both_countries(client: Client, reference: Any) -> None:
    text = client.get("/en/my-data/").content.decode()

    assert "2 working days" in text
    assert "30 days" in text


def test_desk_shows_references_and_one_request_is_logged(
    client: Client, reference: Any, officer: Any
) -> None:
    filed = ask(reference)
    client.force_login(officer)

    listed = client.get("/desk/requests/").content.decode()
    logged_before = View.objects.count()
    shown = client.get(f"/desk/requests/{filed.pk}/").content.decode()

    assert filed.reference in listed
    assert "Diễm" not in listed
    assert logged_before == 0
    assert "Nguyễn Thị Diễm" in shown
    assert View.objects.get().subject == filed.pk


def test_desk_carries_out_with_the_person_named(
    client: Client, reference: Any, officer: Any
) -> None:
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    filed = ask(reference, registration_reference=pledge.reference)
    client.force_login(officer)
    url = f"/desk/requests/{filed.pk}/"

    refused = client.post(url, {"action": "carry_out", "answer": "It is all erased now."})
    client.post(url, {"action": "name", "reference": pledge.reference})
    done = client.post(url, {"action": "carry_out", "answer": "It is all erased now."})
    letter = client.get(f"{url}letter/")

    assert refused.status_code == 422
    assert "It is all erased now." in refused.content.decode()
    assert done.status_code == 302
    assert letter.content.startswith(b"%PDF")
    assert "Print the letter and post it" in client.get(url).content.decode()


def test_others_see_no_request(client: Client, reference: Any, charlie: Any, steward: Any) -> None:
    filed = ask(reference)
    abroad = StaffFactory(
        username="mai", unit=reference.thanh_hoa_department, roles=["data_officer"]
    )
    answers = []
    for staff in (charlie, steward, abroad):
        client.force_login(staff)
        answers.append(client.get(f"/desk/requests/{filed.pk}/").status_code)

    assert answers == [403, 403, 404]
    assert not View.objects.exists()


def test_list_asks_the_same_for_one_and_three(
    client: Client, reference: Any, officer: Any, count_queries: Any
) -> None:
    client.force_login(officer)
    ask(reference)
    client.get("/desk/requests/")
    one = count_queries(lambda: client.get("/desk/requests/"))
    ask(reference)
    ask(reference)

    assert count_queries(lambda: client.get("/desk/requests/")) == one
