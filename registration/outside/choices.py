from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trouble(TextChoices):
    """Why a machine outside could not be spoken to, or what it said not be read."""

    NONE = "", _("None")
    NO_ADDRESS = "no_address", _("Its name is not known in the network")
    NOT_PUBLIC = "not_public", _("Its address is not a public one")
    REFUSED = "refused", _("The connection was refused or broken off")
    TIMEOUT = "timeout", _("It took too long")
    CERTIFICATE = "certificate", _("Its certificate is not valid")
    REDIRECTS = "redirects", _("It leads in a circle or too far")
    STATUS = "status", _("It answered with an error")
    TOO_LARGE = "too_large", _("Its page is too large")
    NOT_HTML = "not_html", _("What it answered is not a page")
