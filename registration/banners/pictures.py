"""The banner as a picture: drawn when asked for, and kept by what it shows."""

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import prefetch_related_objects
from django.db.models.fields.files import FieldFile
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image, ImageOps

from registration.banners.choices import Look, Size
from registration.banners.colours import PALETTES, RING
from registration.banners.models import Banner, BannerOwner, Placement
from registration.common.typeset import typeset
from registration.units.models import Unit

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).parent / "typst" / "banner.typ"
# A point is 1/72 inch: two dots for each, for the screens of today.
DOTS = 2
KEPT_SECONDS = 30 * 24 * 3600
# The part of a banner that its photo covers; beside it is the ground of the words.
PHOTO_WIDTH, PHOTO_HEIGHT = 0.7, 0.52
LOGO_DOTS = (480, 160)


@dataclass(frozen=True)
class Owner:
    """Who signs: a logo (the name of a stored file) or else a name in words."""

    name: str
    logo: str = ""


@dataclass(frozen=True)
class Picture:
    """All that a banner shows. Two banners that show the same are one picture."""

    width: int
    height: int
    language: str
    headline: str
    call: str
    look: Look = Look.DEEP
    owners: tuple[Owner, ...] = ()
    # The name of a stored file; an uploaded one is named by what is in it.
    photo: str = ""

    @property
    def digest(self) -> str:
        shown = json.dumps([asdict(self), _drawing_digest()], ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()

    def png(self) -> bytes:
        """The PNG, twice as wide and high in dots as in CSS pixels."""
        return self._kept("png")

    def svg(self) -> bytes:
        """The SVG, in CSS pixels; its letters are outlines, so that it needs no font."""
        return self._kept("svg")

    def _kept(self, kind: Literal["png", "svg"]) -> bytes:
        key = f"banner:{self.digest}:{kind}"
        drawn: bytes | None = cache.get(key)
        if drawn is None:
            try:
                drawn = self._drawn(kind)
            except OSError:
                # A stored file that cannot be read; the next request tries again.
                logger.exception("A picture of a banner cannot be read.")
                return self._plain()._kept(kind)
            cache.set(key, drawn, KEPT_SECONDS)
        return drawn

    def _plain(self) -> "Picture":
        """The same words on colour, without a stored file."""
        look = Look.DEEP if self.photo else self.look
        owners = tuple(Owner(owner.name) for owner in self.owners)
        return replace(self, look=look, photo="", owners=owners)

    def _drawn(self, kind: Literal["png", "svg"]) -> bytes:
        drawn = typeset(TEMPLATE, data=self._data(), format=kind, ppi=72 * DOTS)
        if kind == "png":
            return drawn
        # A typst point is a CSS pixel here; as "pt" a browser would draw it a third larger.
        for side in (self.width, self.height):
            drawn = drawn.replace(b'="%dpt"' % side, b'="%d"' % side, 1)
        return drawn

    def _data(self) -> dict[str, Any]:
        return {
            "width": self.width,
            "height": self.height,
            "language": self.language,
            "headline": self.headline,
            "call": self.call,
            "colours": asdict(PALETTES[self.look]),
            "ring": RING,
            "photo": self._photo(),
            "owners": [
                {"name": owner.name, "logo": _logo_of(owner.logo) if owner.logo else None}
                for owner in self.owners
            ],
        }

    def _photo(self) -> list[int] | None:
        if not self.photo:
            return None
        is_box = self.width < 1.5 * self.height
        width = self.width if is_box else round(self.width * PHOTO_WIDTH)
        height = round(self.height * PHOTO_HEIGHT) if is_box else self.height
        with default_storage.open(self.photo) as file:
            photo = Image.open(file)
            fitted = ImageOps.fit(photo.convert("RGB"), (width * DOTS, height * DOTS))
        drawn = BytesIO()
        fitted.save(drawn, "JPEG", quality=86)
        return list(drawn.getvalue())


def picture_of(placement: Placement, *, day: date) -> Picture:
    """What a placement shows on a day of its unit's zone.

    The banner as it was last published; the general one, in the same size and language, for a
    closed placement and for a banner that is not published, not yet or no longer shown.
    """
    size = Size(placement.size)
    if placement.closed_at is not None or not placement.banner.is_shown_on(day):
        return general_picture(placement.language, size=size)
    return banner_picture(placement.banner, placement.language, size=size)


def banner_picture(banner: Banner, language: str, *, size: Size) -> Picture:
    """The banner as it stands in the object given, be it a draft."""
    width, height = size.pixels
    photo = _stored(banner.photo) if banner.look == Look.PHOTO else ""
    # A photo that was lost leaves words on colour.
    look = Look.DEEP if banner.look == Look.PHOTO and not photo else Look(banner.look)
    with translation.override(language):
        return Picture(
            width=width,
            height=height,
            language=language,
            headline=banner.headline or "",
            call=banner.call or "",
            look=look,
            owners=tuple(_owners_of(banner)),
            photo=photo,
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
        )


def _owners_of(banner: Banner) -> Iterable[Owner]:
    """Those who sign the banner; without any, the owner of the campaign."""
    signers: list[BannerOwner] = list(banner.owners.all())
    prefetch_related_objects(signers, "unit")
    if not signers:
        return [Owner(banner.campaign.owner.name)]
    # A draft's owners are not in the database yet: each one's unit may be missing.
    return [
        Owner(_short_name(owner.unit), _stored(owner.logo)) for owner in signers if owner.unit_id
    ]


def _short_name(unit: Unit) -> str:
    return unit.short_name or unit.name


def _stored(file: FieldFile) -> str:
    """The name of a file that is really there, else an empty one: a lost file breaks no banner."""
    if not file or not file.name:
        return ""
    if file.storage.exists(file.name):
        return file.name
    logger.error("A picture of a banner is not in the storage: %s", file.name)
    return ""


def _logo_of(name: str) -> dict[str, Any]:
    with default_storage.open(name) as file:
        logo = Image.open(file).convert("RGBA")
    logo.thumbnail(LOGO_DOTS)
    drawn = BytesIO()
    logo.save(drawn, "PNG")
    return {"dots": list(drawn.getvalue()), "ratio": logo.width / logo.height}


@lru_cache(maxsize=1)
def _drawing_digest() -> str:
    """What else decides how a banner looks: a new release draws all anew."""
    palettes = repr(sorted(PALETTES.items())).encode()
    return hashlib.sha256(TEMPLATE.read_bytes() + palettes).hexdigest()
