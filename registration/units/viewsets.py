"""The editors' screens of jurisdictions, units and what belongs to them."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, ObjectList

from registration.common.panels import (
    ADMINISTRATORS_ONLY,
    DATA_MENU_HOOK,
    FoldedChooserViewSet,
    FoldedIndexView,
    KeptViewSet,
    RowViewSet,
    translated_tabs,
)
from registration.units.models import (
    CallLine,
    Jurisdiction,
    Organ,
    OrganOffer,
    RegistrationChannel,
    Stewardship,
    Unit,
)


def data_menu() -> SubmenuMenuItem:
    """The menu that holds the reference rows of every room."""
    return SubmenuMenuItem(
        _("Registration data"),
        Menu(register_hook_name=DATA_MENU_HOOK),
        name="registration-data",
        icon_name="table",
        order=250,
    )


class JurisdictionViewSet(KeptViewSet):
    model = Jurisdiction
    icon = "globe"
    menu_order = 10
    list_display = ["name", "code", "minimum_age", "pledge_kind", "time_zone"]
    edit_handler = translated_tabs(
        Jurisdiction,
        ["name", "legal_weight"],
        [
            "code",
            "language",
            "time_zone",
            "minimum_age",
            "minimum_age_source",
            "minimum_age_on",
            "pledge_kind",
        ],
    )


class OrganOfferViewSet(KeptViewSet):
    model = OrganOffer
    list_with = ["jurisdiction", "organ"]
    icon = "list-ul"
    menu_order = 20
    list_display = ["__str__", "is_offered", "basis", "confidence"]
    list_filter = ["jurisdiction", "is_offered", "organ__kind"]
    edit_handler = ObjectList(
        [
            FieldPanel("jurisdiction"),
            FieldPanel("organ"),
            FieldPanel("is_offered"),
            FieldPanel("basis"),
            FieldPanel("confidence"),
        ]
    )


class OrganViewSet(KeptViewSet):
    model = Organ
    icon = "list-ul"
    menu_order = 15
    list_display = ["name", "code", "kind", "sort"]
    list_filter = ["kind"]
    edit_handler = translated_tabs(Organ, ["name"], ["kind", "sort"])


class UnitViewSet(KeptViewSet):
    model = Unit
    list_with = ["jurisdiction", "province"]
    icon = "home"
    menu_order = 30
    list_display = ["name", "kind", "province", "is_active"]
    list_filter = ["kind", "jurisdiction", "province", "ownership", "is_active", "is_demo_contact"]
    list_per_page = 50
    search_fields = ["folded"]
    index_view_class = FoldedIndexView
    chooser_viewset_class = FoldedChooserViewSet
    # Kind and province decide whose registrations a unit's staff see: not for editors.
    edit_handler = translated_tabs(
        Unit,
        ["name"],
        [
            *(
                FieldPanel(name, permission=ADMINISTRATORS_ONLY)
                for name in ("code", "kind", "jurisdiction", "province", "parent", "is_active")
            ),
            "ownership",
            "short_name",
            "website",
            "address",
            "phone",
            "email",
            "is_demo_contact",
            "source",
        ],
    )


class StewardshipViewSet(KeptViewSet):
    model = Stewardship
    list_with = ["province", "unit"]
    icon = "user"
    menu_order = 40
    list_display = ["province", "unit", "starts_on", "ends_on"]
    list_filter = ["province"]
    edit_handler = ObjectList(
        [
            FieldPanel("province"),
            FieldPanel("unit"),
            FieldPanel("starts_on"),
            FieldPanel("ends_on"),
            FieldPanel("source"),
        ]
    )


class RegistrationChannelForm(WagtailAdminModelForm):
    """Looks for a clash with other channels only once it is known of which province and day."""

    def _post_clean(self) -> None:
        if {"province", "starts_on"} <= set(self.cleaned_data):
            super()._post_clean()


class RegistrationChannelViewSet(KeptViewSet):
    """Where each province takes registrations; one that ended stays in the list."""

    model = RegistrationChannel
    list_with = ["province", "unit"]
    icon = "link"
    menu_order = 45
    list_display = ["province", "purpose", "kind", "starts_on", "ends_on"]
    list_filter = ["purpose", "kind", "province"]
    edit_handler = ObjectList(
        [
            FieldPanel("province"),
            FieldPanel("purpose"),
            FieldPanel("kind"),
            FieldPanel("address"),
            FieldPanel("unit"),
            FieldPanel("starts_on"),
            FieldPanel("ends_on"),
            FieldPanel("source"),
        ],
        base_form_class=RegistrationChannelForm,
    )


class CallLineViewSet(RowViewSet):
    model = CallLine
    list_with = ["unit"]
    icon = "mobile-alt"
    menu_order = 50
    list_display = ["unit", "number", "label", "is_demo"]
    list_filter = ["is_demo", "unit__province"]
    edit_handler = translated_tabs(CallLine, ["label", "hours"], ["unit", "number", "is_demo"])
