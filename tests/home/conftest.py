from types import SimpleNamespace

import pytest
from wagtail.models import Locale, Page, Site

from home.models import ArticlePage, FaqPage, HomePage, SectionPage


@pytest.fixture
def pages(reference: SimpleNamespace) -> SimpleNamespace:
    """A home and a section of Quảng Ninh in two languages, an article only in Vietnamese."""
    Site.objects.all().delete()
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    for page in root.get_children():
        page.delete()
    root = Page.objects.get(pk=root.pk)
    vi, tr = (Locale.objects.get_or_create(language_code=code)[0] for code in ("vi", "tr"))
    made = SimpleNamespace()
    made.home_vi = root.add_child(instance=HomePage(title="Trang chủ", slug="vi", locale=vi))
    made.home_tr = root.add_child(
        instance=HomePage(
            title="Ana sayfa",
            slug="tr",
            locale=tr,
            translation_key=made.home_vi.translation_key,
        )
    )
    made.section_vi = made.home_vi.add_child(
        instance=SectionPage(
            title="Hiến, tặng mô, tạng",
            slug="hien-tang",
            locale=vi,
            campaign=reference.campaign,
            province=reference.quang_ninh,
            show_in_menus=True,
        )
    )
    made.section_tr = made.home_tr.add_child(
        instance=SectionPage(
            title="Organ bağışı",
            slug="organ-bagisi",
            locale=tr,
            translation_key=made.section_vi.translation_key,
            show_in_menus=True,
        )
    )
    made.article_vi = made.section_vi.add_child(
        instance=ArticlePage(title="Vì sao đăng ký", slug="vi-sao", locale=vi)
    )
    made.faq_vi = made.home_vi.add_child(instance=FaqPage(title="Hỏi đáp", slug="faq", locale=vi))
    Site.objects.create(
        hostname="localhost", root_page=made.home_vi, is_default_site=True, site_name="Portal"
    )
    return made
