import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image, ImageStat

from registration.banners import pictures
from registration.banners.choices import Look, Size
from registration.banners.colours import PALETTES, over
from registration.banners.models import Banner, BannerOwner, Placement
from registration.banners.pictures import Owner, Picture, general_picture, picture_of
from tests.banners.contrasts import LEAST_CONTRAST, contrast, pairs_of

TODAY = date(2026, 11, 21)
# As long as their fields take, with letters that stand tallest.
LONG = {
    "vi": (
        "Đăng ký hiến, tặng mô, tạng, bộ phận cơ thể người: nghĩa cử cao đẹp, cứu sống bao người",
        "Tìm hiểu và đăng ký hiến tặng ngay hômnay",
    ),
    "tr": (
        "Bağışladığınız organ ve dokular hayatta kalmayı bekleyene yeni bir hayat sunabilir bildir",
        "Bağış niyetinizi şimdi bize bildiriniz!!",
    ),
}
NAMES = ("BV Việt Nam - Thụy Điển Uông Bí", "Adana İl Sağlık Müdürlüğü", "SYT Quảng Ninh")


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(media: Path, name: str, colour: str = "#ffffff") -> str:
    drawn = BytesIO()
    Image.new("RGB", (1200, 800), colour).save(drawn, "PNG")
    (media / name).write_bytes(drawn.getvalue())
    return name


def image(drawn: bytes) -> Image.Image:
    return Image.open(BytesIO(drawn)).convert("RGB")


@pytest.fixture
def placement(reference: SimpleNamespace) -> Placement:
    return Placement.objects.get(pk=reference.placement.pk)


def test_contrast_is_that_of_the_guideline() -> None:
    pairs = [("#000000", "#ffffff"), ("#777777", "#ffffff"), ("#0b5d5a", "#0b5d5a")]

    assert [round(contrast(*pair), 2) for pair in pairs] == [21, 4.48, 1]
    assert over("#000000", 0.82, "#ffffff") == "#2e2e2e"


@pytest.mark.parametrize("look", Look)
def test_words_of_each_look_stand_out_at_their_worst(look: Look) -> None:
    pairs = pairs_of(PALETTES[look])

    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < LEAST_CONTRAST} == {}


@pytest.mark.parametrize("size", Size)
def test_words_on_the_whitest_photo_stand_out_as_computed(media: Path, size: Size) -> None:
    """The ground below the words is nowhere lighter than the veil that the colours count on."""
    photo = kept(media, "white.png")
    words = Picture(*size.pixels, "vi", " ", "x", Look.PHOTO, (), photo)
    palette = PALETTES[Look.PHOTO]
    lightest = over(palette.ground, palette.veil, "#ffffff")

    drawn = image(words.png())

    # Where a headline may stand: the end of its room, in the sizes' own layouts.
    ends = {"728x90": 385, "468x60": 269, "320x100": 219, "970x250": 598, "600x200": 375}
    width, _height = size.pixels
    if size == Size.RECTANGLE:
        dots = [drawn.getpixel((width, 2 * y)) for y in range(89, 180)]
    else:
        # The pill's width follows its words, and the veil moves with it: its narrowest here.
        dots = [drawn.getpixel((2 * x, 4)) for x in range(ends[size])]
    limit = bytes.fromhex(lightest[1:])
    assert max(dot[0] for dot in dots) <= limit[0] + 1
    # And the photo is seen: the far corner is nearly white.
    corner = (width, 4) if size == Size.RECTANGLE else (2 * width - 4, 4)
    assert min(drawn.getpixel(corner)) > 225


@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("look", Look)
def test_the_longest_words_fit_each_look_and_size(
    media: Path, look: Look, size: Size, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The edges hold ground or stripe alone, and typst has nothing to warn of."""
    headline, call = LONG[language]
    owners = (Owner("logo", kept(media, "logo.png", "#1050a0")), *map(Owner, NAMES))
    photo = kept(media, "photo.png", "#205060") if look == Look.PHOTO else ""
    full = Picture(*size.pixels, language, headline[:90], call[:40], look, owners, photo)
    bare = replace(full, headline=" ", call=" ", owners=())

    drawn, empty = image(full.png()), image(bare.png())

    width, height = drawn.size
    foot = height - 2 * (3 if size.pixels[1] < 70 else 4)
    frames = [(0, 0, width, 4), (0, 0, 8, height), (width - 8, 0, width, height)]
    frames.append((0, foot, width, height))
    if look != Look.PHOTO:
        assert [drawn.crop(box).tobytes() for box in frames] == [
            empty.crop(box).tobytes() for box in frames
        ]
    assert drawn.size == (2 * size.pixels[0], 2 * size.pixels[1])
    assert caplog.records == []


@pytest.mark.parametrize("size", Size)
def test_a_drawing_is_in_css_pixels_and_needs_nothing_from_elsewhere(
    media: Path, size: Size
) -> None:
    picture = Picture(*size.pixels, "vi", "Cho đi", "Đăng ký", Look.PHOTO, (), kept(media, "a.png"))

    drawn = picture.svg().decode()

    width, height = size.pixels
    head = drawn[: drawn.index(">")]
    assert f' width="{width}"' in head
    assert f' height="{height}"' in head
    assert f'viewBox="0 0 {width} {height}"' in head
    links = re.findall(r'href="([^"]{1,12})', drawn)
    assert {link[:5] for link in links if not link.startswith("#")} == {"data:"}
    assert "<script" not in drawn
    assert "<foreignObject" not in drawn


def test_the_period_belongs_to_the_banner_with_both_its_days(placement: Placement) -> None:
    Banner.objects.update(starts_on=TODAY, ends_on=TODAY + timedelta(days=2))
    placement = Placement.objects.get()
    general = general_picture("vi", size=Size(placement.size))

    shown = [picture_of(placement, day=TODAY + timedelta(days=n)) for n in (-1, 0, 2, 3)]

    assert [picture == general for picture in shown] == [True, False, False, True]


@pytest.mark.parametrize("change", [{"live": False}, {"ends_on": TODAY - timedelta(days=1)}])
@pytest.mark.parametrize("size", Size)
def test_what_is_not_shown_turns_into_the_general_one_in_its_size(
    placement: Placement, size: Size, change: dict[str, Any]
) -> None:
    Banner.objects.update(**change)
    Placement.objects.update(size=size, language="tr")

    picture = picture_of(Placement.objects.get(), day=TODAY)

    assert picture == general_picture("tr", size=size)
    assert image(picture.png()).size == (2 * size.pixels[0], 2 * size.pixels[1])


def test_a_closed_placement_shows_the_general_one(placement: Placement) -> None:
    Placement.objects.update(closed_at=timezone.now())

    assert picture_of(Placement.objects.get(), day=TODAY) == general_picture("vi")


def test_those_who_sign_stand_in_their_order_and_else_the_owner_of_the_campaign(
    placement: Placement, reference: SimpleNamespace, media: Path
) -> None:
    before = picture_of(placement, day=TODAY)
    reference.steward.short_name = "BVĐK Quảng Ninh"
    reference.steward.save()
    signed = [(reference.hospital, ""), (reference.steward, kept(media, "logo.png"))]
    for order, (unit, logo) in enumerate(signed):
        BannerOwner.objects.create(banner=placement.banner, unit=unit, logo=logo, sort_order=order)

    picture = picture_of(Placement.objects.get(), day=TODAY)

    assert before.owners == (Owner("Sở Y tế Quảng Ninh"),)
    assert picture.owners == (
        Owner("Bệnh viện Bãi Cháy"),
        Owner("BVĐK Quảng Ninh", "logo.png"),
    )


def test_a_photo_that_was_lost_leaves_words_on_colour(
    placement: Placement, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Banner.objects.update(look="photo", photo="banners/gone.jpg")

    picture = picture_of(Placement.objects.get(), day=TODAY)

    assert (picture.look, picture.photo) == (Look.DEEP, "")
    assert image(picture.png()).size == (1456, 180)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_photo_that_cannot_be_read_leaves_words_on_colour_and_is_tried_again(
    media: Path,
) -> None:
    (media / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    picture = Picture(728, 90, "vi", "Cho đi", "Đăng ký", Look.PHOTO, (), "torn.jpg")

    torn = picture.png()
    kept(media, "torn.jpg", "#c04020")
    mended = picture.png()

    assert torn == replace(picture, look=Look.DEEP, photo="").png()
    assert ImageStat.Stat(image(mended).crop((1300, 0, 1456, 160))).mean[0] > 150


def test_a_picture_is_drawn_once_for_all_who_show_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = []
    really = pictures.typeset
    monkeypatch.setattr(
        pictures, "typeset", lambda *a, **k: drawn.append(k["format"]) or really(*a, **k)
    )
    one, other = (Picture(468, 60, "vi", "Cho đi", "Đăng ký") for _time in range(2))

    one.png(), other.png(), one.svg(), other.svg()

    assert drawn == ["png", "svg"]
    assert one.digest == other.digest != replace(one, look=Look.WARM).digest


def test_a_change_of_the_colours_draws_all_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture(468, 60, "vi", "Cho đi", "Đăng ký")
    before = picture.digest
    changed = {**PALETTES, Look.DEEP: replace(PALETTES[Look.DEEP], pill="#ffffff")}
    monkeypatch.setattr(pictures, "PALETTES", changed)
    pictures._drawing_digest.cache_clear()

    after = picture.digest

    monkeypatch.undo()
    pictures._drawing_digest.cache_clear()
    assert after != before == picture.digest


def test_owners_cost_two_queries_however_many(
    placement: Placement,
    reference: SimpleNamespace,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def show() -> Picture:
        found = Placement.objects.select_related("banner__campaign__owner").get()
        return picture_of(found, day=TODAY)

    BannerOwner.objects.create(banner=placement.banner, unit=reference.hospital)
    one = count_queries(show)
    for unit in (reference.steward, reference.quang_ninh_department):
        BannerOwner.objects.create(banner=placement.banner, unit=unit)

    assert (one, count_queries(show)) == (3, 3)
