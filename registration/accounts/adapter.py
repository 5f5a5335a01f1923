"""How staff sign in. Nobody signs up: accounts are made by an administrator."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.sealing import open_sealed, seal

logger = logging.getLogger(__name__)

SECRET_PLACE = "mfa.authenticator"  # noqa: S105  a place in the database, not a secret

# What the library reports about an account, in our words: its own have no Vietnamese.
CHANGES = {
    "account/email/password_changed": _("The password was changed."),
    "account/email/password_reset": _("A new password was set by a link sent by e-mail."),
    "account/email/password_set": _("A password was set."),
    "mfa/email/totp_activated": _("An authenticator app was set up."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made."),
}


class StaffAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is not correct."),
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
        "rate_limited": _("Too many attempts. Try again in a few minutes."),
        "incorrect_password": _("The password is not correct."),
        "enter_current_password": _("Type your current password."),
        "incorrect_code": _("The code is not correct."),
        "invalid_password_reset": _("The link was already used or is too old."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send in the reader's language, or note that it failed.

        An error page would tell a stranger that the address is known.
        """
        reader = context.get("user")
        language = reader.language if isinstance(reader, Staff) else translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, context)
        except OSError as error:
            # SMTPException is an OSError; its text may hold the address, its name does not.
            logger.error("A sign-in letter was not sent: %s", type(error).__name__)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Staff,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of an account what was changed about it."""
        address = email or user.email
        if address and template_prefix in CHANGES:
            told = {"user": user, "change": CHANGES[template_prefix]}
            self.send_mail("account/email/account_changed", address, told)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not correct."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, place=SECRET_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text, place=SECRET_PLACE)
