"""The forms with which an administrator makes and changes accounts of staff."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserForm

from registration.accounts.choices import Role
from registration.accounts.models import Staff
from registration.accounts.rules import require_fitting_roles, require_plain_email
from registration.common.errors import RuleBroken
from registration.common.folding import canonical_email
from registration.units.models import Unit


class StaffForm(UserForm):
    """Name, unit, language and roles. Rights follow from roles, never from boxes of their own."""

    first_name = forms.CharField(label=_("Name"), max_length=150)
    last_name = None
    is_superuser = None
    email = forms.EmailField(label=_("E-mail"), required=False)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), required=False
    )
    roles = forms.MultipleChoiceField(
        choices=Role, label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Staff
        fields = ["username", "first_name", "email", "unit", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("Small letters a–z, digits, dot and hyphen.")
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True)
        if self.instance.pk:
            self.fields["roles"].initial = sorted(
                self.instance.roles.values_list("role", flat=True)
            )

    def clean_email(self) -> str:
        address = self.cleaned_data["email"]
        if not address:
            return ""
        try:
            # Django's own check lets the dotless i through: it is an I to a pattern without case.
            require_plain_email(address)
        except RuleBroken as broken:
            raise ValidationError(broken.sentence, broken.code) from broken
        return canonical_email(address)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "roles" in cleaned:
            try:
                require_fitting_roles(cleaned["roles"], has_unit=bool(cleaned.get("unit")))
            except RuleBroken as broken:
                self.add_error(broken.field, ValidationError(broken.sentence, broken.code))
        return cleaned


class StaffCreationForm(StaffForm):
    pass


class StaffEditForm(StaffForm):
    """Nobody takes their own roles or account away: somebody else must still be able to."""

    password_required = False
    remove_second_factor = forms.BooleanField(
        label=_("Remove the second factor"),
        help_text=_("After a lost phone. The person sets up a new one with the next sign-in."),
        required=False,
    )

    class Meta(StaffForm.Meta):
        fields = [*StaffForm.Meta.fields, "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        editing_self = kwargs.pop("editing_self", False)
        super().__init__(*args, **kwargs)
        if editing_self:
            for name in ("roles", "is_active", "remove_second_factor"):
                del self.fields[name]
