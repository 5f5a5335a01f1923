"""The map for search engines: every language's tree, each page with its translations."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page


class PageSitemap(Sitemap):
    """All live, public pages of all languages. The number of queries does not grow with them."""

    def items(self) -> list[Page]:
        pages = Page.objects.filter(depth__gt=1).live().public()
        return list(pages.order_by("path").select_related("locale"))

    def get_urls(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        pages = self.items()
        translations: dict[Any, list[dict[str, str]]] = defaultdict(list)
        addresses = {page.pk: self.location(page) for page in pages}
        for page in pages:
            translations[page.translation_key].append(
                {"location": addresses[page.pk], "lang_code": page.locale.language_code}
            )
        return [
            {
                "location": addresses[page.pk],
                "lastmod": self.lastmod(page),
                "alternates": translations[page.translation_key],
            }
            for page in pages
        ]

    def location(self, page: Page) -> str:
        return f"{settings.BASE_URL}{page.get_url(self.request)}"
