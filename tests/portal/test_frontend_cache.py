"""A publication reaches the cache in front, which is asked to fetch the page anew."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from wagtail.models import Locale, Page, Site

from home.models import HomePage


class Cache(HTTPServer):
    """Writes down what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str, str]] = []


class Answer(BaseHTTPRequestHandler):
    server: Cache

    def do_GET(self) -> None:
        asked = (self.path, self.headers["Host"], self.headers.get("X-Refresh", ""))
        self.server.asked.append(asked)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def cache_in_front(settings) -> Iterator[Cache]:
    server = Cache()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WAGTAILFRONTENDCACHE = {
        "default": {
            "BACKEND": "portal.frontend_cache.RefreshBackend",
            "LOCATION": f"http://127.0.0.1:{server.server_port}",
            "SECRET": "a secret of the two",
        }
    }
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def front_page(db: None) -> SimpleNamespace:
    Site.objects.all().delete()
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    locale = Locale.objects.get_or_create(language_code="vi")[0]
    page = root.add_child(instance=HomePage(title="Trang chủ", slug="trang-chu", locale=locale))
    Site.objects.create(
        hostname="portal.example.org", port=443, root_page=page, is_default_site=True
    )
    return page


def test_publishing_refreshes_the_page(
    front_page: HomePage, cache_in_front: Cache, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        front_page.save_revision().publish()

    assert cache_in_front.asked[0] == ("/vi/", "portal.example.org", "a secret of the two")


def test_publishing_goes_on_when_the_cache_is_away(
    front_page: HomePage, settings, django_capture_on_commit_callbacks
) -> None:
    settings.WAGTAILFRONTENDCACHE = {
        "default": {
            "BACKEND": "portal.frontend_cache.RefreshBackend",
            "LOCATION": "http://127.0.0.1:1",
            "SECRET": "a secret of the two",
        }
    }
    front_page.title = "Cho đi là còn mãi"

    with django_capture_on_commit_callbacks(execute=True):
        front_page.save_revision().publish()

    front_page.refresh_from_db()
    assert front_page.title == "Cho đi là còn mãi"
