"""What editors type into a banner: checked here, in words that say what to do."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname
from wagtail.admin.forms import WagtailAdminModelForm

from registration.banners.choices import Look
from registration.banners.origins import allowed_origins, origin_of
from registration.banners.targets import own_path, page_at
from registration.banners.uploads import LOGO, PHOTO, Bounds, renewed
from registration.common.errors import RuleBroken

WORDS = ("headline", "call", "alt")


class PictureField(forms.FileField):
    """Takes a PNG, JPEG or WebP picture within bounds and gives back one written anew."""

    widget = forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def __init__(self, *, bounds: Bounds, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.bounds = bounds

    def to_python(self, data: File | None) -> ContentFile | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return renewed(upload, bounds=self.bounds)
        except RuleBroken as error:
            raise ValidationError(error.sentence, error.code) from error


class BannerForm(WagtailAdminModelForm):
    photo = PictureField(
        bounds=PHOTO,
        label=_("Picture"),
        help_text=_("For the look “Words on a picture”. Its right half is seen best."),
    )

    def clean_target(self) -> str:
        """The path as it is kept, from a path or from a whole address of this portal."""
        typed = self.cleaned_data["target"].strip()
        if not typed:
            return ""
        path = own_path(typed)
        if path is None:
            raise ValidationError(
                _("Give an address of this portal. A banner leads to no other site."), "foreign"
            )
        if page_at(path) is None:
            raise ValidationError(_("There is no published page at this address."), "no_page")
        return path

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._require_words(cleaned)
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("This day is before the first one."))
        # Without a new file the field holds the one that is there; False, where it is taken away.
        needs_photo = cleaned.get("look") == Look.PHOTO and "photo" not in self.errors
        if needs_photo and not cleaned.get("photo"):
            self.add_error("photo", _("This look needs a picture."))
        return cleaned

    def _require_words(self, cleaned: dict[str, Any]) -> None:
        """A draft may wait for its translations; what is published says it in every language."""
        if self.is_deferred_validation:
            return
        for language, _label in settings.LANGUAGES:
            for name in WORDS:
                field = build_localized_fieldname(name, language)
                if field not in self.errors and not cleaned.get(field):
                    self.add_error(field, _("Write this in every language before it is published."))


class OwnerForm(WagtailAdminModelForm):
    logo = PictureField(
        bounds=LOGO,
        label=_("Logo"),
        help_text=_("Best a PNG without background. Without a logo the short name is written."),
    )


class OriginForm(WagtailAdminModelForm):
    """Takes any address of the website and keeps what frames are compared with."""

    def clean_origin(self) -> str:
        origin = origin_of(self.cleaned_data["origin"])
        if origin is None:
            raise ValidationError(
                _("Write the address of the website as its pages show it, with https://."),
                "no_origin",
            )
        return origin

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        unit, origin = cleaned.get("unit"), cleaned.get("origin")
        if unit and origin and origin not in allowed_origins(unit.website, [origin]):
            self.add_error(
                "origin",
                ValidationError(
                    _("Only a unit whose own website is without https may add one without it."),
                    "no_tls",
                ),
            )
        return cleaned
