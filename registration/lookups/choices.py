from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Certainty(TextChoices):
    """What an answer is worth, weakest first."""

    # Translators: answer of a look-up; nobody is told whether the person was ever known
    NOTHING = "nothing", _("No registration found")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed: nobody has confirmed this entry")
    CONTACT_CONFIRMED = "contact_confirmed", _("Confirmed from the person's contact")
    IDENTITY_SEEN = "identity_seen", _("Identity paper seen")
    CARD_ISSUED = "card_issued", _("Card issued")
    WITHDRAWN = "withdrawn", _("Withdrawn by the person")
