"""The public form of a request, and the officer's small forms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.ledger.choices import Sex
from registration.people.forms import (
    BirthDateField,
    CleanField,
    EmailContactField,
    FullNameField,
    IdentityNumberField,
    PhoneContactField,
    asked,
)
from registration.pledges.reasons import ReasonForm, RefusableForm
from registration.rights.asked import Asked
from registration.rights.choices import RequestKind
from registration.rights.rules import require_way_to_answer
from registration.units.choices import UnitKind
from registration.units.models import Jurisdiction, Province

MOST_WORDS = 2000


class RequestForm(forms.Form):
    """Who asks, how to answer, and what; no identity number (it is not needed to file)."""

    def __init__(self, jurisdiction: Jurisdiction, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("What do you ask?"),
            choices=RequestKind.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what you ask.")},
        )
        provinces = Province.objects.filter(
            jurisdiction=jurisdiction, units__kind=UnitKind.DEPARTMENT, units__is_active=True
        )
        self.fields["province"] = forms.ModelChoiceField(
            label=_("Province in which you registered"),
            queryset=provinces.select_related("jurisdiction").distinct(),
            # Translators: the empty first line of a list of places
            empty_label=_("Choose from the list"),
            error_messages={"required": _("Choose the province.")},
        )
        self.fields["full_name"] = FullNameField()
        self.fields["email"] = EmailContactField(
            required=False,
            help_text=_("The answer goes there. Best is the address that you registered with."),
        )
        self.fields["phone"] = PhoneContactField(jurisdiction.code, required=False)
        self.fields["address"] = CleanField(label=_("Postal address"), max_length=250)
        self.fields["registration_reference"] = CleanField(
            label=_("Reference of your registration"),
            max_length=20,
            help_text=_("If you have it. It stands in every message that we sent you."),
        )
        self.fields["text"] = CleanField(
            label=_("In your own words"),
            max_length=MOST_WORDS,
            help_text=_("Write no health data and no identity number here."),
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"email", "phone"} & set(self.errors):
            try:
                asked(
                    require_way_to_answer,
                    email=data.get("email", ""),
                    phone=data.get("phone", ""),
                )
            except forms.ValidationError as error:
                self.add_error("email", error)
        return data

    def asked(self) -> Asked:
        """The clean request of a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "province"}
        return Asked(**{**data, "kind": RequestKind(data["kind"])})


class DecisionForm(RefusableForm):
    """What an officer does with a request, and the words that go with it."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in ("name", "first", "extend", "carry_out", "refuse")]
    )
    reference = forms.CharField(label=_("Reference of the registration"), required=False)
    reason = forms.CharField(label=_("Reason of the extension"), required=False, max_length=1000)
    answer = forms.CharField(
        label=_("Answer to the person"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CorrectionForm(ReasonForm):
    """What a registration says of its owner; the identity number where there is one."""

    def __init__(
        self, jurisdiction: Jurisdiction, *args: Any, has_number: bool, day: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, label=_("Why it is corrected, and what you saw"), **kwargs)
        self.fields["full_name"] = FullNameField()
        self.fields["birth_date"] = BirthDateField(day=day)
        self.fields["sex"] = forms.ChoiceField(
            label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect
        )
        if has_number:
            self.fields["identity_number"] = IdentityNumberField(jurisdiction, day=day)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.order_fields(["full_name", "birth_date", "sex", "identity_number", "reason"])

    def corrected(self) -> dict[str, Any]:
        """The clean values of a valid form."""
        return {"identity_number": "", **self.cleaned_data, "sex": Sex(self.cleaned_data["sex"])}
