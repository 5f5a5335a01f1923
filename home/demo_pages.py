"""Builds the demo's page trees, one for each language, from ``home/demo/pages.json``."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Locale, Page, Site

from home.models import ArticlePage, FaqPage, HomePage, PortalPage, SectionPage, StandardPage
from registration.campaigns.models import Campaign
from registration.units.models import Province

PAGES = Path(__file__).with_name("demo") / "pages.json"
TYPES: dict[str, type[PortalPage]] = {
    "home": HomePage,
    "section": SectionPage,
    "article": ArticlePage,
    "faq": FaqPage,
    "standard": StandardPage,
}
DRAWINGS = {
    "hands": "hands-heart",
    "blood": "blood-drop",
    "phone": "phone-line",
    "card": "steps-card",
}


def build_pages() -> int:
    """Make the trees and the site; the number of pages. Does nothing where a site stands."""
    if HomePage.objects.exists():
        return 0
    nodes = json.loads(PAGES.read_text(encoding="utf-8"))
    root = _empty_root()
    locales = {
        code: Locale.objects.get_or_create(language_code=code)[0] for code, _ in settings.LANGUAGES
    }
    made: dict[str, Page] = {}
    for node in nodes:
        page = _page_of(node, locales)
        original = made.get(node["translation_of"] or "")
        if original is not None:
            page.translation_key = original.translation_key
        parent = made[node["parent"]] if node["parent"] else root
        parent.add_child(instance=page)
        page.save_revision().publish()
        made[node["key"]] = page
    address = urlsplit(settings.BASE_URL)
    first = next(page for page in made.values() if isinstance(page, HomePage))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or 80,
            "root_page": first,
            "site_name": settings.WAGTAIL_SITE_NAME,
        },
    )
    return len(made)


def _empty_root() -> Page:
    # The first migration of the page tree leaves a welcome page and a site behind.
    Site.objects.all().delete()
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root"))
    for page in root.get_children():
        page.delete()
    return Page.objects.get(pk=root.pk)


def _page_of(node: dict[str, Any], locales: dict[str, Locale]) -> PortalPage:
    kind = TYPES[node["type"]]
    page = kind(
        title=node["title"],
        slug=node["slug"],
        locale=locales[node["language"]],
        summary=node["summary"],
        illustration=DRAWINGS.get(node["illustration"], node["illustration"] or ""),
        show_in_menus=node["type"] in {"section", "faq"} or "call_lines" in _kinds(node),
        body=[_block_of(block) for block in node["body"]],
    )
    if isinstance(page, SectionPage):
        page.campaign = Campaign.objects.filter(code=node["campaign"]).first()
        page.province = _province_of(node["province"])
    if isinstance(page, ArticlePage) and node["published_on"]:
        page.published_on = date.fromisoformat(node["published_on"])
    return page


def _kinds(node: dict[str, Any]) -> set[str]:
    return {block["type"] for block in node["body"]}


def _province_of(address_code: str | None) -> Province | None:
    if not address_code:
        return None
    jurisdiction, _, code = address_code.partition("-")
    return Province.objects.filter(jurisdiction=jurisdiction.upper(), code=code).first()


def _block_of(block: dict[str, Any]) -> tuple[str, Any]:
    kind = block["type"]
    if kind == "paragraph":
        return kind, block["html"]
    if kind == "heading":
        return kind, block["text"]
    value = {name: part for name, part in block.items() if name != "type"}
    if kind == "questions":
        value["items"] = [
            {"question": item["question"], "answer": item["answer_html"]} for item in value["items"]
        ]
    return kind, value
