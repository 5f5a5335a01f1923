"""What is asked of whoever makes a key."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registration.api.choices import Scope
from registration.api.keys import new_prefix
from registration.common.errors import RuleBroken
from registration.common.folding import clean_text
from registration.units.choices import UnitKind
from registration.units.models import Unit

LASTS = [
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("One year")),
]


class KeyForm(forms.Form):
    """One key; its prefix comes with the form, so that a double press makes one key."""

    key_prefix = forms.CharField(widget=forms.HiddenInput)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Department or ministry"), to_field_name="code"
    )
    label = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("The system that will use the key, and who looks after it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may read"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    is_outside = forms.TypedChoiceField(
        label=_("Where is the system?"),
        choices=[
            ("1", _("Outside the department: figures of fewer than five people are hidden")),
            ("0", _("In the department: reads all figures")),
        ],
        help_text=_("A ministry's system is always outside the departments."),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
    days = forms.TypedChoiceField(
        label=_("How long it is valid"),
        choices=LASTS,
        coerce=int,
        widget=forms.RadioSelect,
        initial=180,
    )

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key_prefix": new_prefix()})
        super().__init__(*args, **kwargs)
        found = list(units[:2])
        field = self.fields["unit"]
        field.queryset = units.order_by("kind", "folded")  # type: ignore[attr-defined]
        if len(found) == 1:
            field.widget = forms.HiddenInput()
            field.initial = found[0].code
            if found[0].kind != UnitKind.MINISTRY:
                offered = [each for each in Scope.choices if each[0] != Scope.TOTALS]
                self.fields["scopes"].choices = offered  # type: ignore[attr-defined]

    def clean_label(self) -> str:
        try:
            return clean_text(self.cleaned_data["label"])
        except RuleBroken as error:
            raise forms.ValidationError(error.sentence) from error

    def refuse(self, error: RuleBroken) -> None:
        """Say why at the field that it is about."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)

    @property
    def wanted(self) -> dict[str, Any]:
        """What ``services.make_key`` takes."""
        wanted = dict(self.cleaned_data)
        wanted["prefix"] = wanted.pop("key_prefix")
        return wanted
