"""Forms that a rule or a service may refuse; those of an act are kept with its reason."""

import uuid
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.people.forms import CleanField


class RefusableForm(forms.Form):
    """What is refused is said beside its field, or above all of them."""

    def refuse(self, error: RuleBroken) -> None:
        field = error.field if error.field in self.fields else None
        self.add_error(field, forms.ValidationError(error.sentence, code=error.code))


class ReasonForm(RefusableForm):
    """``label`` asks for the reason; ``about`` tells one of several forms on a page."""

    def __init__(
        self, *args: Any, label: str | Promise, about: uuid.UUID | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["reason"] = CleanField(
            label=label, max_length=500, missing=_("Write the reason.")
        )
