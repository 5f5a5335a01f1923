"""A placement on paper: its QR code, and the poster with it."""

import hashlib
import json
from dataclasses import asdict
from io import BytesIO
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from registration.banners.choices import Size
from registration.banners.colours import PALETTES
from registration.banners.models import Placement
from registration.banners.pictures import Owner, banner_picture
from registration.banners.snippets import address_of, scanned_address_of
from registration.common.typeset import typeset
from registration.kit.choices import Paper

POSTER = "kit/typst/poster.typ"
KEPT_SECONDS = 24 * 3600
# A quarter of the code may be scratched or soiled.
LEVEL = "q"
INK = "#0d2b2a"
# A PNG's dots for each module of the code: sharp on a page of A4.
MODULE = 12
# What a printer of 200 dots for the inch shows on A4: a photo from edge to edge, a logo of 8 cm.
PHOTO_DOTS = (1654, 1050)
LOGO_DOTS = (640, 320)


def qr_svg(placement: Placement) -> bytes:
    return _qr(placement, kind="svg", border=4, xmldecl=False, scale=8)


def qr_png(placement: Placement) -> bytes:
    return _qr(placement, kind="png", border=4, scale=MODULE)


def poster(placement: Placement, paper: Paper) -> bytes:
    """PDF/UA-1 in the placement's language, to hang up where the unit's people pass."""
    with translation.override(placement.language):
        data = _poster_data(placement)
    data["scale"] = paper.scale
    shown = hashlib.sha256(json.dumps(data, ensure_ascii=False, default=str).encode()).hexdigest()
    key = f"poster:{shown}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = typeset(POSTER, data=data, made_at=placement.created_at)
        cache.set(key, made, KEPT_SECONDS)
    return made


def _qr(placement: Placement, **how: Any) -> bytes:
    made = BytesIO()
    code = segno.make(scanned_address_of(placement), error=LEVEL, micro=False)
    code.save(made, dark=INK, **how)
    return made.getvalue()


def _poster_data(placement: Placement) -> dict[str, Any]:
    shown = banner_picture(placement.banner, placement.language, size=Size.LARGE)
    address = address_of(placement)
    return {
        "language": placement.language,
        "region": placement.unit.jurisdiction_id.lower(),
        "title": f"{shown.headline} – {placement.unit}",
        "headline": shown.headline,
        "call": shown.call,
        "unit": str(placement.unit),
        "colours": asdict(PALETTES[shown.look]),
        "mark": _mark(),
        "photo": _photo(shown.photo) if shown.photo else None,
        "owners": [_signed(owner) for owner in shown.owners],
        "qr": _qr(placement, kind="svg", border=0, xmldecl=False).decode(),
        "qr_alt": _("QR code that leads to %(address)s") % {"address": address},
        # Translators: on a poster, beside a QR code.
        "scan": _("Scan this with the camera of your telephone"),
        # Translators: on a poster, above an address of the web.
        "type": _("or type this address:"),
        # In two lines, host and path, as large as can be.
        "address": address.partition("://")[2].replace("/b/", " /b/").split(),
    }


def _mark() -> str:
    found = finders.find("img/logo.svg")
    with open(str(found), encoding="utf-8") as file:
        return file.read()


def _signed(owner: Owner) -> dict[str, Any]:
    return {"name": owner.name, "logo": _logo(owner.logo) if owner.logo else None}


def _logo(name: str) -> list[int]:
    with default_storage.open(name) as file:
        logo = Image.open(file).convert("RGBA")
    logo.thumbnail(LOGO_DOTS)
    return _bytes(logo, "PNG")


def _photo(name: str) -> list[int]:
    with default_storage.open(name) as file:
        photo = ImageOps.fit(Image.open(file).convert("RGB"), PHOTO_DOTS)
    return _bytes(photo, "JPEG", quality=88)


def _bytes(image: Image.Image, kind: str, **how: Any) -> list[int]:
    made = BytesIO()
    image.save(made, kind, **how)
    return list(made.getvalue())
