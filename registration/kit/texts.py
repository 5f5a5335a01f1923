"""A placement's codes for websites and mails, and the mail to whoever looks after the website."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registration.banners.choices import Size
from registration.banners.models import Placement
from registration.banners.origins import origins_of
from registration.banners.snippets import (
    address_of,
    component_code,
    frame_code,
    image_code,
    picture_address_of,
    signature_code,
)
from registration.kit.choices import Guide


@dataclass(frozen=True)
class Kit:
    """What a placement's pages show of it."""

    placement: Placement

    @property
    def address(self) -> str:
        return address_of(self.placement)

    @property
    def picture_address(self) -> str:
        return picture_address_of(self.placement)

    @property
    def picture(self) -> str:
        """Its path on this site: within our own pages it counts as nobody's view."""
        return reverse("banners:picture", args=[self.placement.code])

    @property
    def width(self) -> int:
        return Size(self.placement.size).pixels[0]

    @property
    def height(self) -> int:
        return Size(self.placement.size).pixels[1]

    @property
    def image_code(self) -> str:
        return image_code(self.placement)

    @property
    def component_code(self) -> str:
        return component_code(self.placement)

    @property
    def frame_code(self) -> str:
        return frame_code(self.placement)

    @property
    def websites(self) -> list[str]:
        """Where a frame is shown; on all other websites it stays empty."""
        return origins_of(self.placement.unit)

    @property
    def new_window_code(self) -> str:
        """For systems that show pasted code in a frame of theirs, where our pages do not open."""
        return self.image_code.replace("<a ", '<a target="_blank" rel="noopener" ', 1)

    @property
    def signature(self) -> SafeString:
        """With the picture where its size is made for mails, else in words alone."""
        if self.placement.size == Size.SIGNATURE:
            return signature_code(self.placement)
        return format_html('<p><a href="{}">{}</a></p>', self.address, self.words)

    @property
    def has_signature_picture(self) -> bool:
        return bool(self.placement.size == Size.SIGNATURE)

    @property
    def plain_signature(self) -> str:
        return f"{self.words}\n{self.address}"

    @property
    def words(self) -> str:
        with translation.override(self.placement.language):
            return f"{self.placement.banner.headline} · {self.placement.banner.call}"

    @property
    def signature_choice(self) -> str:
        """Where the same banner is chosen in the size for mails."""
        chosen = f"banner={self.placement.banner.code}&language={self.placement.language}"
        unit = reverse("kit:fill_in", args=[self.placement.unit.code])
        return f"{unit}?{chosen}&size={Size.SIGNATURE.value}"

    @property
    def guides(self) -> list[Guide]:
        return list(Guide)

    @property
    def mail_subject(self) -> str:
        # Translators: the subject of a mail to whoever looks after a unit's website.
        return _("A banner for our website: %(unit)s") % {"unit": self.placement.unit}

    @property
    def mail_text(self) -> str:
        """What a webmaster needs to know, in the language of the page, as lines of plain text:
        each kind of code, and when it fits.
        """
        return self._mail_text(is_whole=True)

    @property
    def mail_address(self) -> str:
        """Opens the mail in whatever program the reader writes mails with.

        Windows hands such a program 2,083 characters at most, and in Vietnamese or Turkish a letter
        takes up to nine. So this one holds the first kind, and the address of the others.
        """
        body = self._mail_text(is_whole=False).replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.mail_subject)}&body={quote(body)}"

    def _mail_text(self, *, is_whole: bool) -> str:
        page = reverse("kit:placed", args=[self.placement.code])
        context = {"kit": self, "page": f"{settings.BASE_URL}{page}", "is_whole": is_whole}
        return render_to_string("kit/webmaster.txt", context).strip()
