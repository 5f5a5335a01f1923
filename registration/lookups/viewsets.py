"""The screen on which an administrator switches the look-up on for a department."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList

from registration.common.panels import KeptViewSet
from registration.lookups.models import LookUpSwitch


class LookUpSwitchViewSet(KeptViewSet):
    model = LookUpSwitch
    icon = "search"
    menu_label = _("Look-ups of departments")
    menu_order = 75
    list_with = ["department"]
    list_display = ["department", "is_on", "daily_for_each", "daily_for_unit", "source"]
    list_filter = ["is_on"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "While it is off, nobody of this department’s province can be found. Write "
                    "down who decided: the letter and its date."
                )
            ),
            FieldPanel("department"),
            FieldPanel("is_on"),
            FieldPanel("source"),
            MultiFieldPanel(
                [
                    FieldPanel("daily_for_each"),
                    FieldPanel("daily_for_unit"),
                    FieldPanel("alert_after_misses"),
                ],
                _("Limits"),
            ),
        ]
    )
