"""The library's forms with our words: its own have no Vietnamese, and stand in the boxes too."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.totp import forms as totp_forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD = _("New password")
LABELS = {
    "login": _("User name"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": NEW_PASSWORD,
    "password2": _("New password again"),
    "email": _("E-mail"),
    # Translators: the six digits that an authenticator app shows.
    "code": _("Code"),
}
FORGOTTEN = _("Forgot your password?")
# The validators of a new password in one sentence: Django's own Vietnamese is too familiar.
HINTS = {
    "password1": _(
        "At least 12 characters. No common password, and nothing like your name or e-mail."
    )
}


class _Labelled:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, field.help_text)
            if name in ("password", "oldpassword") and field.help_text:
                to_reset = reverse("account_reset_password")
                field.help_text = format_html('<a href="{}">{}</a>', to_reset, FORGOTTEN)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Labelled, account_forms.LoginForm):
    pass


class ReauthenticateForm(_Labelled, account_forms.ReauthenticateForm):
    pass


class ChangePasswordForm(_Labelled, account_forms.ChangePasswordForm):
    pass


class ResetPasswordForm(_Labelled, account_forms.ResetPasswordForm):
    pass


class NewPasswordForm(_Labelled, account_forms.ResetPasswordKeyForm):
    pass


class CodeForm(_Labelled, second_factor_forms.AuthenticateForm):
    pass


class CodeAgainForm(_Labelled, second_factor_forms.ReauthenticateForm):
    pass


class SetUpAppForm(_Labelled, totp_forms.ActivateTOTPForm):
    pass
