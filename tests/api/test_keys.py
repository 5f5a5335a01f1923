"""Keys: made once, kept as a hash, and what a request with one is told."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from registration.accounts.models import Staff
from registration.api import entrance
from registration.api.keys import hash_of
from registration.api.models import ApiKey
from registration.api.rules import MOST_KEYS
from registration.api.services import end_key, make_key
from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.outbox.models import Message
from registration.units.models import Unit
from tests.factories import StaffFactory

Read = Callable[..., Any]
WRONG = f"dp_abcdefg2_{'A' * 43}"


def make(unit: Unit, staff: Staff, **facts: Any) -> tuple[ApiKey, str]:
    values = {"prefix": "abcdefg2", "label": "Máy chủ", "scopes": ["units"], "days": 30}
    values |= {"is_outside": False, **facts}
    return make_key(unit, staff=staff, now=timezone.now(), **values)  # type: ignore[arg-type]


def test_make_key_keeps_only_a_hash(reference: SimpleNamespace, linh: Staff) -> None:
    key, token = make(reference.quang_ninh_department, linh)

    secret = token.split("_", 2)[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM api_apikey")
        stored = str(cursor.fetchall())
    assert token.startswith("dp_abcdefg2_")
    assert (len(secret), secret in stored, hash_of(token) in stored) == (43, False, True)
    assert (key.scopes, key.is_outside, key.made_by) == ("units", False, linh)
    assert key.expires_at - key.made_at == timedelta(days=30)


def test_make_key_twice_makes_one(reference: SimpleNamespace, linh: Staff) -> None:
    key, _token = make(reference.quang_ninh_department, linh)

    with pytest.raises(RuleBroken) as broken:
        make(reference.quang_ninh_department, linh, label="again")

    assert broken.value.code == "key_made_already"
    assert list(ApiKey.objects.values_list("label")) == [(key.label,)]


def test_a_ministrys_key_is_always_outside(ministry: Unit, linh: Staff) -> None:
    key, _token = make(ministry, linh, is_outside=False)

    assert key.is_outside


def test_end_key_ends_at_once_and_once(
    reference: SimpleNamespace, linh: Staff, administrator: Staff, read: Read
) -> None:
    key, token = make(reference.quang_ninh_department, linh)
    assert read(token, "me").status_code == 200

    answers = [end_key(key, staff=staff, now=timezone.now()) for staff in (linh, administrator)]

    assert answers == [True, False]
    assert read(token, "me").json()["type"].endswith("#key_ended")
    assert ApiKey.objects.get().ended_by == linh


def test_last_use_is_written_at_most_hourly(
    give: Callable[..., str], read: Read, count_queries: Callable[..., int]
) -> None:
    token = give()

    read(token, "me")
    first = ApiKey.objects.get().last_used_at
    read(token, "me")
    second = ApiKey.objects.get().last_used_at
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=61))
    read(token, "me")

    assert first is not None
    assert second == first
    assert ApiKey.objects.get().last_used_at > first


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "key_missing"),
        ("Basic dXNlcjpwYXNz", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer nonsense", "key_unknown"),
        (f"Bearer {WRONG}", "key_unknown"),
    ],
)
def test_without_a_valid_key_nothing_is_told(
    told: SimpleNamespace, client: Client, header: str | None, code: str
) -> None:
    headers = {"Authorization": header} if header else {}
    bodies = [
        client.get(f"/api/v1/summaries/{name}/2025-11-20", headers=headers)
        for name in ("quang-ninh", "nowhere")
    ]

    assert [each.status_code for each in bodies] == [401, 401]
    assert {each.json()["type"] for each in bodies} == {f"http://testserver/api/v1/docs#{code}"}
    assert all("WWW-Authenticate" in each for each in bodies)
    assert all(not each.cookies for each in bodies)


def test_a_key_in_the_address_opens_nothing(give: Callable[..., str], client: Client) -> None:
    token = give()

    answer = client.get("/api/v1/me", {"key": token, "access_token": token})

    assert answer.status_code == 401


def test_an_expired_key_is_told_so(give: Callable[..., str], read: Read) -> None:
    token = give(made_at=timezone.now() - timedelta(days=90))

    answer = read(token, "me")

    assert (answer.status_code, answer.json()["type"][-12:]) == (401, "#key_expired")


@pytest.mark.parametrize(
    ("scope", "opens"),
    [
        ("summaries", ["summaries", "summaries/{0}/2025-11-20", "periods/{0}"]),
        ("provisional", ["provisional/{0}"]),
        ("units", ["units", "campaigns"]),
    ],
)
def test_a_scope_opens_its_routes_and_no_other(
    told: SimpleNamespace, give: Callable[..., str], read: Read, scope: str, opens: list[str]
) -> None:
    """The answer of a missing scope is the same whether the thing exists or not."""
    token = give(scopes=[scope])
    paths = [
        "summaries",
        "summaries/{0}/2025-11-20",
        "periods/{0}",
        "provisional/{0}",
        "units",
        "campaigns",
        "totals",
    ]

    for path in paths:
        answers = [read(token, path.format(name)) for name in ("quang-ninh", "nowhere")]
        statuses = {each.status_code for each in answers}
        assert (statuses == {403}) is (path not in opens), path


@pytest.mark.parametrize(
    "path",
    [
        "summaries?department={0}",
        "summaries/{0}/2025-11-20",
        "summaries/{0}/2025-11-20/documents/pdf",
        "provisional/{0}",
        "periods/{0}?from=2025-11-20&to=2025-11-20",
        "units?department={0}",
        "campaigns?department={0}",
    ],
)
def test_another_department_is_as_one_that_does_not_exist(
    told: SimpleNamespace, give: Callable[..., str], ministry: Unit, read: Read, path: str
) -> None:
    """Adana for a key of Quảng Ninh and for Viet Nam's ministry."""
    for token in (give(), give(ministry)):
        answers = [read(token, path.format(name)) for name in ("adana", "nowhere")]

        bodies = [{**each.json(), "instance": ""} for each in answers]
        assert [each.status_code for each in answers] == [404, 404]
        assert bodies[0] == bodies[1]


def test_a_key_has_its_requests_and_no_more(
    give: Callable[..., str], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "OF_KEY", Limit("api-key", times=2, seconds=86_400))
    token, other = give(), give()

    answers = [read(token, "me") for _time in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each["RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
    assert all(each["RateLimit-Limit"] == "2" for each in answers)
    assert answers[2]["Retry-After"] == answers[2]["RateLimit-Reset"]
    assert 0 < int(answers[2]["Retry-After"]) <= 86_400
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert read(other, "me").status_code == 200


def test_wrong_keys_are_limited_by_network_and_right_ones_pass(
    give: Callable[..., str], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "OF_WRONG_KEYS", Limit("api-wrong", times=2, seconds=86_400))

    answers = [read(WRONG, "me") for _time in range(3)]

    assert [each.status_code for each in answers] == [401, 401, 429]
    assert "Retry-After" in answers[2]
    assert read(give(), "me").status_code == 200


def test_the_units_other_keepers_are_told(
    reference: SimpleNamespace, linh: Staff, administrator: Staff, charlie: Staff
) -> None:
    """Of a sole keeper the administrators are told; of two, one the other."""
    StaffFactory(username="ali", unit=reference.adana_department, roles=["department"])
    key, token = make(reference.quang_ninh_department, linh)
    StaffFactory(
        username="hoa", unit=reference.quang_ninh_department, language="vi", roles=["department"]
    )

    for _press in range(2):
        end_key(key, staff=linh, now=timezone.now())

    messages = list(Message.objects.filter(kind__startswith="api/").order_by("-kind"))
    assert [(each.kind, each.recipient, each.language) for each in messages] == [
        ("api/key_made", administrator.email, "tr"),
        ("api/key_ended", "hoa@example.org", "vi"),
    ]
    for message in messages:
        written = message.subject + message.text
        assert f"dp_{key.prefix}_…" in message.subject
        assert token not in written
        assert all(each in message.text for each in ("Linh", "Máy chủ", "/desk/keys/"))


def leaves(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False)


def loses_the_role(staff: Staff) -> None:
    staff.roles.all().delete()


def moves_away(staff: Staff) -> None:
    adana = Unit.objects.get(code="adana")
    Staff.objects.filter(pk=staff.pk).update(unit=adana)


@pytest.mark.parametrize("goes", [leaves, loses_the_role, moves_away])
def test_small_figures_are_closed_once_the_keys_maker_is_no_keeper(
    linh: Staff,
    reference: SimpleNamespace,
    give: Callable[..., str],
    read: Read,
    goes: Callable[[Staff], None],
) -> None:
    own, outside = give(), give(is_outside=True)
    assert [read(token, "me").status_code for token in (own, outside)] == [200, 200]

    goes(linh)

    assert [read(token, "me").status_code for token in (own, outside)] == [401, 200]
    assert read(own, "me").json()["type"].endswith("#key_ended")


def test_a_unit_has_so_many_valid_keys_and_no_more(
    reference: SimpleNamespace, linh: Staff, ministry: Unit, give: Callable[..., str]
) -> None:
    give(made_at=timezone.now() - timedelta(days=90))
    give(ministry)
    tokens = [give() for _number in range(MOST_KEYS)]

    with pytest.raises(RuleBroken) as broken:
        give()

    assert (broken.value.code, "20" in broken.value.sentence) == ("too_many_keys", True)
    with pytest.raises(RuleBroken) as again:
        make(reference.quang_ninh_department, linh, prefix=tokens[0].split("_")[1])
    assert again.value.code == "key_made_already"
    end_key(ApiKey.objects.get(prefix=tokens[0].split("_")[1]), staff=linh, now=timezone.now())
    assert give()
