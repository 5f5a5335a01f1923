"""The two forms: Vietnam's application and Turkey's intent, chosen by the jurisdiction's kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.people import widgets
from registration.people.answers import PersonAnswers
from registration.people.forms import (
    BirthDateField,
    CleanField,
    EmailContactField,
    FullNameField,
    IdentityNumberField,
    PhoneContactField,
    SplitDateField,
)
from registration.people.rules import can_get_sms, require_age
from registration.pledges.answers import PledgeAnswers
from registration.pledges.choices import OrganChoice
from registration.pledges.organs import Offer
from registration.pledges.reasons import RefusableForm
from registration.pledges.rules import chosen_organs, require_contact
from registration.privacy.services import ShownText
from registration.units.choices import PledgeKind
from registration.units.models import Locality, Province

KEEPS = "yes"


@dataclass(frozen=True)
class Setting:
    """What the form of one province needs to know, fetched once for each request."""

    province: Province
    offer: Offer
    localities: Sequence[Locality]
    day: date


class PledgeForm(RefusableForm):
    """What both kinds ask. ``sections`` says in which order and under which headings."""

    sections: list[tuple[str | Promise, list[str]]] = []

    def __init__(self, setting: Setting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        self.jurisdiction = setting.province.jurisdiction
        self.add_fields()
        self._add_organs()
        # Errors are listed in the order of the page.
        self.order_fields([name for _title, names in self.sections for name in names])

    def add_fields(self) -> None:
        self.fields["full_name"] = FullNameField(
            help_text=_("As on your identity paper, with all accents.")
        )
        self.fields["birth_date"] = BirthDateField(
            day=self.setting.day, help_text=_("For example 27 3 1980.")
        )
        self.fields["email"] = EmailContactField(
            required=not settings.SMS_URL,
            help_text=_("We send a message there with a link by which you confirm.")
            if not settings.SMS_URL
            else _("You confirm by a link that we send here or, if you leave this empty, by SMS."),
        )
        self.fields["phone"] = PhoneContactField(self.jurisdiction.code, required=False)
        places = [(place.code, place.full_name) for place in self.setting.localities]
        self.fields["locality"] = forms.ChoiceField(
            label=_("District"),
            # Translators: the empty first line of a list of places
            choices=[("", _("Choose from the list")), *places],
            required=False,
            widget=widgets.Select(attrs={"data-filter": "true"}),
        )

    def _add_organs(self) -> None:
        self.fields["organ_choice"] = forms.ChoiceField(
            label=_("Which organs and tissues do you want to donate?"),
            choices=[(choice.value, choice.label) for choice in self.organ_choices],
            widget=widgets.RadioSelect,
            error_messages={"required": _("Choose which organs and tissues you want to donate.")},
        )
        offer = self.setting.offer
        self.fields["organs"] = forms.MultipleChoiceField(
            label=_("Organs and tissues"),
            help_text=_("Tick these only if you chose some and not all."),
            choices=list(offer.listed.items()),
            required=False,
            widget=widgets.CheckboxSelectMultiple,
        )
        if offer.apart:
            self.fields["composites"] = forms.MultipleChoiceField(
                label=_("Composite tissues"),
                help_text=_("These are never part of “all”: tick them only if you want to."),
                choices=list(offer.apart.items()),
                required=False,
                widget=widgets.CheckboxSelectMultiple,
            )

    organ_choices: Sequence[OrganChoice] = (OrganChoice.ALL, OrganChoice.SOME)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for rule in (self._clean_age, self._clean_contact, self._clean_organs):
            try:
                rule(data)
            except RuleBroken as error:
                self.refuse(error)
        return data

    def _clean_age(self, data: dict[str, Any]) -> None:
        if birth_date := data.get("birth_date"):
            minimum = self.jurisdiction.minimum_age
            require_age(birth_date, minimum=minimum, day=self.setting.day)

    def _clean_contact(self, data: dict[str, Any]) -> None:
        if not {"email", "phone"} & set(self.errors):
            phone = data["phone"] if settings.SMS_URL else ""
            require_contact(email=data["email"], can_get_sms=bool(phone and can_get_sms(phone)))

    def _clean_organs(self, data: dict[str, Any]) -> None:
        if "organ_choice" in data and not {"organs", "composites"} & set(self.errors):
            data["chosen"] = chosen_organs(
                OrganChoice(data["organ_choice"]),
                ticked=[*data["organs"], *data.get("composites", [])],
                listed=self.setting.offer.listed,
                apart=self.setting.offer.apart,
            )

    def answers(self, *, language: str, acts: Sequence[ShownText] = ()) -> PledgeAnswers:
        """The clean answers of a valid form."""
        data = self.cleaned_data
        return PledgeAnswers(
            person=PersonAnswers(
                province=self.setting.province, language=language, **self.person_values()
            ),
            organs=data["chosen"],
            keeps_identity_secret=self.keeps_secret(),
            acts=acts,
        )

    def person_values(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = {place.code: place for place in self.setting.localities}.get(data["locality"])
        names = ("full_name", "birth_date", "email", "phone")
        return {"locality": chosen, **{name: data[name] for name in names}}

    def keeps_secret(self) -> bool | None:
        return None

    @property
    def shown_sections(self) -> list[dict[str, Any]]:
        """Headings with their bound fields, for the page."""
        return [
            {"title": title, "fields": [self[name] for name in names if name in self.fields]}
            for title, names in self.sections
        ]

    def sent_values(self) -> list[tuple[str, str]]:
        """What was typed, name by name, to be carried to the next page in hidden fields."""
        values = []
        for name, sent in cast(QueryDict, self.data).lists():
            field = name if name in self.fields else name.rsplit("_", 1)[0]
            if field in self.fields:
                values += [(name, str(value)) for value in sent]
        return values

    @cached_property
    def carried(self) -> SafeString:
        """``sent_values`` as hidden inputs."""
        return format_html_join(
            "\n", '<input type="hidden" name="{}" value="{}">', self.sent_values()
        )

    def forget_errors(self) -> None:
        """Show what was typed and say nothing about it: the reader only came back to change it."""
        self._errors: ErrorDict | None = ErrorDict()


class IntentForm(PledgeForm):
    """Turkey: who, how to reach them, where; no identity number. The law's act is elsewhere.

    The birth date is asked because the age limit needs it and, later, as the second fact by which
    a person opens the own record.
    """

    organ_choices = (OrganChoice.ALL, OrganChoice.SOME, OrganChoice.LATER)
    sections = [
        (_("About you"), ["full_name", "birth_date"]),
        (_("How to reach you"), ["email", "phone"]),
        (_("Where you live"), ["locality"]),
        (pgettext_lazy("registration", "Your choice"), ["organ_choice", "organs", "composites"]),
    ]


class ApplicationForm(PledgeForm):
    """Vietnam: the after-death form of Decision 07/2008/QĐ-BYT, without signature and photo."""

    sections = [
        (_("About you"), ["full_name", "birth_date", "sex", "occupation", "workplace"]),
        (_("How to reach you"), ["phone", "email"]),
        (_("Identity paper"), ["identity_number", "identity_issued_on", "identity_issued_by"]),
        (
            _("Addresses"),
            ["locality", "permanent_address", "old_district", "card_to_home", "card_address"],
        ),
        (
            pgettext_lazy("registration", "Your choice"),
            ["organ_choice", "organs", "composites", "identity_secret"],
        ),
    ]

    def add_fields(self) -> None:
        super().add_fields()
        self.fields["phone"] = PhoneContactField(self.jurisdiction.code, required=True)
        locality = self.fields["locality"]
        locality.label, locality.required = _("Ward or commune"), True
        locality.error_messages["required"] = _("Choose your ward or commune.")
        self.fields["sex"] = forms.ChoiceField(
            label=_("Sex"),
            choices=[(Sex.FEMALE.value, Sex.FEMALE.label), (Sex.MALE.value, Sex.MALE.label)],
            widget=widgets.RadioSelect,
            help_text=_("As on your identity paper."),
            error_messages={"required": _("Choose the sex that your identity paper names.")},
        )
        self._add_identity()
        self._add_addresses()
        self.fields["identity_secret"] = forms.ChoiceField(
            label=_("Should your identity be kept secret from the recipient?"),
            choices=[
                (KEEPS, _("Keep my identity secret from the recipient")),
                ("no", _("My identity need not be kept secret from the recipient")),
            ],
            widget=widgets.RadioSelect,
            error_messages={"required": _("Choose whether your identity is kept secret.")},
        )

    def _add_identity(self) -> None:
        self.fields["identity_number"] = IdentityNumberField(
            self.jurisdiction,
            day=self.setting.day,
            help_text=_("The 12 digits of your citizen card. No picture of it is needed."),
        )
        self.fields["identity_issued_on"] = SplitDateField(
            label=_("Date of issue"), missing=_("Write the date on which the paper was issued.")
        )
        self.fields["identity_issued_by"] = CleanField(
            label=_("Place of issue"),
            max_length=150,
            missing=_("Write which office issued the paper."),
        )
        self.fields["occupation"] = CleanField(label=_("Occupation"), max_length=100)
        self.fields["workplace"] = CleanField(label=_("Workplace"), max_length=150)
        self.fields["occupation"].widget.attrs["autocomplete"] = "organization-title"
        self.fields["workplace"].widget.attrs["autocomplete"] = "organization"

    def _add_addresses(self) -> None:
        self.fields["permanent_address"] = CleanField(
            label=_("House number and street"),
            help_text=_("Your permanent address; a hamlet or village will also do."),
            max_length=200,
            missing=_("Write your permanent address."),
        )
        self.fields["permanent_address"].widget.attrs["autocomplete"] = "street-address"
        self.fields["old_district"] = CleanField(
            label=_("Old district"),
            help_text=_("Only if your papers still show the district of before 1 July 2025."),
            max_length=100,
        )
        self.fields["card_to_home"] = forms.BooleanField(
            label=_("Post the card to my permanent address"),
            required=False,
            widget=widgets.CheckboxInput,
        )
        self.fields["card_address"] = CleanField(
            label=_("Address to post the card to"),
            help_text=_("Only if it is another one: street, ward or commune, province."),
            max_length=250,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        issued_on, birth_date = data.get("identity_issued_on"), data.get("birth_date")
        if issued_on and issued_on > self.setting.day:
            self.add_error("identity_issued_on", _("The date of issue lies in the future."))
        elif issued_on and birth_date and issued_on < birth_date:
            self.add_error("identity_issued_on", _("The date of issue lies before your birth."))
        if not (
            data.get("card_to_home") or data.get("card_address") or "card_address" in self.errors
        ):
            self.add_error(
                "card_address",
                _("Write where to post the card, or tick that it goes to your home."),
            )
        return data

    def person_values(self) -> dict[str, Any]:
        data = self.cleaned_data
        values = super().person_values()
        home = ", ".join(
            [data["permanent_address"], str(values["locality"]), self.setting.province.full_name]
        )
        names = (
            "identity_number",
            "identity_issued_on",
            "identity_issued_by",
            "permanent_address",
            "old_district",
            "occupation",
            "workplace",
        )
        return {
            **values,
            **{name: data[name] for name in names},
            "sex": Sex(data["sex"]),
            "card_address": home if data["card_to_home"] else data["card_address"],
        }

    def keeps_secret(self) -> bool | None:
        return self.cleaned_data.get("identity_secret") == KEEPS


FORMS: dict[str, type[PledgeForm]] = {
    PledgeKind.APPLICATION: ApplicationForm,
    PledgeKind.INTENT: IntentForm,
}
