"""The form of a batch, and the public form as it is typed at a desk."""

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any, Self

from django import forms
from django.conf import settings
from django.forms.widgets import MultiWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.entries.fence import provinces_to_enter_for, units_to_enter_for
from registration.ledger.choices import EntryChannel
from registration.people.forms import CleanField, SplitDateField
from registration.pledges.choices import StepKind
from registration.pledges.forms import ApplicationForm, IntentForm, PledgeForm, Setting
from registration.pledges.rules import ROUTES, require_contact
from registration.units.choices import PledgeKind

# How a batch's people registered. A stand at an event is a desk.
BATCH_CHANNELS: list[tuple[str, str | Promise]] = [
    (EntryChannel.PAPER.value, _("Signed paper forms")),
    (EntryChannel.DESK.value, _("Desk, or stand at an event")),
    (EntryChannel.PHONE.value, _("Telephone")),
]
STEP_FIELDS = {"form_signed": StepKind.FORM_SIGNED, "paper_seen": StepKind.PAPER_SEEN}


class BatchForm(forms.Form):
    """What a pile of entries has in common. Offers only the provinces and units of the fence."""

    label = CleanField(
        label=_("Name of the batch"),
        help_text=_("For example “Staff of Bãi Cháy hospital, afternoon”. No person's name."),
        max_length=120,
        missing=_("Write a name by which you find the batch again."),
    )
    channel = forms.ChoiceField(
        label=_("How did the people register?"),
        choices=BATCH_CHANNELS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the people registered.")},
    )
    signed_on = SplitDateField(
        label=_("Day of signature"),
        help_text=_("As on the forms. The day on which you type them in is kept apart from it."),
        missing="",
        required=False,
    )

    def __init__(self, staff: Staff, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        units = units_to_enter_for(staff).select_related("province")
        provinces = list(provinces_to_enter_for(staff).select_related("jurisdiction"))
        self.fields["unit"] = forms.ModelChoiceField(
            units,
            label=_("Unit that gathered them"),
            initial=staff.unit_id,
            empty_label=None,
            widget=forms.Select(attrs={"data-filter": "true"}),
        )
        self.fields["province"] = forms.ModelChoiceField(
            provinces_to_enter_for(staff),
            label=_("Province"),
            initial=provinces[0].pk if provinces else None,
            empty_label=None,
            widget=forms.HiddenInput() if len(provinces) == 1 else forms.Select(),
        )

    def clean_signed_on(self) -> date | None:
        signed_on: date | None = self.cleaned_data["signed_on"]
        if signed_on and signed_on > self.day:
            raise forms.ValidationError(_("This day lies in the future."))
        return signed_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("channel") == EntryChannel.PHONE:
            data["signed_on"] = None
        return data


class DeskFields(PledgeForm):
    """The public form at a desk: same fields and checks, laid out for typing.

    ``is_signed`` is a form on paper: its signature stands for confirmation, so that a telephone
    of any kind will do. Without it the person is on the telephone and must confirm as everybody.
    """

    def __init__(self, setting: Setting, *args: Any, is_signed: bool = True, **kwargs: Any) -> None:
        self.is_signed = is_signed
        super().__init__(setting, *args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            _forget_me(field.widget)
        if not self.is_bound:
            self.fields["full_name"].widget.attrs["autofocus"] = True

    def add_fields(self) -> None:
        super().add_fields()
        if self.is_signed:
            self.fields["email"].required = False
            self.fields["texts_agreed"] = forms.BooleanField(
                label=_("The person signed the privacy notice and the consent"),
                error_messages={
                    "required": _(
                        "Tick that notice and consent were signed. "
                        "Without them nobody may be registered."
                    )
                },
            )
            self._add_steps()
        else:
            self.fields["texts_agreed"] = forms.BooleanField(
                label=_("I read these texts aloud, and the person agreed"),
                error_messages={
                    "required": _("Read the texts aloud, ask whether the person agrees, and tick.")
                },
            )
        self.fields["language"] = forms.ChoiceField(
            label=_("The person's language"),
            choices=settings.LANGUAGES,
            initial=self.jurisdiction.language,
        )

    def _add_steps(self) -> None:
        route = ROUTES[self.jurisdiction.pledge_kind]
        labels = {
            "form_signed": _("The official form is signed"),
            "paper_seen": _("The identity paper was seen"),
        }
        for name, step in STEP_FIELDS.items():
            if step in route:
                self.fields[name] = forms.BooleanField(label=labels[name], required=False)

    def _clean_contact(self, data: dict[str, Any]) -> None:
        # Named as the hook of the public form, whose rule asks for a way to confirm.
        if not self.is_signed:
            super()._clean_contact(data)
        elif not {"email", "phone"} & set(self.errors):
            require_contact(email=data["email"], can_get_sms=bool(data["phone"]))

    def filled(self, data: Mapping[str, Any]) -> Self:
        """The same form with other answers: to build one costs more than to check it."""
        form = copy(self)
        form.data, form.is_bound, form._errors = data, True, None
        form._bound_fields_cache = {}  # type: ignore[attr-defined]
        return form

    @property
    def steps(self) -> list[StepKind]:
        """What the boxes of a valid form say was done."""
        return [step for name, step in STEP_FIELDS.items() if self.cleaned_data.get(name)]


def _forget_me(widget: forms.Widget) -> None:
    """The browser of a desk must neither remember nor offer what people told."""
    widget.attrs["autocomplete"] = "off"
    for part in widget.widgets if isinstance(widget, MultiWidget) else ():
        _forget_me(part)


AT_THE_DESK = (_("At the desk"), ["language", *STEP_FIELDS, "texts_agreed"])


class DeskApplicationForm(DeskFields, ApplicationForm):
    sections = [*ApplicationForm.sections, AT_THE_DESK]


class DeskIntentForm(DeskFields, IntentForm):
    sections = [*IntentForm.sections, AT_THE_DESK]


DESK_FORMS: dict[str, type[DeskFields]] = {
    PledgeKind.APPLICATION: DeskApplicationForm,
    PledgeKind.INTENT: DeskIntentForm,
}
