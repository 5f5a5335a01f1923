"""The editors' screens of banners and of their placements on units' sites."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList
from wagtail.admin.panels.base import get_form_for_model
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn

from registration.banners.forms import BannerForm, OriginForm, OwnerForm
from registration.banners.models import Banner, Origin, Placement, Prompt
from registration.banners.prompt_forms import PromptForm
from registration.banners.snippets import picture_address_of
from registration.common.panels import FoldedIndexView, KeptViewSet, RowViewSet, translated_tabs


class OwnersPanel(InlinePanel):
    """Owners of a banner, whose logos are checked as its photo is."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        model = self.db_field.related_model
        options["formsets"][self.relation_name]["form"] = get_form_for_model(model, OwnerForm)
        return options


class BannerViewSet(KeptViewSet):
    """Editors write drafts and submit them; an administrator approves. Until then none is seen."""

    model = Banner
    icon = "image"
    menu_order = 80
    list_with = ["campaign"]
    list_display = [
        "headline",
        "code",
        "campaign",
        "look",
        "starts_on",
        "ends_on",
        LiveStatusTagColumn(),
    ]
    list_filter = ["campaign", "look", "live"]
    edit_handler = translated_tabs(
        Banner,
        ["headline", "call", "alt"],
        [
            "code",
            "campaign",
            "look",
            "photo",
            OwnersPanel("owners", [FieldPanel("unit"), FieldPanel("logo")], max_num=4),
            "target",
            "starts_on",
            "ends_on",
        ],
    )
    edit_handler.base_form_class = BannerForm


def code_and_picture(placement: Placement) -> SafeString:
    return format_html('<a href="{}">{}</a>', picture_address_of(placement), placement.code)


class PlacementViewSet(KeptViewSet):
    """A placement is closed by giving it an end, never deleted: figures name it."""

    model = Placement
    icon = "site"
    menu_order = 81
    list_display = [
        "unit",
        "banner",
        "language",
        "size",
        Column("code", label=_("Code"), accessor=code_and_picture),
        "closed_at",
    ]
    list_filter = ["language", "size", "banner"]
    search_fields = ["unit__folded"]
    index_view_class = FoldedIndexView
    edit_handler = ObjectList(
        [
            FieldPanel("unit"),
            FieldPanel("banner"),
            FieldPanel("language"),
            FieldPanel("size"),
            FieldPanel("closed_at"),
        ]
    )


class OriginViewSet(RowViewSet):
    """Websites that may frame a unit's banners, beside the unit's own."""

    model = Origin
    icon = "link-external"
    menu_order = 82
    list_with = ["unit"]
    list_display = ["origin", "unit"]
    search_fields = ["unit__folded"]
    index_view_class = FoldedIndexView
    edit_handler = ObjectList(
        [
            FieldPanel("unit"),
            FieldPanel(
                "origin",
                help_text=_(
                    "It may show the unit's banners in a frame. Each name of a website counts by"
                    " itself, with www and without."
                ),
            ),
        ]
    )
    edit_handler.base_form_class = OriginForm


class PromptViewSet(KeptViewSet):
    """Prompts on “done” pages of other services; closed by an end, never deleted."""

    model = Prompt
    icon = "help"
    menu_order = 83
    list_with = ["unit"]
    list_display = [
        "place",
        "unit",
        "language",
        Column("code", label=_("Code"), accessor="code"),
        "closed_at",
    ]
    list_filter = ["language"]
    search_fields = ["unit__folded"]
    index_view_class = FoldedIndexView
    edit_handler = ObjectList(
        [
            FieldPanel("unit"),
            FieldPanel("place"),
            FieldPanel("language"),
            FieldPanel("banners"),
            FieldPanel("closed_at"),
        ]
    )
    edit_handler.base_form_class = PromptForm
