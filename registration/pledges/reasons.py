"""The form of an act that is kept with its reason."""

import uuid
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.people.forms import CleanField


class ReasonForm(forms.Form):
    """``label`` asks for the reason; ``about`` tells one of several forms on a page."""

    def __init__(
        self, *args: Any, label: str | Promise, about: uuid.UUID | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["reason"] = CleanField(
            label=label, max_length=500, missing=_("Write the reason.")
        )

    def refuse(self, error: RuleBroken) -> None:
        """Say a refusal beside its field, or above all of them."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, forms.ValidationError(error.sentence, code=error.code))
