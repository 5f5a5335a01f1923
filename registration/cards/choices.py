from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CardEnd(TextChoices):
    """Why a card is valid no more."""

    WITHDRAWN = "withdrawn", _("The registration was withdrawn")
    REPLACED = "replaced", _("A newer card or registration took its place")
    UNDONE = "undone", _("Issued by mistake")


class TransferState(TextChoices):
    # Translators: state of a list of cards that was made for a receiver
    MADE = "made", _("Ready to be fetched")
    FETCHED = "fetched", _("Fetched")
    ACKNOWLEDGED = "acknowledged", _("Receipt acknowledged")


class Told(TextChoices):
    """What a line of a list says of a card."""

    ISSUED = "issued", pgettext_lazy("card", "Issued")
    ENDED = "ended", pgettext_lazy("card", "No longer valid")
