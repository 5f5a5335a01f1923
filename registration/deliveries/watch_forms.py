"""What is asked about the contacts of a department's due times."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.units.choices import active_languages


class ContactsForm(forms.Form):
    """Whether the contacts can be reached, the service asks."""

    first_email = forms.CharField(
        label=_("First contact: e-mail"),
        max_length=254,
        help_text=_("Warned ten minutes before the due time when nothing has been delivered."),
        error_messages={"required": _("Write the e-mail address of the first contact.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    second_email = forms.CharField(
        label=_("Second contact: e-mail"),
        max_length=254,
        required=False,
        help_text=_("Told together with the first one when the due time has passed."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    second_phone = forms.CharField(
        label=_("Second contact: mobile"),
        max_length=30,
        required=False,
        help_text=_("Gets an SMS when the due time has passed; with its country code, as +84 …"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    ping_address = forms.CharField(
        label=_("Address of the outside watch"),
        max_length=300,
        required=False,
        help_text=_(
            "A service outside of this portal that expects a call each day and raises the alarm"
            " when none comes; the address begins with https://."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=active_languages)

    def refuse(self, error: RuleBroken) -> None:
        """Say why at the field that it is about."""
        self.add_error(error.field, error.sentence)
