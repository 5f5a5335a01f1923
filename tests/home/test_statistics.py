"""The block with a province's statistics on a page: three languages, empty state, few queries."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from home.blocks import provinces_with_a_department
from home.models import StandardPage
from registration.reports.closing import freeze
from registration.reports.services import ensure_windows
from tests.reports.entries import entry, hanoi, hours_of


@pytest.fixture
def page(pages: SimpleNamespace) -> StandardPage:
    made: StandardPage = pages.home_vi.add_child(
        instance=StandardPage(
            title="Số liệu",
            slug="so-lieu",
            locale=pages.home_vi.locale,
            body=[("statistics", {"province": "vn-22"})],
        )
    )
    return made


def close_october(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 10, 30))
    entry(reference, hanoi("2025-10-30 09:00"), unit=reference.hospital, number=1234)
    for window in ensure_windows(now=hanoi("2025-10-31 17:00")):
        freeze(window, taken_at=hanoi("2025-10-31 17:00"))


def test_before_the_first_closed_month_the_page_says_so(client: Client, page: StandardPage) -> None:
    answer = client.get(page.url)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Quảng Ninh" in html
    assert "statistics/vn-22.csv" not in html


def test_a_closed_month_is_shown_with_its_file(
    reference: SimpleNamespace, client: Client, page: StandardPage
) -> None:
    close_october(reference)

    answer = client.get(page.url)

    html = answer.content.decode()
    assert '<p class="figure-value">1.234</p>' in html
    assert 'href="/vi/statistics/vn-22.csv"' in html
    assert "Bệnh viện Bãi Cháy" in html
    assert answer["Cache-Control"] == "public, max-age=60"


def test_figures_are_not_counted_for_each_reader(
    reference: SimpleNamespace,
    client: Client,
    page: StandardPage,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    close_october(reference)
    first = count_queries(lambda: client.get(page.url))

    second = count_queries(lambda: client.get(page.url))
    page.body = []
    page.save_revision().publish()
    without = count_queries(lambda: client.get(page.url))

    assert second < first
    # Wagtail's list of choices, the department, the days that are told, the hash of the last one.
    assert second - without == 4


def test_editors_choose_among_provinces_that_have_a_department(reference: SimpleNamespace) -> None:
    with translation.override("vi"):
        assert provinces_with_a_department() == [
            ("tr-01", "Adana"),
            ("vn-22", "Quảng Ninh"),
            ("vn-38", "Thanh Hóa"),
        ]
