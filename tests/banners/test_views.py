from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from registration.banners import pictures, targets
from registration.banners.counting import count_notes
from registration.banners.models import Banner, DayCount, Placement

DAY = date(2026, 11, 20)
Counted = Callable[[], list[tuple[str, int, int]]]
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


def get(client: Client, path: str, **headers: str) -> HttpResponse:
    return client.get(path, headers={**READER, **headers})


@pytest.fixture
def counted(settings: Any, tmp_path: Path) -> Callable[[], list[tuple[str, int, int]]]:
    """Day, views and clicks of what was noted until now."""
    settings.SEEN_DIR = tmp_path

    def count() -> list[tuple[str, int, int]]:
        count_notes(now=timezone.now())
        return [(f"{row.day:%d.%m.}", row.views, row.clicks) for row in DayCount.objects.all()]

    return count


def size_of(answer: HttpResponse) -> tuple[int, int]:
    return Image.open(BytesIO(answer.content)).size


@time_machine.travel(datetime(2026, 11, 20, 18, 0, tzinfo=UTC), tick=False)
def test_click_leads_on_and_is_counted_on_the_day_of_the_units_zone(
    client: Client, reference: SimpleNamespace, counted: Counted
) -> None:
    placement = reference.placement

    answer = get(client, f"/b/{placement.code.upper()}/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/vi/pledge/vn-22/?b={placement.code}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.cookies == {}
    # In Vietnam the 21st has begun an hour ago.
    assert counted() == [("21.11.", 0, 1)]


def test_click_takes_one_query_though_a_page_is_looked_up(
    client: Client,
    counted: Counted,
    reference: SimpleNamespace,
    max_queries: Callable[[int], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find(campaign: Any, language: str) -> str:
        Banner.objects.count()
        return "/vi/hien-tang/"

    monkeypatch.setattr(targets, "_finders", [find])
    get(client, f"/b/{reference.placement.code}/")

    with max_queries(1):
        answer = get(client, f"/b/{reference.placement.code}/")

    assert answer.headers["Location"] == f"/vi/hien-tang/?b={reference.placement.code}"
    # The same visitor, twice.
    assert [clicks for _day, _views, clicks in counted()] == [1]


def test_click_drops_what_came_from_outside(client: Client, reference: SimpleNamespace) -> None:
    code = reference.placement.code

    answer = get(client, f"/b/{code}/?b=OTHER&next=https://evil.example&utm_source=x")

    assert answer.headers["Location"] == f"/vi/pledge/vn-22/?b={code}"


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"User-Agent": "bingbot"}]
)
def test_click_of_a_machine_leads_on_and_is_not_counted(
    client: Client, reference: SimpleNamespace, headers: dict[str, str], counted: Counted
) -> None:
    answer = get(client, f"/b/{reference.placement.code}/", **headers)

    assert answer.status_code == 302
    assert counted() == []


def test_head_is_not_counted(client: Client, reference: SimpleNamespace, counted: Counted) -> None:
    answer = client.head(f"/b/{reference.placement.code}/", headers=READER)

    assert answer.status_code == 302
    assert counted() == []


@pytest.mark.parametrize("code", ["zzzzzzzzzz", "x", "%00%0a%E1%BB%85", "'--", "a" * 3000])
@pytest.mark.parametrize(
    ("accepted", "target"),
    [("vi-VN,vi;q=0.9", "/vi/"), ("tr", "/tr/"), ("de,fr", "/en/"), ("", "/en/")],
)
def test_click_on_an_unknown_code_leads_to_the_front_page_in_the_readers_language(
    client: Client,
    reference: SimpleNamespace,
    code: str,
    accepted: str,
    target: str,
    counted: Counted,
) -> None:
    answer = get(client, f"/b/{code}/", **{"Accept-Language": accepted})

    assert (answer.status_code, answer.headers["Location"]) == (302, target)
    assert answer.headers["Cache-Control"] == "no-store"
    assert counted() == []


def test_click_on_an_unknown_code_leaves_one_line_in_the_log(
    client: Client, reference: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="registration.banners")

    get(client, "/b/%0aERROR%20forged%E1%BB%85/")

    assert [record.getMessage() for record in caplog.records] == [
        "A click on a banner that is not placed: '\\nERROR forged\\u1ec5'"
    ]


def test_click_on_a_closed_placement_leads_to_the_front_page(
    client: Client, reference: SimpleNamespace, counted: Counted
) -> None:
    Placement.objects.update(closed_at=timezone.now())

    answer = get(client, f"/b/{reference.placement.code}/", **{"Accept-Language": "vi"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/vi/")
    assert counted() == []


def test_click_takes_no_post(client: Client, reference: SimpleNamespace) -> None:
    assert client.post(f"/b/{reference.placement.code}/").status_code == 405


@pytest.mark.parametrize(
    ("size", "dots"),
    [("728x90", (1456, 180)), ("300x250", (600, 500)), ("970x250", (1940, 500))],
)
def test_picture_has_two_dots_for_each_pixel(
    client: Client, reference: SimpleNamespace, size: str, dots: tuple[int, int]
) -> None:
    Placement.objects.update(size=size)

    answer = get(client, f"/b/{reference.placement.code}/banner.png")

    assert answer.headers["Content-Type"] == "image/png"
    assert size_of(answer) == dots


def test_picture_may_be_shown_and_kept_anywhere_and_sets_nothing(
    client: Client, reference: SimpleNamespace, counted: Counted
) -> None:
    answer = get(client, f"/b/{reference.placement.code}/banner.png")

    headers = answer.headers
    assert headers["Cache-Control"] == "public, max-age=140"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Content-Security-Policy"] == "default-src 'none'; img-src data:"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.get("Vary", "Accept-Language") == "Accept-Language"
    assert answer.cookies == {}


def test_picture_shown_on_a_website_is_a_view(
    client: Client, reference: SimpleNamespace, counted: Counted
) -> None:
    path = f"/b/{reference.placement.code}/banner.png"
    for headers in (
        {"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Dest": "document", "User-Agent": "Another who opens the picture alone"},
    ):
        get(client, path, **headers)

    assert [views for _day, views, _clicks in counted()] == [1]


def test_picture_unchanged_is_not_sent_again(client: Client, reference: SimpleNamespace) -> None:
    path = f"/b/{reference.placement.code}/banner.png"
    etag = get(client, path).headers["ETag"]

    answer = get(client, path, **{"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "public, max-age=140"


def test_picture_is_drawn_once_and_anew_when_its_words_change(
    client: Client, reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    really = pictures.typeset
    monkeypatch.setattr(
        pictures, "typeset", lambda *a, **k: drawn.append(k["data"]["headline"]) or really(*a, **k)
    )
    path = f"/b/{reference.placement.code}/banner.png"

    first, again = get(client, path), get(client, path)
    Banner.objects.update(headline_vi="Cho đi là còn mãi")
    changed = get(client, path, **{"If-None-Match": first.headers["ETag"]})

    assert drawn == ["Đăng ký hiến tặng mô, tạng", "Cho đi là còn mãi"]
    assert first.content == again.content != changed.content
    assert changed.status_code == 200


def test_picture_takes_two_queries(
    client: Client, reference: SimpleNamespace, max_queries: Callable[[int], Any]
) -> None:
    with max_queries(2):
        get(client, f"/b/{reference.placement.code}/banner.png")


@pytest.mark.parametrize("code", ["zzzzzzzzzz", "%00", "x"])
def test_picture_of_an_unknown_code_is_the_general_one(
    client: Client, reference: SimpleNamespace, code: str
) -> None:
    answer = get(client, f"/b/{code}/banner.png", **{"Accept-Language": "tr"})

    assert answer.status_code == 200
    assert answer.content == pictures.general_picture("tr").png()
    assert answer.headers["Vary"] == "Accept-Language"


def test_picture_of_a_closed_placement_is_the_general_one_in_its_size(
    client: Client, reference: SimpleNamespace
) -> None:
    Placement.objects.update(closed_at=timezone.now(), size="300x250", language="tr")
    answer = get(client, f"/b/{reference.placement.code}/banner.png")

    assert size_of(answer) == (600, 500)
    assert pictures.general_picture("tr").headline == (
        pictures.picture_of(Placement.objects.get(), day=DAY).headline
    )


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
@pytest.mark.parametrize("size", ["728x90", "300x250", "970x250"])
def test_picture_holds_the_longest_words_without_a_warning(
    reference: SimpleNamespace, size: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    long = {
        "headline": "Đăng ký hiến, tặng mô, tạng, bộ phận cơ thể người:"
        " nghĩa cử cao đẹp, cứu sống bao người",
        "call": "Tìm hiểu và đăng ký hiến tặng ngay hômnay",
        "alt": "x",
    }
    for name, text in long.items():
        most = Banner._meta.get_field(name).max_length
        Banner.objects.update(**{f"{name}_{language}": text[:most]})
    Placement.objects.update(size=size, language=language)
    placement = Placement.objects.get()

    drawn = pictures.picture_of(placement, day=DAY).png()

    width, height = (2 * int(side) for side in size.split("x"))
    image = Image.open(BytesIO(drawn)).convert("RGB")
    # The outermost dots are ground or stripe: nothing runs over the edge.
    top = {image.getpixel((x, 0)) for x in range(width)}
    assert image.size == (width, height)
    assert max(sum(colour) for colour in top) < 400
    assert caplog.records == []


def test_a_changed_banner_is_everywhere_within_five_minutes(
    client: Client, reference: SimpleNamespace
) -> None:
    """nginx keeps an answer for as long as it says, and a browser then for as long again."""
    kept = []
    for name in ("banner.png", "banner.svg", "banner.json", "frame/"):
        answer = get(client, f"/b/{reference.placement.code}/{name}")
        kept.append(int(answer["Cache-Control"].removeprefix("public, max-age=")))

    assert max(kept) * 2 < 300
