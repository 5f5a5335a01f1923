"""The pages that editors write. They hold no person and set no cookie."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.blocks import page_blocks
from home.choices import Illustration
from home.languages import alternates_of, navigation_of
from registration.campaigns.models import Campaign
from registration.intake.addresses import form_address
from registration.units.models import Province

# Fresh within a minute everywhere; a publication is pushed to the cache at once.
PUBLIC_SECONDS = 60


class PortalPage(Page):
    """What every kind of page has: a summary, a drawing, a body, its translations."""

    summary = models.TextField(_("summary"), max_length=400, blank=True)
    illustration = models.CharField(_("drawing"), max_length=12, choices=Illustration, blank=True)
    body = StreamField(page_blocks(), blank=True, verbose_name=_("content"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("illustration"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["alternates"] = alternates_of(self, request)
        context["trail"] = self.trail(request)
        context["site_nav"], context["footer_links"] = navigation_of(self, request)
        # The placement that the reader came by, carried from page to page without a cookie.
        context["code"] = request.GET.get("b", "")[:16]
        context["form_url"] = form_address(
            self.locale.language_code,
            province=self.pledge_province(),
            placement_code=context["code"],
        )
        return context

    @property
    def drawing(self) -> str:
        return f"img/{self.illustration}.svg"

    def trail(self, request: HttpRequest) -> list[dict[str, str]]:
        """The pages above this one, from the home page down, and itself."""
        above = self.get_ancestors(inclusive=True).filter(depth__gte=2)
        return [{"title": page.title, "url": page.get_url(request)} for page in above]

    def pledge_province(self) -> Province | None:
        """The province whose form this page leads to: its own, or that of a page above it."""
        for page in self.get_ancestors(inclusive=True).type(SectionPage).specific().reverse():
            if page.province_id:
                return page.province
        return None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().serve(request, *args, **kwargs)
        if not self.get_view_restrictions():
            patch_cache_control(response, public=True, max_age=PUBLIC_SECONDS)
        return response


class HomePage(PortalPage):
    """The front page of one language."""

    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["sections"] = SectionPage.objects.child_of(self).live().select_related("province")
        return context


class SectionPage(PortalPage):
    """A department's section or a campaign's page: the stable address that banners lead to."""

    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pages",
        verbose_name=_("campaign"),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pages",
        verbose_name=_("province"),
    )

    content_panels = [
        *PortalPage.content_panels[:1],
        FieldPanel("campaign"),
        FieldPanel("province"),
        *PortalPage.content_panels[1:],
    ]

    class Meta:
        verbose_name = _("section or campaign page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["children"] = self.get_children().live().specific()
        return context


class ArticlePage(PortalPage):
    """An article or a piece of news."""

    published_on = models.DateField(_("date"), null=True, blank=True)

    content_panels = [
        *PortalPage.content_panels[:1],
        FieldPanel("published_on"),
        *PortalPage.content_panels[1:],
    ]

    class Meta:
        verbose_name = _("article")


class FaqPage(PortalPage):
    """Questions and answers."""

    class Meta:
        verbose_name = _("questions and answers")


class StandardPage(PortalPage):
    """Any other page: about, privacy, accessibility, call lines."""

    class Meta:
        verbose_name = _("page")
