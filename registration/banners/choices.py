from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registration.units.choices import UnitKind


class Size(TextChoices):
    """Widths and heights in CSS pixels that old websites have room for."""

    LEADERBOARD = "728x90", _("Wide, 728 × 90")
    RECTANGLE = "300x250", _("Box, 300 × 250")
    LARGE = "970x250", _("Large, 970 × 250")
    PHONE = "320x100", _("For telephones, 320 × 100")
    # Translators: at the foot of an e-mail
    SIGNATURE = "468x60", _("Mail signature, 468 × 60")
    PROMPT = "600x200", _("Prompt on a “done” page, 600 × 200")

    @property
    def pixels(self) -> tuple[int, int]:
        width, height = self.value.split("x")
        return int(width), int(height)


class Look(TextChoices):
    """How the words of a banner are set."""

    # Translators: a look of a banner
    DEEP = "deep", _("White on dark green")
    # Translators: a look of a banner
    LIGHT = "light", _("Dark on white")
    # Translators: a look of a banner
    WARM = "warm", _("White on red")
    # Translators: a look of a banner
    PHOTO = "photo", _("Words on a picture")


# Whose websites and walls carry a banner. A ministry leads to its provinces, not to itself.
CARRIERS = [kind for kind in UnitKind if kind not in {UnitKind.MINISTRY, UnitKind.CALL_CENTRE}]
