"""Fields that ask for a person: shared by every form that does."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registration.common.errors import RuleBroken
from registration.common.folding import clean_name, clean_text
from registration.people import rules, widgets
from registration.units.models import Jurisdiction

TOO_LONG = ngettext_lazy(
    "Write at most %(limit_value)d character here (there are %(show_value)d).",
    "Write at most %(limit_value)d characters here (there are %(show_value)d).",
    "limit_value",
)


LINK = re.compile(
    r"://|\bwww\.|\.(?:com|net|org|info|vn|tr|top|xyz|shop|site|online|io|me|co)\b", re.IGNORECASE
)


def asked(rule: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """Ask a rule; its refusal becomes the form's."""
    try:
        return rule(*values, **named)
    except RuleBroken as error:
        raise ValidationError(error.sentence, code=error.code) from error


class ShortInput(widgets.TextInput):
    """Shows again no more of a far too long text than its field has room for."""

    def format_value(self, value: Any) -> str | None:
        room = int(self.attrs.get("maxlength", 250))
        return super().format_value(value[:room] if isinstance(value, str) else value)


class CleanField(forms.CharField):
    """One line of text: NFC, no invisible characters, not too long.

    ``missing`` is the sentence said when it is empty; without one it may be.
    """

    widget = ShortInput
    # The receipt repeats what was written; it must not carry a stranger's link to somebody else.
    refuses_links = True

    def __init__(self, *, max_length: int, missing: Any = "", **kwargs: Any) -> None:
        self.room = max_length
        if missing:
            kwargs["error_messages"] = {"required": missing}
        super().__init__(required=bool(missing), **kwargs)
        self.widget.attrs["maxlength"] = max_length
        self.validators.append(MaxLengthValidator(max_length, TOO_LONG))

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if self.refuses_links and LINK.search(text):
            raise ValidationError(_("Write no internet addresses here."), code="link")
        return str(asked(self.tidy, text)) if text else ""

    def tidy(self, text: str) -> str:
        return clean_text(text)


class FullNameField(CleanField):
    """The whole name in one field, as on the identity paper (Vietnamese names are never split)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Full name"))
        super().__init__(max_length=100, missing=_("Write your full name."), **kwargs)
        self.widget.attrs |= {"autocomplete": "name", "spellcheck": "false"}

    def tidy(self, text: str) -> str:
        return clean_name(text)


class IdentityNumberField(CleanField):
    def __init__(self, jurisdiction: Jurisdiction, *, day: date, **kwargs: Any) -> None:
        self.rule = rules.IDENTITY_RULES[jurisdiction.code]
        self.day = day
        kwargs.setdefault("label", _("Identity number"))
        kwargs.setdefault("missing", _("Write your identity number."))
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "off",
            "spellcheck": "false",
            "class": "input-20",
        }

    def tidy(self, text: str) -> str:
        return self.rule.require(text, day=self.day)


class EmailContactField(CleanField):
    refuses_links = False

    def __init__(self, *, required: bool, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        missing = _("Write your e-mail address.") if required else ""
        super().__init__(max_length=254, missing=missing, **kwargs)
        self.widget.input_type = "email"
        self.widget.attrs |= {"autocomplete": "email", "spellcheck": "false"}

    def tidy(self, text: str) -> str:
        return rules.require_email(clean_text(text))


class PhoneContactField(CleanField):
    """A telephone number as dialled in ``region``; cleaned to E.164."""

    def __init__(self, region: str, *, required: bool, **kwargs: Any) -> None:
        self.region = region
        kwargs.setdefault("label", _("Telephone"))
        missing = _("Write your telephone number.") if required else ""
        super().__init__(max_length=30, missing=missing, **kwargs)
        self.widget.input_type = "tel"
        self.widget.attrs |= {"autocomplete": "tel", "inputmode": "tel", "class": "input-20"}

    def tidy(self, text: str) -> str:
        return rules.require_phone(clean_text(text), region=self.region)


class SplitDateWidget(forms.MultiWidget):
    """Day, month and year in three boxes, in the order of all three languages."""

    template_name = "components/date_input.html"

    def __init__(self, *, is_birthday: bool = False) -> None:
        parts = []
        for part, digits in (("day", 2), ("month", 2), ("year", 4)):
            attrs = {"inputmode": "numeric", "maxlength": digits, "class": f"input-{digits}"}
            attrs["autocomplete"] = f"bday-{part}" if is_birthday else "off"
            parts.append(ShortInput(attrs=attrs))
        super().__init__(widgets=parts)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class SplitDateField(forms.MultiValueField):
    """A date in three boxes. Two-digit years are refused: nobody should have to guess."""

    def __init__(self, *, missing: Any, is_birthday: bool = False, **kwargs: Any) -> None:
        parts = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(
            parts,
            require_all_fields=False,
            widget=SplitDateWidget(is_birthday=is_birthday),
            error_messages={"required": missing, "incomplete": missing},
            **kwargs,
        )
        self.missing = missing

    def compress(self, data_list: list[str]) -> date | None:
        boxes = [part.strip() for part in data_list or []]
        if not any(boxes):
            if self.required:
                raise ValidationError(self.missing, code="required")
            return None
        day, month, year = boxes
        try:
            if len(year) != 4 or not all(part.isascii() and part.isdigit() for part in boxes):
                raise ValueError
            return date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValidationError(
                _("This is no date. Write day, month and year in numbers, like 27 3 1980."),
                code="no_date",
            ) from error


class BirthDateField(SplitDateField):
    """A birth date that lies neither in the future nor too far back."""

    def __init__(self, *, day: date, **kwargs: Any) -> None:
        self.day = day
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("missing", _("Write your date of birth."))
        super().__init__(is_birthday=True, **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        birth_date = super().compress(data_list)
        if birth_date:
            asked(rules.require_birth_date, birth_date, day=self.day)
        return birth_date
