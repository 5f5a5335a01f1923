"""The link in a message: signed, good for a week, and of no use without signing in.

It names the message by the key under which it was queued, which is known before the message is
written and so can stand in its text.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

GOOD_FOR = timedelta(days=7)
_signer = signing.TimestampSigner(salt="deliveries.link", sep=".")


class LinkUnknown(Exception):
    """Not a link of ours, or cut off on its way."""


def link_of(dedupe_key: str) -> str:
    token = _signer.sign_object(dedupe_key)
    return f"{settings.BASE_URL}{reverse('deliveries:delivery', args=[token])}"


def read_link(token: str) -> tuple[str, bool]:
    """The message's key, and whether the link is still good; raises ``LinkUnknown``."""
    try:
        return str(_signer.unsign_object(token, max_age=GOOD_FOR)), True
    except signing.SignatureExpired:
        return str(_signer.unsign_object(token)), False
    except (signing.BadSignature, ValueError) as error:
        raise LinkUnknown from error
