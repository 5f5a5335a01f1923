"""What a component asks for and what a frame shows: on anybody's page, never an error."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from registration.banners.models import Banner, BannerOwner, Origin, Placement
from registration.banners.origins import allowed_origins, origin_of
from registration.banners.pictures import general_picture
from registration.campaigns.models import UnitTarget
from registration.units.models import Unit
from tests import factories

SITE = "https://benhvienbaichay.vn"
UNKNOWN = ["zzzzzzzzzz", "x", "%00%0a%E1%BB%85", "'--", "a" * 3000]


@pytest.fixture
def code(reference: SimpleNamespace) -> str:
    Unit.objects.filter(pk=reference.hospital.pk).update(website=f"{SITE}/tin-tuc/?id=1")
    return str(reference.placement.code)


def ancestors(answer: HttpResponse) -> str:
    policy = answer.headers["Content-Security-Policy"]
    return policy.partition("frame-ancestors ")[2]


# --- The component's figures ---------------------------------------------------------------------


def test_figures_are_the_words_of_each_language_and_the_progress(
    client: Client, reference: SimpleNamespace, code: str
) -> None:
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.hospital, people=1500)

    told = client.get(f"/b/{code.upper()}/banner.json").json()

    assert told["progress"] == {"reached": 0, "goal": 1500, "share": 0}
    assert (told["version"], told["language"], told["size"]) == (1, "vi", "728x90")
    assert told["texts"]["en"] == {
        "headline": "Register to donate organs and tissues",
        "call": "Register",
        "owner": "Quảng Ninh Department of Health",
        "progress": "0 of 1,500 registrations",
        "dir": "ltr",
    }
    assert told["texts"]["vi"]["headline"] == "Đăng ký hiến tặng mô, tạng"
    assert list(told["texts"]) == ["vi", "tr", "en"]
    assert set(told["colours"]) == {
        "ground", "ink", "soft", "button", "button_ink", "track", "bar", "heart", "vein"
    }  # fmt: skip


def test_figures_may_be_asked_for_by_any_page_and_set_nothing(client: Client, code: str) -> None:
    answer = client.get(f"/b/{code}/banner.json", headers={"Origin": "https://elsewhere.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=140"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Referrer-Policy"] == "origin"
    assert "Vary" not in answer.headers
    assert answer.cookies == {}


def test_figures_take_as_many_queries_for_three_owners_as_for_one(
    client: Client,
    reference: SimpleNamespace,
    code: str,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def ask() -> None:
        client.get(f"/b/{code}/banner.json")

    ask()
    BannerOwner.objects.create(banner=reference.banner, unit=reference.hospital)
    one = count_queries(ask)
    for _owner in range(2):
        BannerOwner.objects.create(banner=reference.banner, unit=factories.UnitFactory())

    assert count_queries(ask) == one <= 4


@pytest.mark.parametrize(
    "change",
    [
        {"live": False},
        {"starts_on": date(2999, 1, 1)},
        {"ends_on": date(2024, 1, 1)},
    ],
    ids=["not published", "not yet", "no longer"],
)
def test_figures_of_a_banner_that_is_not_shown_are_the_general_ones(
    client: Client, code: str, change: dict[str, Any]
) -> None:
    Banner.objects.update(**change)

    told = client.get(f"/b/{code}/banner.json").json()

    assert told["texts"]["en"]["headline"] == "Organ and blood donation"
    assert (told["language"], told["progress"]) == ("vi", None)


def test_figures_of_a_photo_leave_the_picture_to_be_shown(client: Client, code: str) -> None:
    Banner.objects.update(look="photo")

    assert client.get(f"/b/{code}/banner.json").json()["colours"] is None


def test_figures_of_the_light_look_have_colours_for_the_dark(client: Client, code: str) -> None:
    Banner.objects.update(look="light")

    colours = client.get(f"/b/{code}/banner.json").json()["colours"]

    assert (colours["ground"], colours["dark"]["ground"]) == ("#ffffff", "#083f3e")


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_figures_of_an_unknown_code_are_the_general_ones_in_the_readers_language(
    client: Client, reference: SimpleNamespace, unknown: str
) -> None:
    answer = client.get(f"/b/{unknown}/banner.json", headers={"Accept-Language": "tr"})

    assert answer.status_code == 200
    assert (answer.json()["language"], answer.json()["progress"]) == ("tr", None)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept-Language"


# --- The frame -----------------------------------------------------------------------------------


def test_frame_shows_the_picture_and_leads_out_of_the_frame(client: Client, code: str) -> None:
    answer = client.get(f"/b/{code}/frame/")

    html = answer.content.decode()
    assert f'<a href="/b/{code}/" target="_top"><img src="/b/{code}/banner.png"' in html
    assert 'width="728" height="90" alt="Cho đi là còn mãi: đăng ký hiến tặng mô, tạng"' in html
    assert '<html lang="vi" dir="ltr">' in html
    assert not [word for word in ("<form", "<script", "csrf", "style=") if word in html]


def test_frame_says_what_a_page_in_a_frame_must_say(client: Client, code: str) -> None:
    answer = client.get(f"/b/{code}/frame/")

    headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" form-action 'none'; frame-ancestors {SITE}"
    )
    assert "X-Frame-Options" not in headers
    assert headers["Cache-Control"] == "public, max-age=140"
    assert headers["Referrer-Policy"] == "origin"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Vary" not in headers
    assert answer.cookies == {}


def test_frame_may_be_framed_by_further_websites_of_the_same_unit_alone(
    client: Client, reference: SimpleNamespace, code: str
) -> None:
    Origin.objects.create(unit=reference.hospital, origin="https://khoasan.example.vn")
    Origin.objects.create(unit=reference.steward, origin="https://benhvientinh.example.vn")

    assert ancestors(client.get(f"/b/{code}/frame/")) == f"{SITE} https://khoasan.example.vn"


@pytest.mark.parametrize("website", ["", "ftp://baichay.vn/", "https://", "https://a b.vn;*/"])
def test_frame_of_a_unit_without_a_website_is_framed_by_nobody(
    client: Client, reference: SimpleNamespace, code: str, website: str
) -> None:
    Unit.objects.filter(pk=reference.hospital.pk).update(website=website)

    answer = client.get(f"/b/{code}/frame/")

    assert ancestors(answer) == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_frame_of_a_closed_placement_shows_the_general_banner_where_the_other_stood(
    client: Client, code: str
) -> None:
    Placement.objects.update(closed_at=timezone.now(), size="300x250", language="tr")

    answer = client.get(f"/b/{code}/frame/")

    assert ancestors(answer) == SITE
    alt = general_picture("tr").headline
    assert f'width="300" height="250" alt="{alt}"' in answer.content.decode()


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize(
    ("referrer", "allowed"),
    [
        (f"{SITE}/", SITE),
        ("https://BENHVIENBAICHAY.vn:443/trang?x=1", SITE),
        ("https://benhvien.vn/", "'none'"),
        ("http://benhvienbaichay.vn/", "'none'"),
        ("https://benhvienbaichay.vn.evil.example/", "'none'"),
        ("https://evil.example/https://benhvienbaichay.vn", "'none'"),
        ("", "'none'"),
    ],
)
def test_frame_of_an_unknown_code_is_shown_to_the_website_of_a_unit(
    client: Client, code: str, unknown: str, referrer: str, allowed: str
) -> None:
    answer = client.get(f"/b/{unknown}/frame/", headers={"Referer": referrer})

    assert (answer.status_code, ancestors(answer)) == (200, allowed)
    assert ("X-Frame-Options" in answer.headers) == (allowed == "'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_frame_of_an_unknown_code_is_shown_to_units_that_take_part(
    client: Client, reference: SimpleNamespace, code: str
) -> None:
    Origin.objects.create(unit=reference.hospital, origin="https://khoasan.example.vn")

    def allowed() -> str:
        referrer = {"Referer": "https://khoasan.example.vn/"}
        return ancestors(client.get("/b/zzzzzzzzzz/frame/", headers=referrer))

    assert allowed() == "https://khoasan.example.vn"
    Unit.objects.update(is_active=False)
    assert allowed() == "'none'"


@pytest.mark.parametrize("address", ["banner.json", "frame/"])
def test_an_unknown_code_leaves_one_line_in_the_log(
    client: Client, reference: SimpleNamespace, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level("INFO", logger="registration.banners")

    client.get(f"/b/%0aERROR%20forged/{address}")

    assert [record.getMessage() for record in caplog.records] == [
        "A banner was asked for that is not placed: '\\nERROR forged'"
    ]


# --- Origins -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://www.bv.vn/a/b?c=d#e", "https://www.bv.vn"),
        ("HTTPS://User:pass@WWW.BV.VN:443/", "https://www.bv.vn"),
        ("http://bv.vn:80", "http://bv.vn"),
        ("http://bv.vn:8080", "http://bv.vn:8080"),
        ("https://bệnhviện.vn/", "https://xn--bnhvin-ik8be.vn"),
        ("https://hastane-şişli.com.tr", "https://xn--hastane-ili-ygcb.com.tr"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("javascript:alert(1)", None),
        ("//bv.vn/", None),
        ("https://bv.vn; script-src *", None),
        ("https://*.vn", None),
        ("https://bv.vn:99999", None),
        ("https://" + "a" * 70 + ".vn", None),
        ("", None),
    ],
)
def test_origin_of(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    ("website", "further", "allowed"),
    [
        ("https://a.vn/x", [], ["https://a.vn"]),
        ("https://a.vn", ["https://a.vn", "https://b.vn"], ["https://a.vn", "https://b.vn"]),
        ("https://a.vn", ["http://b.vn"], ["https://a.vn"]),
        (
            "http://a.vn",
            ["http://b.vn"],
            ["http://a.vn", "https://a.vn", "http://b.vn", "https://b.vn"],
        ),
        ("", ["https://b.vn", "http://c.vn"], ["https://b.vn"]),
    ],
    ids=["own", "doubles", "http beside https", "http as the unit's own", "no website"],
)
def test_allowed_origins(website: str, further: list[str], allowed: list[str]) -> None:
    assert allowed_origins(website, further) == allowed
