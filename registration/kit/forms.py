"""What a unit chooses: one of its banners, in a language and a size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registration.banners.choices import Size
from registration.banners.models import Banner
from registration.kit.choices import SIZES, languages
from registration.units.models import Unit


@dataclass(frozen=True)
class Look:
    """A banner to choose: the radio button, its words and the address of its picture."""

    radio: BoundWidget
    banner: Banner
    picture: str
    width: int
    height: int


class ChoiceForm(forms.Form):
    """Everything is chosen beforehand, so that who is in a hurry presses one button."""

    banner = forms.ChoiceField(
        label=_("Banner"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a banner."),
            "invalid_choice": _("This banner is no longer given out. Choose another one."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the banner"),
        choices=languages,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the language of the banner."),
            "invalid_choice": _("Choose the language of the banner."),
        },
    )
    size = forms.ChoiceField(
        label=_("Size"),
        help_text=_(
            "Wide fits the top or the foot of a page, the box a column at the side. If you do not "
            "know, keep the wide one."
        ),
        choices=[(size.value, size.label) for size in SIZES],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a size."),
            "invalid_choice": _("Choose a size."),
        },
    )

    def __init__(
        self, unit: Unit, banners: list[Banner], data: Mapping[str, Any] | None = None
    ) -> None:
        chosen = {
            "banner": banners[0].code if banners else None,
            "language": unit.language,
            "size": Size.LEADERBOARD.value,
        }
        super().__init__(data, initial=chosen)
        self.banners = {banner.code: banner for banner in banners}
        self.fields["banner"].choices = [  # type: ignore[attr-defined]
            (banner.code, banner.headline) for banner in banners
        ]

    @property
    def looks(self) -> list[Look]:
        """The banners as they look on a telephone: the one size that fits every screen."""
        width, height = Size.PHONE.pixels
        language = self.chosen("language")
        pairs = zip(self["banner"].subwidgets, self.banners.values(), strict=True)
        return [
            Look(radio, banner, preview_address(banner.code, language, Size.PHONE), width, height)
            for radio, banner in pairs
        ]

    @property
    def preview(self) -> dict[str, Any]:
        """The chosen banner in its language and size, with what stands in for wrong choices."""
        size = Size(self.chosen("size"))
        banner = self.banners[self.chosen("banner")]
        width, height = size.pixels
        return {
            "address": preview_address(banner.code, self.chosen("language"), size),
            "width": width,
            "height": height,
        }

    def chosen(self, name: str) -> str:
        """What is chosen, or what was proposed where the choice is none."""
        value = str(self[name].value())
        known = {str(key) for key, _label in self.fields[name].choices}  # type: ignore[attr-defined]
        return value if value in known else str(self.initial[name])


def preview_address(banner: str, language: str, size: Size) -> str:
    return reverse("kit:preview", args=[banner, language, size.value])
