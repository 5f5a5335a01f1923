import base64
import gzip
import hashlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from django.utils import translation

from registration.banners import snippets
from registration.banners.models import Banner, Placement

EMBED = portal_settings.BASE_DIR / "static" / "embed"
# What was shipped, and what websites of hospitals therefore name together with its hash. A line is
# added with a new version, and none is ever changed.
SHIPPED = {
    "v1/banner.js": "sha384-lo/fIm1r0lUT7CEMk2hVfqntvetVXRghdMdotPQ43Ivh/OFquTsYRz2al60mlzUx",
}
PORTAL = "https://portal.example.org"
CODES = [
    snippets.image_code,
    snippets.component_code,
    snippets.frame_code,
    snippets.signature_code,
]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def placement(reference: SimpleNamespace, settings: Any) -> Placement:
    settings.BASE_URL = PORTAL
    Banner.objects.update(alt_vi='Hiến "mô" & <tạng>')
    return Placement.objects.get()


def hash_of(file: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()


def test_image_code_is_a_plain_link_and_image(placement: Placement) -> None:
    with translation.override("tr"):
        html = snippets.image_code(placement)

    assert html == (
        f'<a href="{PORTAL}/b/{placement.code}/">'
        f'<img src="{PORTAL}/b/{placement.code}/banner.png"'
        ' width="728" height="90" alt="Hiến &quot;mô&quot; &amp; &lt;tạng&gt;"></a>'
    )
    assert Tags(html).found[1][1]["alt"] == 'Hiến "mô" & <tạng>'


def test_component_code_has_the_plain_code_inside_and_the_scripts_hash(
    placement: Placement,
) -> None:
    html = snippets.component_code(placement)

    found = Tags(html).found
    assert [tag for tag, _attributes in found] == ["portal-banner", "a", "img", "script"]
    assert found[0][1] == {"code": placement.code, "language": "vi", "size": "728x90"}
    assert snippets.image_code(placement) in html
    assert found[3][1] == {
        "src": f"{PORTAL}/static/embed/v1/banner.js",
        "integrity": hash_of(EMBED / "v1" / "banner.js"),
        "crossorigin": "anonymous",
        "async": None,
    }


def test_frame_code_has_the_size_and_the_name_of_the_banner(placement: Placement) -> None:
    Placement.objects.update(size="300x250")
    placement.refresh_from_db()

    ((tag, attributes),) = Tags(snippets.frame_code(placement)).found

    assert tag == "iframe"
    assert attributes["src"] == f"{PORTAL}/b/{placement.code}/frame/"
    assert (attributes["width"], attributes["height"]) == ("300", "250")
    assert attributes["title"] == 'Hiến "mô" & <tạng>'


def test_signature_code_says_the_same_in_words(placement: Placement) -> None:
    html = snippets.signature_code(placement)

    assert "Đăng ký hiến tặng mô, tạng · Đăng ký</a>" in html
    links = [attributes["href"] for tag, attributes in Tags(html).found if tag == "a"]
    assert links == [f"{PORTAL}/b/{placement.code}/"] * 2


@pytest.mark.parametrize("code", CODES)
def test_no_code_has_what_a_strict_page_refuses(
    placement: Placement, code: Callable[[Placement], str]
) -> None:
    for _tag, attributes in Tags(code(placement)).found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_shipped_scripts_are_never_altered() -> None:
    shipped = {
        str(file.relative_to(EMBED)): hash_of(file) for file in sorted(EMBED.glob("v*/**/*.*"))
    }

    assert shipped == SHIPPED


def test_shipped_scripts_are_small() -> None:
    for file in EMBED.glob("v*/*.js"):
        assert len(gzip.compress(file.read_bytes(), 9)) <= 5 * 1024


@pytest.mark.parametrize("word", ["cookie", "localStorage", "sessionStorage", "indexedDB", "eval("])
def test_shipped_scripts_keep_nothing_of_the_reader(word: str) -> None:
    for file in EMBED.glob("v*/*.js"):
        code = [line for line in file.read_text().splitlines() if not line.strip().startswith("//")]
        assert word not in "\n".join(code)


def test_script_is_for_any_website_and_kept_for_good(client: Client) -> None:
    answer = client.get("/static/embed/v1/banner.js")
    other = client.get("/static/embed/frame.css")

    assert b"".join(answer.streaming_content) == (EMBED / "v1" / "banner.js").read_bytes()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in other.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.cookies == {}
    assert b"".join(other.streaming_content)
