"""Pictures that editors hand in: looked at before they are opened, and written anew."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from registration.common.errors import RuleBroken

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 6 * 1024 * 1024
# About 100 MB of memory while it is open; telephones of today make 12 to 24 million.
MOST_PIXELS = 25_000_000


@dataclass(frozen=True)
class Bounds:
    """The least sides of a picture in dots, and those to which a larger one is brought down."""

    least: tuple[int, int]
    kept: tuple[int, int]
    # A logo keeps what is transparent in it, a photo has nothing below it.
    transparent: bool = False


PHOTO = Bounds(least=(600, 300), kept=(2400, 1600))
LOGO = Bounds(least=(64, 32), kept=(800, 400), transparent=True)


def renewed(upload: File, *, bounds: Bounds) -> ContentFile:
    """The picture written anew and upright, named by what is in it.

    Nothing of the file that came in is kept beside its dots: no place, camera, or hidden part.
    Refuses ``picture_too_heavy``, ``picture_unreadable``, ``picture_too_large`` and
    ``picture_too_small``.
    """
    if upload.size > MOST_BYTES:
        raise RuleBroken(
            "picture_too_heavy",
            _("The picture has more than %(most)s MB."),
            most=MOST_BYTES // 1024**2,
        )
    try:
        return _drawn(upload, bounds)
    except RuleBroken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:
        # Whatever a broken or malicious file makes of the decoder: it is no picture.
        raise RuleBroken(
            "picture_unreadable", _("This is not a PNG, JPEG or WebP picture, or it is damaged.")
        ) from error


def _drawn(upload: File, bounds: Bounds) -> ContentFile:
    upload.seek(0)
    # The header alone is read here: the size is known before anything is unpacked.
    picture = Image.open(upload, formats=FORMATS)
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_large()
    if width < bounds.least[0] or height < bounds.least[1]:
        raise RuleBroken(
            "picture_too_small",
            _("The picture must have at least %(width)s × %(height)s dots."),
            width=bounds.least[0],
            height=bounds.least[1],
        )
    # A JPEG can be opened at a fraction of its size.
    picture.draft(None, bounds.kept)
    upright = ImageOps.exif_transpose(picture)
    opened = upright.convert("RGBA" if bounds.transparent else "RGB")
    opened.thumbnail(bounds.kept)
    drawn = BytesIO()
    # Copied onto new paper: what the file said of itself stays behind.
    paper = Image.new(opened.mode, opened.size)
    paper.paste(opened)
    if bounds.transparent:
        paper.save(drawn, "PNG", optimize=True)
    else:
        paper.save(drawn, "JPEG", quality=88, optimize=True)
    content = drawn.getvalue()
    ending = "png" if bounds.transparent else "jpg"
    return ContentFile(content, name=f"{hashlib.sha256(content).hexdigest()[:20]}.{ending}")


def _too_large() -> RuleBroken:
    return RuleBroken(
        "picture_too_large",
        _("The picture has more than %(most)s million dots. Make it smaller first."),
        most=MOST_PIXELS // 1_000_000,
    )
