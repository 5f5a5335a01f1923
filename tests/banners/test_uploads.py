import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from registration.banners.uploads import LOGO, MOST_BYTES, PHOTO, renewed
from registration.common.errors import RuleBroken

PLACE = b"Somebody's garden"


def upload(picture: Image.Image, kind: str = "PNG", **options: Any) -> ContentFile:
    drawn = BytesIO()
    picture.save(drawn, kind, **options)
    return ContentFile(drawn.getvalue(), name="x")


def photo(width: int = 900, height: int = 600) -> Image.Image:
    return Image.new("RGB", (width, height), "#a02040")


def bomb(width: int, height: int) -> ContentFile:
    """A PNG of a few bytes whose head promises that many dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
    return ContentFile(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b""), "x"
    )


def refusal(file: ContentFile, **options: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        renewed(file, bounds=options.get("bounds", PHOTO))
    assert "%(" not in refused.value.sentence
    return refused.value.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_written_anew_and_named_by_what_is_in_it(kind: str) -> None:
    one = renewed(upload(photo(), kind), bounds=PHOTO)
    again = renewed(upload(photo(), kind), bounds=PHOTO)

    opened = Image.open(one)
    assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (900, 600))
    assert one.name == again.name
    assert one.name.endswith(".jpg")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_what_the_file_said_of_itself_stays_behind(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    exif[0x8825] = {2: (20.0, 57.0, 0.0)}
    came = upload(photo(), kind, exif=exif)

    went = renewed(came, bounds=PHOTO)

    came.seek(0)
    assert PLACE in came.read()
    assert PLACE not in went.read()
    assert dict(Image.open(went).getexif()) == {}


def test_a_photo_taken_sideways_stands_upright() -> None:
    lying = photo(900, 640)
    lying.paste("#ffffff", (0, 0, 450, 640))
    exif = Image.Exif()
    exif[0x0112] = 6

    upright = Image.open(renewed(upload(lying, "JPEG", exif=exif), bounds=PHOTO))

    assert upright.size == (640, 900)
    assert upright.getpixel((320, 100)) == (255, 255, 255)


def test_a_large_photo_is_brought_down_and_a_logo_keeps_what_is_transparent() -> None:
    large = Image.open(renewed(upload(photo(4800, 3200), "JPEG"), bounds=PHOTO))
    logo = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    kept = Image.open(renewed(upload(logo), bounds=LOGO))

    assert large.size == (2400, 1600)
    assert (kept.format, kept.mode, kept.getpixel((5, 5))[3]) == ("PNG", "RGBA", 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture_unreadable"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 900 600\n", "picture_unreadable"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "picture_unreadable"),
        (b"\x89PNG\r\n\x1a\n", "picture_unreadable"),
        (b"x" * (MOST_BYTES + 1), "picture_too_heavy"),
    ],
    ids=["empty", "svg", "postscript", "gif", "head of a png", "heavy"],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes, code: str) -> None:
    assert refusal(ContentFile(content, name="photo.png")) == code


def test_a_torn_picture_is_refused() -> None:
    whole = upload(photo(), "JPEG").read()

    assert refusal(ContentFile(whole[: len(whole) // 2], "x")) == "picture_unreadable"


@pytest.mark.parametrize(
    ("width", "height"), [(5001, 5000), (12_000, 12_000), (60_000, 60_000), (2_000_000_000, 1)]
)
def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head(
    width: int, height: int
) -> None:
    assert refusal(bomb(width, height)) == "picture_too_large"


def test_a_picture_without_enough_dots_is_refused() -> None:
    assert refusal(upload(photo(599, 400))) == "picture_too_small"
    assert refusal(upload(photo(63, 63)), bounds=LOGO) == "picture_too_small"
