"""The editors' screens of campaigns and of what each unit set out to reach in them."""

from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet

from registration.campaigns.models import Campaign, UnitTarget
from registration.common.panels import (
    DATA_MENU_HOOK,
    FoldedChooserViewSet,
    FoldedIndexView,
    KeptViewSet,
    translated_tabs,
)


class CampaignViewSet(KeptViewSet):
    model = Campaign
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


class UnitTargetViewSet(SnippetViewSet):
    model = UnitTarget
    icon = "tick"
    menu_hook = DATA_MENU_HOOK
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
