from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Size(TextChoices):
    """Widths and heights in CSS pixels that old websites have room for."""

    LEADERBOARD = "728x90", _("Wide, 728 × 90")
    RECTANGLE = "300x250", _("Box, 300 × 250")
    LARGE = "970x250", _("Large, 970 × 250")

    @property
    def pixels(self) -> tuple[int, int]:
        width, height = self.value.split("x")
        return int(width), int(height)
