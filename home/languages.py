"""The way from a page to the same page in another language, and the menu of one language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Locale, Page


def alternates_of(page: Page, request: HttpRequest) -> list[dict[str, Any]]:
    """One entry for each language: this page's translation, or the nearest one above it.

    ``nearest`` marks a page above; only true translations are named to search engines.
    """
    # From the page up to its home: the first that is translated wins.
    line = list(
        page.get_ancestors(inclusive=True)
        .filter(depth__gte=2)
        .order_by("-depth")
        .values_list("translation_key", flat=True)
    )
    locales = {locale.pk: locale.language_code for locale in Locale.objects.all()}
    found: dict[str, dict[Any, Page]] = {}
    for other in Page.objects.live().filter(translation_key__in=line):
        found.setdefault(locales[other.locale_id], {})[other.translation_key] = other
    alternates = []
    for code, label in settings.LANGUAGES:
        of_language = found.get(code, {})
        nearest = next((of_language[key] for key in line if key in of_language), None)
        alternates.append(
            {
                "code": code,
                "label": label,
                "url": nearest.get_url(request) if nearest else f"/{code}/",
                "nearest": nearest is None or nearest.translation_key != page.translation_key,
                "current": code == locales[page.locale_id],
            }
        )
    return alternates


def navigation_of(
    page: Page, request: HttpRequest
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The pages under this language's home: those in the menu, and the rest for the foot."""
    root = page if page.depth == 2 else page.get_ancestors().filter(depth=2).first()
    if root is None:
        return [], []
    menu: list[dict[str, Any]] = []
    foot: list[dict[str, Any]] = []
    for child in root.get_children().live():
        (menu if child.show_in_menus else foot).append(
            {
                "title": child.title,
                "url": child.get_url(request),
                "current": page.path.startswith(child.path),
            }
        )
    return menu, foot
