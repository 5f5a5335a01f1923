from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scope(TextChoices):
    """What a key may read."""

    SUMMARIES = "summaries", _("Summaries and their documents")
    PROVISIONAL = "provisional", _("Figures of the day being counted")
    UNITS = "units", _("Units and campaigns")
    # Translators: sums over all departments of a country
    TOTALS = "totals", _("Totals over departments")


class KeyState(TextChoices):
    # Translators: state of a key by which a machine reads figures
    VALID = "done", _("Valid")
    # Translators: state of a key by which a machine reads figures: fewer than 30 days are left
    ENDS_SOON = "due", _("Ends soon")
    # Translators: state of a key by which a machine reads figures: its time is over
    EXPIRED = "draft", _("Expired")
    # Translators: state of a key by which a machine reads figures: somebody ended it
    ENDED = "failed", pgettext_lazy("key", "Ended")
