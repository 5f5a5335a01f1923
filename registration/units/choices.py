from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


def active_languages() -> list[tuple[str, str]]:
    """The languages in use. A callable, so that one more language asks for no migration."""
    return list(settings.LANGUAGES)


class UnitKind(TextChoices):
    MINISTRY = "ministry", _("Ministry")
    DEPARTMENT = "department", _("Health department")
    HOSPITAL = "hospital", _("Hospital")
    HEALTH_CENTRE = "health_centre", _("Health centre")
    DISEASE_CONTROL = "disease_control", _("Centre for disease control")
    TRANSFUSION_CENTRE = "transfusion_centre", _("Blood transfusion centre")
    CALL_CENTRE = "call_centre", _("Call and coordination centre")
    COORDINATION_CENTRE = "coordination_centre", _("Transplant coordination centre")
    ORGANISATION = "organisation", _("Organisation")


class Ownership(TextChoices):
    PUBLIC = "public", _("Public")
    # Translators: who owns a unit
    PRIVATE = "private", _("Private")
    # Translators: neither the state's nor a company's: a society, a foundation, the Red Cross.
    ASSOCIATION = "association", _("Association")


class ChannelPurpose(TextChoices):
    PLEDGE = "pledge", _("Organ and tissue registration")
    BLOOD = "blood", _("Blood donation")


class ChannelKind(TextChoices):
    """Where a province takes its registrations."""

    OURS = "ours", _("The form of this portal")
    OUTSIDE = "outside", _("An outside form")
    DESK = "desk", _("A desk to call or visit")


class PledgeKind(TextChoices):
    # Translators: a Vietnamese application that counts once the donor card is issued.
    APPLICATION = "application", _("Application")
    # Translators: a Turkish statement of intent; the legal act is made in e-Devlet or on paper.
    INTENT = "intent", _("Intent")


class LocalityKind(TextChoices):
    DISTRICT = "district", _("District")
    WARD = "ward", _("Ward")
    COMMUNE = "commune", _("Commune")
    SPECIAL_ZONE = "special_zone", _("Special zone")


class OrganKind(TextChoices):
    ORGAN = "organ", _("Organs")
    TISSUE = "tissue", _("Tissues")
    COMPOSITE = "composite", _("Composite tissues")


class HolidayKind(TextChoices):
    PUBLIC = "public", _("Public holiday")
    HALF_DAY = "half_day", _("Half day")
