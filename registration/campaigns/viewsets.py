"""The editors' screens of campaigns and of what each unit set out to reach in them."""

from wagtail.admin.panels import FieldPanel, ObjectList

from registration.campaigns.models import Campaign, UnitTarget
from registration.common.panels import (
    FoldedChooserViewSet,
    FoldedIndexView,
    KeptViewSet,
    RowViewSet,
    translated_tabs,
)


class CampaignViewSet(KeptViewSet):
    model = Campaign
    list_with = ["province"]
    icon = "calendar-alt"
    menu_order = 60
    list_display = ["title", "kind", "province", "starts_on", "ends_on"]
    list_filter = ["kind", "jurisdiction", "province"]
    search_fields = ["folded"]
    index_view_class = FoldedIndexView
    chooser_viewset_class = FoldedChooserViewSet
    edit_handler = translated_tabs(
        Campaign,
        ["title", "slogan"],
        [
            "code",
            "kind",
            "jurisdiction",
            "province",
            "owner",
            "parent",
            "starts_on",
            "ends_on",
            "registers_after_end",
            "plan_number",
            "permit_number",
            "source",
        ],
    )


class UnitTargetViewSet(RowViewSet):
    model = UnitTarget
    list_with = ["campaign", "unit"]
    icon = "tick"
    menu_order = 70
    list_display = ["unit", "campaign", "people", "volume_ml"]
    list_filter = ["campaign"]
    search_fields = ["unit__folded"]
    index_view_class = FoldedIndexView
    edit_handler = ObjectList(
        [
            FieldPanel("campaign"),
            FieldPanel("unit"),
            FieldPanel("people"),
            FieldPanel("volume_ml"),
        ]
    )
