from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Illustration(TextChoices):
    """The portal's own drawings in ``static/img``."""

    HANDS = "hands-heart", _("Hands")
    FAMILY = "family", _("Family")
    HOSPITAL = "hospital", _("Hospital")
    BLOOD = "blood-drop", _("Drop of blood")
    PHONE = "phone-line", _("Telephone")
    CARD = "steps-card", _("Donor card")
