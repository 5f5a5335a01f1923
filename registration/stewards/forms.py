"""What the desk asks: why one looks, the step that was taken, a reason, a new contact."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.people.forms import CleanField, EmailContactField, PhoneContactField
from registration.pledges.choices import StepKind
from registration.pledges.reasons import ReasonForm, RefusableForm
from registration.stewards.choices import ViewReason
from registration.stewards.rules import require_not_before, require_receiver
from registration.units.choices import UnitKind
from registration.units.models import Jurisdiction, Unit

RECEIVER_KINDS = (UnitKind.COORDINATION_CENTRE, UnitKind.HOSPITAL)


def receivers_of(jurisdiction: Jurisdiction) -> list[Unit]:
    """The units to which a registration may be passed: coordination centres first."""
    found = Unit.objects.filter(jurisdiction=jurisdiction, kind__in=RECEIVER_KINDS, is_active=True)
    return sorted(found, key=lambda unit: RECEIVER_KINDS.index(UnitKind(unit.kind)))


class LookForm(forms.Form):
    """Why one registration is opened."""

    reason = forms.ChoiceField(
        label=_("Why do you open this registration?"),
        choices=ViewReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why you open this registration.")},
    )
    words = CleanField(label=_("The reason, if it is another one"), max_length=150)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == ViewReason.OTHER and len(data.get("words", "")) < 3:
            self.add_error("words", _("Write the reason."))
        return data


class StepForm(RefusableForm):
    """One step that was taken, with its day; the receiver where the step has one."""

    def __init__(
        self,
        *args: Any,
        steps: Sequence[StepKind],
        receivers: Sequence[Unit],
        first: date | None,
        day: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        # The name of the only step, for the button.
        self.step_name = steps[0].label if len(steps) == 1 else ""
        self.receivers = {str(unit.pk): unit for unit in receivers}
        self.fields["step"] = forms.ChoiceField(
            # Translators: which step of the work on a registration was taken
            label=_("Step"),
            choices=[(step.value, step.label) for step in steps],
            widget=forms.HiddenInput if len(steps) == 1 else forms.Select,
            initial=steps[0].value if len(steps) == 1 else None,
        )
        self.fields["happened_on"] = forms.DateField(
            label=_("Day"),
            initial=day,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "max": day.isoformat()}
            ),
            error_messages={
                "required": _("Write the day."),
                "invalid": _("Write the day as year-month-day."),
            },
        )
        if StepKind.PASSED_ON in steps:
            self.fields["unit"] = forms.ChoiceField(
                label=_("Receiver") if len(steps) == 1 else _("Receiver, if it is passed on"),
                choices=[("", _("Choose from the list"))]
                + [(key, unit.name) for key, unit in self.receivers.items()],
                required=False,
                widget=forms.Select(attrs={"data-filter": "true"}),
            )
        self.fields["note"] = CleanField(label=_("Note"), max_length=500)
        self.fields["key"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "step" not in data:
            return data
        data["step"] = StepKind(data["step"])
        data["unit"] = self.receivers.get(data.get("unit", ""))
        if data["step"] != StepKind.PASSED_ON:
            data["unit"] = None
        try:
            require_receiver(data["step"], has_unit=data["unit"] is not None)
            if self.first and "happened_on" in data:
                require_not_before(data["happened_on"], first=self.first)
        except RuleBroken as error:
            self.refuse(error)
        return data


class ContactForm(ReasonForm):
    """The contacts that hold from now on, by a person who showed an identity paper."""

    def __init__(self, jurisdiction: Jurisdiction, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("What happened to the old contact"))
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailContactField(required=False)
        self.fields["phone"] = PhoneContactField(jurisdiction.code, required=False)
        for name in ("email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["paper_seen"] = forms.BooleanField(
            label=_("The person is here and showed an identity paper"),
            error_messages={
                "required": _("Without an identity paper a contact is not changed at the desk.")
            },
        )
        self.fields["key"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
        self.order_fields(["email", "phone", "reason", "paper_seen", "key"])
