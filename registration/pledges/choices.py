from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PledgeState(TextChoices):
    # Translators: state of a registration: its owner has not confirmed it yet
    RECEIVED = "received", pgettext_lazy("registration", "Unconfirmed")
    CONFIRMED = "confirmed", pgettext_lazy("registration", "Confirmed")
    # Translators: a later registration of the same person took its place
    REPLACED = "replaced", pgettext_lazy("registration", "Replaced")
    WITHDRAWN = "withdrawn", pgettext_lazy("registration", "Withdrawn")


ACTIVE_STATES = (PledgeState.CONFIRMED,)


class OrganChoice(TextChoices):
    """How the organs are chosen. What is kept is always the list, never the word "all"."""

    ALL = "all", _("All the organs and tissues in the list")
    SOME = "some", _("Only those I tick below")
    LATER = "later", _("I do not want to say this here")


class LinkPurpose(TextChoices):
    CONFIRM = "pledge.confirm"
