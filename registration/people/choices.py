from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdentityTier(TextChoices):
    """How sure it is that the person is who the entry says."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    CONTACT_CONFIRMED = "contact_confirmed", _("Contact confirmed")
    IDENTITY_SEEN = "identity_seen", _("Identity paper seen")


class ContactKind(TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
