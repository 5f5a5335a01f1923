"""The banner as a picture: words on colour, drawn when asked for and kept by what it shows."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext

from registration.banners.choices import Size
from registration.banners.models import Placement
from registration.common.typeset import typeset

TEMPLATE = Path(__file__).parent / "typst" / "banner.typ"
# A point is 1/72 inch: two dots for each, for the screens of today.
PPI = 144
KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Picture:
    """All that a banner shows. Two banners with equal words are one picture."""

    width: int
    height: int
    language: str
    headline: str
    call: str
    owner: str

    @property
    def digest(self) -> str:
        shown = json.dumps([asdict(self), _template_digest()], ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()

    def draw(self) -> bytes:
        """The PNG, twice as wide and high in dots as in CSS pixels."""
        key = f"banner:{self.digest}"
        drawn: bytes | None = cache.get(key)
        if drawn is None:
            drawn = typeset(TEMPLATE, data=asdict(self), format="png", ppi=PPI)
            cache.set(key, drawn, KEPT_SECONDS)
        return drawn


def picture_of(placement: Placement) -> Picture:
    """An open placement's own picture; the general one, in its size, for a closed one."""
    if placement.closed_at is not None:
        return general_picture(placement.language, size=Size(placement.size))
    width, height = Size(placement.size).pixels
    with translation.override(placement.language):
        banner = placement.banner
        return Picture(
            width=width,
            height=height,
            language=placement.language,
            headline=banner.headline,
            call=banner.call,
            owner=banner.campaign.owner.name,
        )


def general_picture(language: str, *, size: Size = Size.LEADERBOARD) -> Picture:
    """What is shown where no placement is known: a banner for the cause, of nobody."""
    width, height = size.pixels
    with translation.override(language):
        return Picture(
            width=width,
            height=height,
            language=language,
            headline=gettext("Organ and blood donation"),
            # Translators: on a banner; it leads to the front page.
            call=gettext("Learn more"),
            owner="",
        )


@lru_cache(maxsize=1)
def _template_digest() -> str:
    return hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()
