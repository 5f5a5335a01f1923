"""The editors' admin screen for receivers of card lists; administrators alone may open it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList

from registration.cards.models import Receiver
from registration.common.panels import KeptViewSet


class ReceiverViewSet(KeptViewSet):
    model = Receiver
    icon = "download"
    menu_label = _("Receivers of card lists")
    menu_order = 70
    list_with = ["unit", "jurisdiction"]
    list_display = ["unit", "jurisdiction", "weekday", "hour", "is_active"]
    list_filter = ["jurisdiction", "is_active"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "Cards issued before the hour are listed at that hour, in the country's time. "
                    "Each card is told once, and once more when it is valid no longer."
                )
            ),
            FieldPanel("jurisdiction"),
            FieldPanel("unit"),
            FieldPanel("email"),
            FieldPanel("language"),
            MultiFieldPanel(
                [FieldPanel("weekday"), FieldPanel("hour")], pgettext_lazy("card list", "When")
            ),
            FieldPanel("chase_after_days"),
            FieldPanel("is_active"),
        ]
    )
