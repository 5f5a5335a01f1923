"""The editors' screens of banners and of their placements on units' sites."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from registration.banners.models import Banner, Placement
from registration.banners.services import picture_of
from registration.common.panels import FoldedIndexView, KeptViewSet, translated_tabs


class BannerViewSet(KeptViewSet):
    model = Banner
    icon = "image"
    menu_order = 80
    list_display = ["headline", "code", "campaign"]
    list_filter = ["campaign"]
    edit_handler = translated_tabs(Banner, ["headline", "call", "alt"], ["code", "campaign"])


def code_and_picture(placement: Placement) -> SafeString:
    return format_html('<a href="{}">{}</a>', picture_of(placement), placement.code)


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
