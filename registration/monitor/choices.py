from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """What a visit to a unit's website found."""

    # Translators: the unit's website shows the banner as it should
    PRESENT = "present", _("Banner present")
    # Translators: a banner of the portal, but of another unit or one that was closed
    WRONG_CODE = "wrong_code", _("Wrong code")
    # Translators: no banner; a link to the portal
    LINK_ONLY = "link_only", _("Link only")
    MISSING = "missing", _("Missing")
    # Translators: the website did not answer, or not in a way that can be read
    SITE_DOWN = "site_down", _("Website not reached")
    # Translators: the website's robots.txt forbids to look
    NOT_ALLOWED = "not_allowed", _("Website forbids visits")
    NO_WEBSITE = "no_website", _("No website known")
