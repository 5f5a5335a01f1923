"""What a unit pastes into its website: one placement as a picture, a component or a frame.

No inline style or script in any of them, so that a page's strict policy has nothing to refuse.
"""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registration.banners.choices import Size
from registration.banners.models import Placement
from registration.banners.rules import SCANNED

SCRIPT = "embed/v1/banner.js"
# The script of a version is never altered once shipped: websites hold this hash for years.
SCRIPT_INTEGRITY = "sha384-lo/fIm1r0lUT7CEMk2hVfqntvetVXRghdMdotPQ43Ivh/OFquTsYRz2al60mlzUx"


def image_code(placement: Placement) -> SafeString:
    """A link and a picture, for any website and any mail."""
    width, height = Size(placement.size).pixels
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        address_of(placement),
        picture_address_of(placement),
        width,
        height,
        _alt_of(placement),
    )


def component_code(placement: Placement) -> SafeString:
    """The banner in words, with the progress of its campaign.

    Link and picture stand inside. They are what is seen without scripts, where the page's policy
    refuses ours and where the portal does not answer; a ``<noscript>`` would help in the first
    case alone.
    """
    return format_html(
        '<portal-banner code="{}" language="{}" size="{}">{}</portal-banner>\n'
        '<script src="{}" integrity="{}" crossorigin="anonymous" async></script>',
        placement.code,
        placement.language,
        placement.size,
        image_code(placement),
        script_address(),
        SCRIPT_INTEGRITY,
    )


def frame_code(placement: Placement) -> SafeString:
    """For editors that let nothing else through. It runs no script, so it needs no other way."""
    width, height = Size(placement.size).pixels
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" frameborder="0" scrolling="no"'
        ' loading="lazy"></iframe>',
        frame_address_of(placement),
        width,
        height,
        _alt_of(placement),
    )


def signature_code(placement: Placement) -> SafeString:
    """For the foot of a mail: the picture, and a link in words where no pictures are shown."""
    width, height = Size(placement.size).pixels
    with translation.override(placement.language):
        words = f"{placement.banner.headline} · {placement.banner.call}"
    return format_html(
        '<p><a href="{0}"><img src="{1}" width="{2}" height="{3}" alt="" border="0"></a><br>'
        '<a href="{0}">{4}</a></p>',
        address_of(placement),
        picture_address_of(placement),
        width,
        height,
        words,
    )


def address_of(placement: Placement) -> str:
    return _absolute("click", placement)


def scanned_address_of(placement: Placement) -> str:
    """For QR codes: leads where the banner does, and registrations tell that they were scanned."""
    path = reverse("banners:click", args=[placement.code + SCANNED])
    return urljoin(settings.BASE_URL, path)


def picture_address_of(placement: Placement) -> str:
    return _absolute("picture", placement)


def frame_address_of(placement: Placement) -> str:
    return _absolute("frame", placement)


def script_address() -> str:
    """Without the hash that the storage adds to names: the version is in the path."""
    return urljoin(urljoin(settings.BASE_URL, settings.STATIC_URL), SCRIPT)


def _absolute(name: str, placement: Placement) -> str:
    return urljoin(settings.BASE_URL, reverse(f"banners:{name}", args=[placement.code]))


def _alt_of(placement: Placement) -> str:
    with translation.override(placement.language):
        return placement.banner.alt or ""
