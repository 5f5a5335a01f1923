"""How staff sign in. Nobody signs up: accounts are made by an administrator."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from registration.common.sealing import open_sealed, seal

logger = logging.getLogger(__name__)

SECRET_PLACE = "mfa.authenticator"  # noqa: S105  a place in the database, not a secret


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or note that it failed: an error page would tell that the address is known."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            # SMTPException is an OSError; its text may hold the address, its name does not.
            logger.error("A sign-in letter was not sent: %s", type(error).__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed."""

    def encrypt(self, text: str) -> str:
        return seal(text, place=SECRET_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text, place=SECRET_PLACE)
