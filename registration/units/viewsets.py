"""The editors' screens of jurisdictions, units and what belongs to them."""

from typing import Any

from django.forms import BooleanField
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.snippets.views.snippets import CreateView, EditView

from registration.common.errors import RuleBroken
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
from registration.units.services import save_channel


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
    """Saves through the service, which looks at the province's other channels under its lock."""

    ends_earlier = BooleanField(
        required=False,
        label=_("End the channel before it on that day"),
        help_text=_("Until then it stays as it is: a change can be written down ahead."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["ends_earlier"]

    def save(self, commit: bool = True) -> RegistrationChannel:
        ends_earlier = self.cleaned_data.get("ends_earlier", False)
        return save_channel(self.instance, ends_earlier=ends_earlier)


class RefusingView:
    """Shows what the service refuses above the form, with all that was typed."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except RuleBroken as error:
            form.add_error(error.field, error.sentence)
            # No longer, and so the message above the form is chosen.
            self.is_valid(form)  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class AddChannelView(RefusingView, CreateView):
    pass


class EditChannelView(RefusingView, EditView):
    pass


class RegistrationChannelViewSet(KeptViewSet):
    """Where each province takes registrations; one that ended stays in the list."""

    model = RegistrationChannel
    list_with = ["province", "unit"]
    icon = "link"
    menu_order = 45
    list_display = ["province", "purpose", "kind", "starts_on", "ends_on", "notice_until"]
    list_filter = ["purpose", "kind", "province"]
    add_view_class = AddChannelView
    edit_view_class = EditChannelView
    edit_handler = ObjectList(
        [
            FieldPanel("province"),
            FieldPanel("purpose"),
            FieldPanel("kind"),
            FieldPanel("address"),
            FieldPanel("unit"),
            FieldPanel("starts_on"),
            FieldPanel("ends_earlier"),
            FieldPanel("ends_on", help_text=_("The first day on which it no longer holds.")),
            FieldPanel(
                "notice_until",
                help_text=_(
                    "Until the end of that day visitors read that the way to register has changed."
                    " Afterwards an outside form opens at once. Without a day visitors always see"
                    " the page that names the outside form, and nothing is said of a change."
                ),
            ),
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
