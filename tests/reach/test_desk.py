"""The desk's pages: whose numbers one sees, the link shown once, what wordings brought."""

import csv
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.banners import prompts
from registration.banners.models import DayCount, Placement, Prompt
from registration.ledger.choices import EventKind
from registration.reach import services
from registration.reach.models import NumbersLink
from registration.reach.results import results_of, verdict
from registration.units.models import Unit
from tests import factories
from tests.reach.counted import correct, register


@pytest.fixture
def prompt(reference: SimpleNamespace) -> Prompt:
    other = factories.BannerFactory(campaign=reference.campaign, headline_vi="Câu hỏi 2")
    return prompts.make_prompt(
        reference.hospital,
        place="Đặt lịch khám",
        language="vi",
        banners=[reference.banner, other],
        now=timezone.now(),
    )


@pytest.fixture
def stranger(reference: SimpleNamespace) -> Unit:
    unit: Unit = factories.UnitFactory(code="thanh", province=reference.thanh_hoa)
    return unit


def shown(wording: Placement, *, views: int, clicks: int = 0) -> None:
    day = timezone.localdate(timezone=wording.unit.jurisdiction.zone)
    DayCount.objects.create(placement=wording, day=day, views=views, clicks=clicks)


@pytest.mark.parametrize(
    ("who", "own", "units"),
    [("ayse", 200, 403), ("linh", 403, 200), ("steward", 403, 200), ("charlie", 403, 403)],
)
def test_pages_ask_for_their_right(
    client: Client, request: pytest.FixtureRequest, prompt: Prompt, who: str, own: int, units: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    unit, code = "bai-chay", prompt.code

    for rest in ("", "numbers.csv", f"prompts/{code}/", f"prompts/{code}/results.csv"):
        assert client.get(f"/desk/numbers/own/{rest}").status_code == own
        assert client.get(f"/desk/numbers/unit/{unit}/{rest}").status_code == units
    assert client.get("/desk/numbers/").status_code == units
    assert client.post("/desk/numbers/own/link/").status_code == own
    assert client.post(f"/desk/numbers/unit/{unit}/link/").status_code == units


def test_other_provinces_units_do_not_exist(
    client: Client, linh: Any, stranger: Unit, prompt: Prompt
) -> None:
    client.force_login(linh)

    for rest in ("", "numbers.csv", f"prompts/{prompt.code}/"):
        assert client.get(f"/desk/numbers/unit/thanh/{rest}").status_code == 404
    assert client.post("/desk/numbers/unit/thanh/link/").status_code == 404
    assert not NumbersLink.objects.exists()
    assert "thanh" not in client.get("/desk/numbers/").content.decode()


def test_a_prompt_of_another_unit_does_not_exist(
    client: Client, linh: Any, reference: SimpleNamespace, prompt: Prompt
) -> None:
    client.force_login(linh)

    assert client.get(f"/desk/numbers/unit/steward/prompts/{prompt.code}/").status_code == 404


def test_a_link_is_shown_once_and_ends_the_one_before(
    client: Client, ayse: Any, reference: SimpleNamespace
) -> None:
    earlier = services.make_link(reference.hospital, by=None, now=timezone.now())
    client.force_login(ayse)

    page = client.post("/desk/numbers/own/link/").content.decode()

    link = page.partition('value="http://testserver')[2].partition('"')[0]
    assert link.startswith("/vi/numbers/")
    assert client.get(link).status_code == 200
    assert client.get(f"/vi/numbers/{earlier}/").status_code == 410
    assert link not in client.get("/desk/numbers/own/").content.decode()
    assert NumbersLink.objects.get(ended_at=None).made_by == ayse


def test_units_are_listed_with_most_registrations_first(
    client: Client,
    linh: Any,
    reference: SimpleNamespace,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    register(reference, timezone.now(), placement=reference.placement, number=4)
    client.force_login(linh)
    client.get("/desk/numbers/")
    few = count_queries(lambda: client.get("/desk/numbers/"))
    for number in range(5):
        factories.UnitFactory(code=f"more-{number}", province=reference.quang_ninh)

    many = count_queries(lambda: client.get("/desk/numbers/"))

    html = client.get("/desk/numbers/").content.decode()
    codes = [part.partition("/")[0] for part in html.split('href="/desk/numbers/unit/')[1:]]
    assert codes[0] == "bai-chay"
    assert len(codes) == 8
    assert many == few
    found = client.get("/desk/numbers/", {"q": "bai chay"}).content.decode()
    assert found.count('href="/desk/numbers/unit/') == 1


def test_results_count_each_wording_with_its_corrections(
    reference: SimpleNamespace, prompt: Prompt
) -> None:
    first, second = prompt.wordings.order_by("pk")
    shown(first, views=1000, clicks=50)
    shown(second, views=1000, clicks=20)
    wrong, *_rest = register(reference, timezone.now(), placement=first, number=4)
    correct(wrong, timezone.now())
    register(reference, timezone.now(), placement=first, kind=EventKind.PLEDGE_CONFIRMED)
    register(reference, timezone.now(), placement=reference.placement, number=9)

    found = results_of(prompt, language="vi")

    assert [result.cells for result in found] == [
        ["1.000", "50", "3", "1"],
        ["1.000", "20", "0", "0"],
    ]
    assert [result.between for result in found] == ["0,102% – 0,878%", "0,000% – 0,383%"]
    assert verdict(found) == "No difference can be told yet."


@pytest.mark.parametrize(
    ("received", "sentence"),
    [
        ((20, 10), "No difference can be told yet."),
        ((40, 10), "“A” brings the most registrations for its views."),
        ((10, 40), "“B” brings the most registrations for its views."),
    ],
)
def test_verdict_says_what_can_be_told(
    reference: SimpleNamespace, prompt: Prompt, received: tuple[int, int], sentence: str
) -> None:
    for wording, number, name in zip(prompt.wordings.order_by("pk"), received, "AB", strict=True):
        shown(wording, views=1000)
        register(reference, timezone.now(), placement=wording, number=number)
        wording.banner.headline_en = name
        wording.banner.save()

    assert verdict(results_of(prompt, language="en")) == sentence


def test_prompt_page_shows_codes_results_and_a_csv(
    client: Client, ayse: Any, reference: SimpleNamespace, prompt: Prompt
) -> None:
    first, second = prompt.wordings.order_by("pk")
    shown(first, views=200, clicks=10)
    register(reference, timezone.now(), placement=first, number=2)
    client.force_login(ayse)

    html = client.get(f"/desk/numbers/own/prompts/{prompt.code}/").content.decode()
    file = client.get(f"/desk/numbers/own/prompts/{prompt.code}/results.csv")

    assert prompts.image_code(prompt) in unescape(html)
    assert prompts.frame_code(prompt) in unescape(html)
    assert '<svg class="chart"' in html
    assert "style=" not in html
    rows = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert [row[1:] for row in rows[1:]] == [
        [first.code, "200", "10", "2", "0", "0.010000", "0.002747", "0.035722"],
        [second.code, "0", "0", "0", "0", "0.000000", "0.000000", "1.000000"],
    ]
    page = client.get(reverse("reach_desk:own")).content.decode()
    assert f'href="/desk/numbers/own/prompts/{prompt.code}/"' in page
