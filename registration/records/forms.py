"""The short forms of this room: the address, the second fact, somebody close."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import clean_text
from registration.people import rules as people_rules
from registration.people.choices import ContactKind
from registration.people.forms import (
    BirthDateField,
    CleanField,
    EmailContactField,
    FullNameField,
    PhoneContactField,
)
from registration.people.keys import contact_hash
from registration.pledges.reasons import RefusableForm
from registration.pledges.writing import may_confirm_by_sms
from registration.records.rules import require_way_to_tell


class AddressField(CleanField):
    """An e-mail address or a telephone number as dialled in one of ``regions``; gives its hash."""

    refuses_links = False

    def __init__(self, regions: Sequence[str], **kwargs: Any) -> None:
        self.regions = regions
        super().__init__(
            max_length=254, missing=_("Write your e-mail address or telephone number."), **kwargs
        )
        self.widget.attrs |= {"autocomplete": "email", "spellcheck": "false"}

    def tidy(self, text: str) -> str:
        text = clean_text(text)
        if "@" in text:
            return contact_hash(ContactKind.EMAIL, people_rules.require_email(text))
        for region in self.regions:
            try:
                number = people_rules.require_phone(text, region=region)
            except RuleBroken:
                continue
            return contact_hash(ContactKind.PHONE, number)
        raise RuleBroken(
            "address_unknown",
            _("This is neither an e-mail address nor a telephone number. Check each letter."),
        )


class AskForm(forms.Form):
    """Which address the link shall go to."""

    def __init__(self, *args: Any, regions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"] = AddressField(
            regions,
            label=_("E-mail or telephone"),
            help_text=_("The one that you gave when you registered."),
        )


class SecondFactForm(forms.Form):
    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"] = BirthDateField(day=day, help_text=_("For example 27 3 1980."))


class RelativeForm(RefusableForm):
    """Somebody close who is to be told; one way to reach them is enough."""

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"] = FullNameField(label=_("Name of this person"))
        # Of somebody else: a browser must not offer the reader's own.
        self.fields["email"] = EmailContactField(required=not settings.SMS_URL)
        if settings.SMS_URL:
            self.fields["phone"] = PhoneContactField(region, required=False)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("phone", "")
        if not {"email", "phone"} & set(self.errors):
            try:
                require_way_to_tell(
                    email=data["email"], can_get_sms=may_confirm_by_sms(data["phone"])
                )
            except RuleBroken as error:
                self.refuse(error)
        return data
