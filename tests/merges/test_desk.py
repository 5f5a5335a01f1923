"""The steward's pages on duplicates: the list, two side by side, merging, taking back."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from registration.ledger.models import Event
from registration.merges.models import NotTwins
from registration.merges.twins import find_pairs, with_signals
from registration.pledges.merging import merge_pledges
from registration.pledges.models import Merge, Pledge
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.privacy.models import View
from registration.units.models import Province
from tests import factories
from tests.pledges.registering import NOW, answers, contact_of, register

LIST, MERGED = "/desk/merges/", "/desk/merges/merged/"


def pair_of(reference: Any, **changes: Any) -> tuple[Pledge, Pledge]:
    """One woman whose number was typed with a slip: the confirmed entry and the newer one."""
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)
    told = {"identity_number": "022190123457", "full_name": "NGUYỄN THỊ DIỄM", **changes}
    second = register(reference, answers(reference, **told), now=NOW + timedelta(minutes=1))
    return Pledge.objects.get(pk=first.pk), second


def address(first: Pledge, second: Pledge, what: str = "") -> str:
    return f"/desk/merges/{first.pk}/{second.pk}/{what}"


def found(*provinces: Province) -> list[tuple[set[str], list[str]]]:
    pairs = with_signals(find_pairs(provinces))
    return [
        ({pair.first.reference, pair.second.reference}, [str(word) for word in pair.signals])
        for pair in pairs
    ]


@pytest.mark.parametrize(
    ("changes", "signals"),
    [
        ({}, ["Same e-mail address", "Same telephone number"]),
        ({"email": "DIEM@example.org", "phone": "+84912345679"}, ["Same e-mail address"]),
        ({"email": "other@example.org", "phone": "+84912345679"}, []),
    ],
    ids=["both", "mailbox", "neither"],
)
def test_same_name_and_birth_date_make_a_pair(
    reference: Any, changes: dict[str, str], signals: list[str]
) -> None:
    first, second = pair_of(reference, **changes)

    expected = ["Same name and date of birth", *signals]
    assert found(reference.quang_ninh) == [({first.reference, second.reference}, expected)]


@pytest.mark.parametrize(
    "changes",
    [{"birth_date": date(1990, 3, 28)}, {"full_name": "Nguyễn Thị Diệp"}],
    ids=["birth date", "name"],
)
def test_a_shared_mailbox_alone_is_no_pair(reference: Any, changes: dict[str, Any]) -> None:
    pair_of(reference, **changes)

    assert found(reference.quang_ninh) == []


def test_one_person_s_own_entries_and_ended_ones_are_no_pair(reference: Any) -> None:
    register(reference)
    register(reference)
    ended = register(reference, answers(reference, identity_number="022190123457"))
    withdraw_pledge(ended, now=NOW)

    assert found(reference.quang_ninh) == []


def test_a_twin_in_another_province_is_not_shown(reference: Any) -> None:
    register(reference)
    register(
        reference,
        answers(
            reference, identity_number="022190123457", province=reference.thanh_hoa, locality=None
        ),
    )

    assert found(reference.quang_ninh) == []
    assert len(found(reference.quang_ninh, reference.thanh_hoa)) == 1


def test_list_names_nobody_opens_no_seal_and_asks_a_fixed_number(
    client: Client, reference: Any, steward: Any, count_queries: Callable[..., int]
) -> None:
    client.force_login(steward)
    pair_of(reference)
    client.get(LIST)
    counts = [count_queries(lambda: client.get(LIST))]
    for number in range(3):
        register(reference, answers(reference, identity_number=f"02219012346{number}"))
    counts.append(count_queries(lambda: client.get(LIST)))

    html = client.get(LIST).content.decode()

    assert counts[0] == counts[1]
    assert counts[0] <= 10
    assert html.count("/dismiss/") == 10
    for value in ("Diễm", "DIỄM", "022190", "example.org", "0912"):
        assert value not in html
    assert not View.objects.exists()


def test_both_are_shown_side_by_side_and_logged_first(
    client: Client, reference: Any, steward: Any
) -> None:
    first, second = pair_of(reference)
    client.force_login(steward)

    html = client.get(address(second, first)).content.decode()

    for value in ("022190123456", "022190123457", "Nguyễn Thị Diễm", "NGUYỄN THỊ DIỄM"):
        assert value in html
    views = View.objects.order_by("id").values_list("subject", "staff", "page")
    assert list(views) == [
        (second.pk, steward.pk, "merges:compare"),
        (first.pk, steward.pk, "merges:compare"),
    ]
    with translation.override("vi"):
        why = gettext("Check for duplicates")
    assert list(View.objects.values_list("reason", flat=True)) == [why, why]
    differing = re.findall(r'<tr role="row" class="differs">.*?</tr>', html, re.DOTALL)
    # State, identity, time of confirmation, next to the number: not the name in capitals.
    assert len(differing) == html.count("tag-warning")
    assert any("022190123457" in line for line in differing)
    assert not any("DIỄM" in line for line in differing)
    (ticked,) = re.findall(r'<input type="radio"[^>]*checked[^>]*>', html)
    assert str(first.pk) in ticked


@pytest.mark.parametrize(
    "changes", [{"full_name": "Trần Văn Khoa"}, {"birth_date": date(1990, 3, 28)}]
)
def test_two_who_are_not_alike_are_neither_shown_nor_merged(
    client: Client, reference: Any, steward: Any, changes: dict[str, Any]
) -> None:
    first, second = pair_of(reference, **changes)
    client.force_login(steward)

    pages = [
        client.get(address(first, second)),
        client.post(address(first, second), {"kept": str(first.pk), "reason": "Called her."}),
    ]

    assert [page.status_code for page in pages] == [403, 403]
    assert not any("02219" in page.content.decode() for page in pages)
    assert (View.objects.count(), Merge.objects.count()) == (0, 0)


def test_nothing_is_shown_when_a_view_cannot_be_logged(
    client: Client, reference: Any, steward: Any
) -> None:
    pair = pair_of(reference)
    client.force_login(steward)
    inserts: list[str] = []

    def refuse_second(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "privacy_view" in sql:
            inserts.append(sql)
            if len(inserts) == 2:
                sql = sql.replace("privacy_view", "privacy_view_gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_second):
        response = client.get(address(*pair))

    assert response.status_code == 503
    assert "Diễm" not in response.content.decode()


def test_merging_from_the_page(client: Client, reference: Any, steward: Any) -> None:
    first, second = pair_of(reference)
    client.force_login(steward)
    data = {"kept": str(first.pk), "reason": "Called her: the first number was mistyped."}

    response = client.post(address(second, first), data)

    assert (response.status_code, response["Location"]) == (303, MERGED)
    merge = Merge.objects.get()
    assert (merge.kept, merge.merged, merge.staff) == (first, second, steward)
    assert merge.reason == data["reason"]
    second.refresh_from_db()
    assert second.state == "merged"
    page = client.get(MERGED).content.decode()
    assert [one.reference in page for one in (first, second)] == [True, True]
    assert f"{merge.pk}/take-back/" in page
    assert found(reference.quang_ninh) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [({"reason": ""}, None), ({"kept": "other"}, None), ({"kept": "worse"}, "kept_unconfirmed")],
)
def test_refused_merge_shows_the_page_again(
    client: Client, reference: Any, steward: Any, data: dict[str, str], code: str | None
) -> None:
    first, second = pair_of(reference)
    client.force_login(steward)
    if data.get("kept") == "worse":
        data = {"kept": str(second.pk)}
    sent = {"kept": str(first.pk), "reason": "Called her.", **data}

    page = client.post(address(first, second), sent)

    assert (page.status_code, Merge.objects.count()) == (422, 0)
    trouble = page.context["trouble"]
    assert (trouble.code if trouble else None) == code


def test_dismissed_pair_is_not_shown_again(client: Client, reference: Any, steward: Any) -> None:
    first, second = pair_of(reference)
    client.force_login(steward)

    for pair in ((first, second), (second, first)):
        assert client.post(address(*pair, "dismiss/")).status_code == 303

    assert NotTwins.objects.count() == 1
    assert found(reference.quang_ninh) == []
    # Of the same two persons a later entry is no news either.
    register(reference, answers(reference, identity_number="022190123457"))
    assert found(reference.quang_ninh) == []


def test_take_back_from_the_list_and_too_late(client: Client, reference: Any, steward: Any) -> None:
    first, second = pair_of(reference)
    merge = merge_pledges(first, second, staff=steward, reason="Called her.", now=NOW)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        client.force_login(steward)
        late = client.post(f"{MERGED}{merge.pk}/take-back/", follow=True).content.decode()
    assert "notice-danger" in late
    assert "take-back" not in late
    assert Pledge.objects.get(pk=second.pk).state == "merged"

    with time_machine.travel(NOW + timedelta(days=29), tick=False):
        client.force_login(steward)
        page = client.post(f"{MERGED}{merge.pk}/take-back/", follow=True).content.decode()

    assert "notice-success" in page
    assert Pledge.objects.get(pk=second.pk).state == "received"
    assert Event.objects.filter(kind="entry.restored").count() == 1


def test_another_province_s_steward_gets_nothing(
    client: Client, reference: Any, steward: Any
) -> None:
    first, second = pair_of(reference)
    merge = merge_pledges(first, second, staff=steward, reason="Called her.", now=NOW)
    stranger = factories.StaffFactory(
        username="hoa", unit=reference.thanh_hoa_department, roles=["steward"]
    )
    client.force_login(stranger)

    pages = [client.get(url).content.decode() for url in (LIST, MERGED)]
    posts = [address(first, second), address(first, second, "dismiss/")]
    posts.append(f"{MERGED}{merge.pk}/take-back/")

    assert not any(first.reference in page for page in pages)
    assert client.get(address(first, second), follow=True).status_code == 404
    assert {client.post(url).status_code for url in posts} == {404}
    assert not View.objects.exists()
    assert Merge.objects.get().taken_back_at is None


@pytest.mark.parametrize("who", ["ayse", "linh", "charlie", None])
def test_others_are_refused(
    client: Client, reference: Any, who: str | None, request: pytest.FixtureRequest
) -> None:
    first, second = pair_of(reference)
    if who:
        client.force_login(request.getfixturevalue(who))

    gets = [LIST, MERGED, address(first, second)]
    posts = [address(first, second), address(first, second, "dismiss/")]

    status = 403 if who else 302
    assert {client.get(url).status_code for url in gets} == {status}
    assert {client.post(url).status_code for url in posts} == {status}
    assert not View.objects.exists()
