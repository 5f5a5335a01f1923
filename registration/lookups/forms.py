from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.people.forms import BirthDateField, CleanField, IdentityNumberField
from registration.units.models import Jurisdiction


class LookUpForm(forms.Form):
    """Exact number and birth date, case and reason: all of them, or nothing is looked up."""

    def __init__(self, jurisdiction: Jurisdiction, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identity_number"] = IdentityNumberField(
            jurisdiction, day=day, missing=_("Write the identity number.")
        )
        self.fields["birth_date"] = BirthDateField(
            day=day,
            help_text=_("For example 27 3 1980."),
            missing=_("Write the date of birth."),
        )
        # Not the keyboard's memory of the last patient.
        for box in self.fields["birth_date"].widget.widgets:
            box.attrs["autocomplete"] = "off"
        self.fields["case_number"] = CleanField(
            label=_("Case number"), max_length=60, missing=_("Write the number of the case.")
        )
        self.fields["reason"] = CleanField(
            label=_("Reason"), max_length=200, missing=_("Write the reason.")
        )
        for name in ("case_number", "reason"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
