"""What units and editors do with banners: place one, paste its code, count its clicks."""

from datetime import date
from urllib.parse import urljoin

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html

from registration.banners.choices import Size
from registration.banners.models import DayClicks, Placement
from registration.banners.rules import clean_code


def find_placement(code: str) -> Placement | None:
    """The open placement of this code, in any case; with its unit, banner and campaign."""
    placement = find_any_placement(code)
    return placement if placement and placement.closed_at is None else None


def find_any_placement(code: str) -> Placement | None:
    """As ``find_placement``, closed ones too: their picture must not break on anybody's page."""
    cleaned = clean_code(code)
    if cleaned is None:
        return None
    return (
        Placement.objects.select_related(
            "unit__jurisdiction",
            "unit__province",
            "banner__campaign__province",
            "banner__campaign__owner",
        )
        .filter(code=cleaned)
        .first()
    )


def count_click(placement: Placement, *, day: date) -> None:
    """Add one to the placement's day, in one statement: clicks at once are all counted."""
    table = DayClicks._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (placement_id, day, count) VALUES (%s, %s, 1)"  # noqa: S608
            f" ON CONFLICT (placement_id, day) DO UPDATE SET count = {table}.count + 1",
            [placement.pk, connection.ops.adapt_datefield_value(day)],
        )


def code_to_paste(placement: Placement) -> str:
    """HTML for any website: a link and an image, nothing that a strict page could refuse."""
    width, height = Size(placement.size).pixels
    with translation.override(placement.language):
        alt = placement.banner.alt
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        address_of(placement),
        picture_of(placement),
        width,
        height,
        alt,
    )


def address_of(placement: Placement) -> str:
    return urljoin(settings.BASE_URL, reverse("banners:click", args=[placement.code]))


def picture_of(placement: Placement) -> str:
    return urljoin(settings.BASE_URL, reverse("banners:picture", args=[placement.code]))
