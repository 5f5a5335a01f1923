"""What each kind of page says about caching, frames, scripts and cookies."""

from types import SimpleNamespace

import pytest
from django.test import Client

from tests.factories import StaffFactory

PRIVATE = {
    "form": "/vi/pledge/vn-22/",
    "choice of province": "/vi/pledge/",
    "unknown receipt": "/vi/pledge/received/nothing/",
    "unknown confirmation": "/vi/pledge/confirm/nothing/",
    "sign-in": "/account/login/",
    "desk": "/desk/",
    "editors": "/cms/",
    "challenge": "/altcha/",
    "sign of life": "/-/live",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_what_is_not_public_is_never_stored(
    client: Client, reference: SimpleNamespace, address: str
) -> None:
    answer = client.get(address)

    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_every_answer_closes_what_it_does_not_need(
    client: Client, reference: SimpleNamespace, address: str
) -> None:
    answer = client.get(address)

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def policy(answer) -> dict[str, str]:
    parts = [part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")]
    return {name: rest[0] if rest else "" for name, *rest in parts}


@pytest.mark.parametrize("address", ["/vi/pledge/vn-22/", "/account/login/"])
def test_public_pages_and_sign_in_run_no_inline_code(
    client: Client, reference: SimpleNamespace, address: str
) -> None:
    found = policy(client.get(address))

    assert (found["default-src"], found["script-src"], found["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert (found["frame-ancestors"], found["base-uri"], found["object-src"]) == (
        "'none'",
        "'none'",
        "'none'",
    )


def test_desk_runs_no_inline_code(client: Client, linh) -> None:
    client.force_login(linh)

    found = policy(client.get("/desk/"))

    assert (found["script-src"], found["style-src"]) == ("'self'", "'self'")


def test_second_factor_leaves_public_pages_without_a_trace_of_cookies(
    client: Client, reference: SimpleNamespace, settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True

    answer = client.get(f"/b/{reference.placement.code}/banner.png")

    assert answer.cookies == {}
    assert "Vary" not in answer.headers


def test_editors_may_be_framed_by_themselves_alone(client: Client, db: None) -> None:
    client.force_login(StaffFactory(is_superuser=True, roles=["administrator"]))

    found = policy(client.get("/cms/"))

    assert found["frame-ancestors"] == "'self'"
    assert found["object-src"] == "'none'"


@pytest.mark.parametrize(
    "address", ["/desk/summaries/?department=%00", "/vi/?b=%00", "/vi/a%00b/", "/c/%00/"]
)
def test_a_nul_in_an_address_is_refused(client: Client, linh, address: str) -> None:
    client.force_login(linh)

    answer = client.get(address, headers={"Accept-Language": "en"})

    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (400, True)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_an_escaped_percent_sign_is_no_nul(client: Client, linh) -> None:
    client.force_login(linh)

    assert client.get("/desk/summaries/?page=%2500").status_code != 400
