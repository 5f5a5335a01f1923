"""The form that takes the reference and the six digits of an SMS."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.common.references import normalise_reference
from registration.people.forms import CleanField, asked
from registration.people.rules import read_code


class CodeForm(forms.Form):
    """With ``asks_anew`` the digits may be missing: a new code is wanted."""

    reference = CleanField(
        label=_("Your reference"),
        max_length=20,
        missing=_("Write the reference that stands in the SMS."),
    )
    code = CleanField(
        label=_("Code from the SMS"),
        help_text=_("Six digits, good for 24 hours."),
        max_length=20,
        missing=_("Write the six digits that stand in the SMS."),
    )

    def __init__(self, *args: Any, asks_anew: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_anew = asks_anew
        self.fields["code"].required = not asks_anew
        plain = {"spellcheck": "false", "autocapitalize": "characters", "class": "input-10"}
        self.fields["reference"].widget.attrs |= {**plain, "autocomplete": "off"}
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "class": "input-10",
        }

    def clean_reference(self) -> str:
        reference = normalise_reference(self.cleaned_data["reference"])
        if reference is None:
            raise ValidationError(
                _("This is no reference: one of its letters is wrong. Check them in the SMS."),
                code="reference_shape",
            )
        return reference

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        return "" if self.asks_anew else str(asked(read_code, code))
