"""Which registration stays, and why the two are of one person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.people.forms import CleanField
from registration.pledges.models import Pledge


class MergeForm(forms.Form):
    reason = CleanField(
        label=_("How do you know that it is one person?"),
        help_text=_("For example “Called her: the first number was mistyped.”"),
        max_length=200,
        missing=_("Write the reason."),
    )

    def __init__(self, first: Pledge, second: Pledge, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"] = forms.ChoiceField(
            label=_("Which registration stays?"),
            choices=[(str(one.pk), one.reference) for one in (first, second)],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose the registration that stays.")},
        )
        self.order_fields(["kept", "reason"])
