from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registration.banners.choices import Size

# Prompts are made at the desk, in several wordings at once.
SIZES = [size for size in Size if size != Size.PROMPT]


class Paper(TextChoices):
    """Sizes of a poster."""

    A4 = "a4", "A4"
    A3 = "a3", "A3"

    @property
    def scale(self) -> float:
        """How much larger than A4, in length."""
        return 2**0.5 if self == Paper.A3 else 1.0


class Guide(TextChoices):
    """How to paste the code. The value stands in the address."""

    WORDPRESS = "wordpress", "WordPress"
    JOOMLA = "joomla", "Joomla"
    GOOGLE_SITES = "google-sites", "Google Sites"
    OTHER = "other", _("Any other website")
    WEBMASTER = "webmaster", _("My webmaster does it")


def languages() -> list[tuple[str, str]]:
    """Each in its own words."""
    return list(settings.LANGUAGES)
