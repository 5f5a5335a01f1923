from wagtail import hooks
from wagtail.snippets.models import register_snippet

from registration.common.panels import refuse_deletion
from registration.units.viewsets import (
    CallLineViewSet,
    JurisdictionViewSet,
    OrganOfferViewSet,
    RegistrationChannelViewSet,
    StewardshipViewSet,
    UnitViewSet,
    data_menu,
)

hooks.register("register_admin_menu_item", data_menu)
hooks.register("before_delete_snippet", refuse_deletion)
for viewset in (
    JurisdictionViewSet,
    OrganOfferViewSet,
    UnitViewSet,
    StewardshipViewSet,
    RegistrationChannelViewSet,
    CallLineViewSet,
):
    register_snippet(viewset)
