from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from wagtail.models import Locale, Page, Site

from home.models import HomePage, StandardPage
from registration.banners import targets
from registration.banners.models import Banner, Placement
from registration.banners.targets import own_path, page_at, target_of

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _nothing_found_yet() -> None:
    targets._found.clear()


@pytest.fixture
def pages(reference: SimpleNamespace) -> SimpleNamespace:
    """A page in Vietnamese and Turkish, below each language's home."""
    root = Page.get_first_root_node()
    made = SimpleNamespace()
    for code, slug in [("vi", "hien-tang"), ("tr", "bagis")]:
        locale = Locale.objects.get_or_create(language_code=code)[0]
        home = HomePage(title=code, slug=code, locale=locale)
        root.add_child(instance=home)
        page = StandardPage(title=slug, slug=slug, locale=locale)
        if code == "tr":
            home.translation_key = made.vi_home.translation_key
            home.save()
            page.translation_key = made.vi.translation_key
        home.add_child(instance=page)
        setattr(made, f"{code}_home", home)
        setattr(made, code, page)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=made.vi_home, is_default_site=True)
    return made


def target(placement: Placement, *, day: date = TODAY) -> str:
    found = Placement.objects.select_related("banner__campaign", "unit").get(pk=placement.pk)
    return target_of(found, day=day).partition("?")[0]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("hien-tang", "hien-tang/"),
        ("/vi/hien-tang/", "hien-tang/"),
        (" hien-tang/cau-hoi/?utm_source=x#top ", "hien-tang/cau-hoi/"),
        ("/tr/", "tr/"),
        ("{base}/vi/hien-tang/?b=abc", "hien-tang/"),
        ("https://evil.example/vi/hien-tang/", None),
        ("{base}@evil.example/vi/", None),
        ("//evil.example/vi/", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:x@example.org", None),
        ("vi/../cms/", None),
        ("vi/%2e%2e/%2fevil.example", None),
        ("hien tang", None),
        ("a\nb", None),
        ("cms/pages/", None),
        ("/desk/", None),
        ("vi//evil.example", None),
        ("/b/abcdefghjk/", None),
        ("", None),
    ],
)
def test_own_path_is_a_path_of_this_portal_or_nothing(
    typed: str, path: str | None, settings: SimpleNamespace
) -> None:
    assert own_path(typed.replace("{base}", settings.BASE_URL)) == path


def test_page_at_finds_a_published_page_and_its_translation(pages: SimpleNamespace) -> None:
    found = [page_at("hien-tang/", language) for language in ("vi", "tr", "en", None)]

    assert found == ["/vi/hien-tang/", "/tr/bagis/", None, "/vi/hien-tang/"]
    assert page_at("bagis/", "vi") == "/vi/hien-tang/"


def test_page_at_finds_no_draft_and_nothing_where_nothing_is(pages: SimpleNamespace) -> None:
    pages.vi.unpublish()

    assert page_at("hien-tang/", "vi") is None
    assert page_at("khong-co/") is None
    assert page_at("tr/hien-tang/") is None


def test_page_at_knows_the_forms(reference: SimpleNamespace) -> None:
    assert page_at("pledge/vn-22/", "tr") == "/tr/pledge/vn-22/"


def test_a_banner_leads_to_its_own_page_in_the_language_of_the_placement(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    Banner.objects.update(target="hien-tang/")
    in_vietnamese = target(reference.placement)
    targets._found.clear()
    Placement.objects.update(language="tr")
    in_turkish = target(reference.placement)

    assert (in_vietnamese, in_turkish) == ("/vi/hien-tang/", "/tr/bagis/")


def test_a_page_that_is_gone_or_not_translated_leads_on_to_the_form(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    Banner.objects.update(target="hien-tang/")
    Placement.objects.update(language="en")
    untranslated = target(reference.placement)
    Placement.objects.update(language="vi")
    pages.vi.unpublish()

    assert untranslated == "/en/pledge/vn-22/"
    assert target(reference.placement) == "/vi/pledge/vn-22/"


def test_a_foreign_target_in_the_database_leads_nowhere_else(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    Banner.objects.update(target="//evil.example/")

    assert target(reference.placement) == "/vi/pledge/vn-22/"


@pytest.mark.parametrize(
    ("days", "path"),
    [(-1, "/vi/"), (0, "/vi/pledge/vn-22/"), (2, "/vi/pledge/vn-22/"), (3, "/vi/")],
)
def test_outside_its_period_a_banner_leads_where_the_general_one_does(
    reference: SimpleNamespace, days: int, path: str
) -> None:
    Banner.objects.update(starts_on=TODAY, ends_on=TODAY + timedelta(days=2))

    assert target(reference.placement, day=TODAY + timedelta(days=days)) == path


def test_a_target_is_looked_up_once_a_minute(
    reference: SimpleNamespace, pages: SimpleNamespace, max_queries: Callable[[int], Any]
) -> None:
    Banner.objects.update(target="hien-tang/")
    target(reference.placement)

    with max_queries(1):
        assert target(reference.placement) == "/vi/hien-tang/"
