"""What is asked of whoever proposes a recipient or sends figures once more."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import clean_text
from registration.deliveries.choices import Purpose, Way
from registration.deliveries.models import Recipient
from registration.deliveries.rules import require_whole
from registration.reports.choices import Format
from registration.units.choices import active_languages
from registration.units.models import Unit


class RecipientForm(forms.Form):
    """One recipient as it is to be. Whether mail or a call can reach it, the service asks."""

    office = forms.CharField(label=_("Office"), max_length=120)
    is_outside = forms.TypedChoiceField(
        # Translators: whether a recipient belongs to the department or is another body
        label=_("Where is it?"),
        choices=[
            ("0", _("In the department: gets all figures")),
            ("1", _("Outside the department: figures of fewer than five people are hidden")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    way = forms.ChoiceField(
        label=_("Way"), choices=Way.choices, widget=forms.RadioSelect, initial=Way.EMAIL
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("For both ways by e-mail. An address of the office, not of one person."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    formats = forms.MultipleChoiceField(
        label=_("Documents"),
        choices=Format.choices,
        required=False,
        help_text=_("For e-mail with the documents."),
        widget=forms.CheckboxSelectMultiple,
        initial=[Format.PDF, Format.XLSX],
    )
    address = forms.CharField(
        label=_("Address of the recipient's system"),
        max_length=300,
        required=False,
        help_text=_("For a webhook; it begins with https://."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=active_languages)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)

    def __init__(self, *args: Any, recipient: Recipient | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].error_messages["required"] = _("Write the name of the office.")
        if recipient and recipient.way == Way.WEBHOOK:
            self.fields["new_secret"] = forms.BooleanField(
                label=_("Replace the secret of the webhook"),
                help_text=_("The old one works for 7 more days beside the new one."),
                required=False,
            )

    def clean_office(self) -> str:
        return clean_text(self.cleaned_data["office"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip()

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).strip()

    def clean_formats(self) -> str:
        chosen = self.cleaned_data["formats"]
        return ";".join(each for each in Format.values if each in chosen)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                require_whole(cleaned)
            except RuleBroken as error:
                self.refuse(error)
        return cleaned

    def refuse(self, error: RuleBroken) -> None:
        """Say why at the field that it is about."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "new_secret"}


class SendForm(forms.Form):
    """To whom figures are sent once more; its key makes a double click one sending."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ModelMultipleChoiceField(
        Recipient.objects.none(),
        label=_("Recipients"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one recipient.")},
    )

    def __init__(self, department: Unit, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        field.queryset = Recipient.objects.filter(  # type: ignore[attr-defined]
            department=department, is_active=True
        ).order_by("office")
