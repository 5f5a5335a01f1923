from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "registration.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        authenticator_added.connect(note_second_factor, dispatch_uid="accounts.second_factor")


def note_second_factor(request: Any, authenticator: Any, **kwargs: Any) -> None:
    """Let the session that set up a second factor go on; the library notes only later sign-ins."""
    from registration.accounts.doors import FACTORS, SET_UP_HERE

    if authenticator.type in FACTORS:
        request.session[SET_UP_HERE] = True
