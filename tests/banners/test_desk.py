from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.banners.desk import placements_of
from registration.banners.models import DayCount, Placement
from registration.banners.snippets import image_code
from tests import factories


@pytest.fixture
def own() -> str:
    return reverse("banners_desk:own")


def today(unit: Any) -> date:
    return timezone.localdate(timezone=unit.jurisdiction.zone)


def test_own_shows_code_picture_and_counts(
    client: Client, ayse: Any, reference: SimpleNamespace, own: str
) -> None:
    placement = reference.placement
    DayCount.objects.create(
        placement=placement, day=today(placement.unit), views=35871, clicks=1204
    )
    client.force_login(ayse)

    page = client.get(own)

    html = page.content.decode()
    assert image_code(placement) in unescape(html)
    assert f'src="/b/{placement.code}/banner.png"' in html
    # Ayşe reads Turkish: 1.204.
    assert '<p class="figure-value">1.204</p>' in html
    assert '<p class="figure-value">35.871</p>' in html
    # A column of views for each day and one of clicks in it, and the key.
    assert html.count("<rect") == 2 * 30 + 2
    assert "35.871 görüntülenme ve 1.204 tıklama" in html
    assert "style=" not in html
    assert page.headers["Cache-Control"] == "no-store, private"


def test_own_shows_nobody_elses_and_no_closed_ones(
    client: Client, ayse: Any, reference: SimpleNamespace, own: str
) -> None:
    other = factories.PlacementFactory(banner=reference.banner, unit=reference.steward)
    closed = factories.PlacementFactory(
        banner=reference.banner, unit=reference.hospital, closed_at=timezone.now()
    )
    client.force_login(ayse)

    html = client.get(own).content.decode()

    assert [code in html for code in (reference.placement.code, other.code, closed.code)] == [
        True,
        False,
        False,
    ]


def test_own_without_a_placement_says_what_to_do(
    client: Client, ayse: Any, reference: SimpleNamespace, own: str
) -> None:
    Placement.objects.all().delete()
    client.force_login(ayse)

    assert 'class="empty"' in client.get(own).content.decode()


@pytest.mark.parametrize("who", ["linh", "steward", "charlie"])
def test_own_is_refused_without_the_right(
    client: Client, reference: SimpleNamespace, request: pytest.FixtureRequest, who: str, own: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    page = client.get(own)

    assert page.status_code == 403
    assert reference.placement.code not in page.content.decode()


def test_own_asks_a_stranger_to_sign_in(client: Client, db: None, own: str) -> None:
    assert client.get(own).headers["Location"] == "/account/login/?next=/desk/banner/"


def test_placements_of_counts_the_last_30_days(reference: SimpleNamespace) -> None:
    last = today(reference.hospital)
    for back, count in [(0, 3), (29, 5), (30, 7), (-1, 9)]:
        DayCount.objects.create(
            placement=reference.placement,
            day=last - timedelta(days=back),
            views=10 * count,
            clicks=count,
        )

    (shown,) = placements_of(reference.hospital, language="vi")

    assert (shown.views, shown.clicks) == ("80", "8")
    assert [counts.clicks for counts in shown.counts] == [5] + [0] * 28 + [3]
    assert [day[1:] for day in shown.days] == [("30", "3"), *[("0", "0")] * 28, ("50", "5")]


def test_placements_of_asks_the_same_for_one_and_three(
    reference: SimpleNamespace, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def show() -> object:
        return [
            (shown.code, shown.clicks, shown.days)
            for shown in placements_of(reference.hospital, language="vi")
        ]

    one = count_queries(show)
    for size in ("300x250", "970x250"):
        factories.PlacementFactory(banner=reference.banner, unit=reference.hospital, size=size)

    assert (one, count_queries(show)) == (2, 2)
