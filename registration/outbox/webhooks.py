"""Calls to other organisations' systems as Standard Webhooks has them: signed, retried, ended.

The standard (spec/standard-webhooks.md, 2024): three headers, an answer of 2xx within 15 to 30
seconds is the receipt, redirects are failures, 410 ends it, and 429 or 503 may name a pause.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from registration.common.sealing import Sealed
from registration.outbox.models import Endpoint, Message
from registration.outbox.rules import NotNow, Refused
from registration.outside.post import Reply, send

# How long an old secret signs along with the new one: the other side changes over on a working day.
BOTH_SECRETS_FOR = timedelta(days=7)
PREFIX = "whsec_"
GONE_STATUS = 410
MAY_NAME_A_PAUSE = (429, 503)
# Why an endpoint has ended, and what its messages then fail with.
GONE = "gone"
UNANSWERED = "unanswered"
ENDED = "endpoint_ended"


def make_endpoint(address: str, now: datetime) -> tuple[Endpoint, str]:
    """An endpoint with its secret, which is known here and never shown again."""
    secret = _new_secret()
    return Endpoint.objects.create(address=address, secret=secret, made_at=now), secret


def replace_secret(endpoint: Endpoint, now: datetime) -> str:
    """A new secret, never shown again; for a week calls bear the old one's signature too."""
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + BOTH_SECRETS_FOR
    endpoint.secret = _new_secret()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    return endpoint.secret


def end_previous_secret(endpoint: Endpoint) -> None:
    """Sign with the new secret alone from now on, and keep the old one no longer."""
    _forget(Endpoint.objects.filter(pk=endpoint.pk))


def forget_previous_secrets(*, now: datetime) -> None:
    """Keep no old secret longer than it signs."""
    _forget(Endpoint.objects.filter(previous_until__lte=now))


def _forget(endpoints: QuerySet[Endpoint]) -> None:
    endpoints.update(previous_secret=Sealed(""), previous_until=None)


def has_previous_secret(endpoint: Endpoint, *, now: datetime) -> bool:
    """Whether calls still bear the old secret's signature."""
    until = endpoint.previous_until
    return bool(endpoint.previous_secret) and until is not None and now < until


def end_endpoint(endpoint: Endpoint, because: str, now: datetime) -> None:
    """Nothing more is sent to it, nor what waits. The first reason stays."""
    Endpoint.objects.filter(pk=endpoint.pk, ended_at__isnull=True).update(
        ended_at=now, ended_because=because
    )


def resume_endpoint(endpoint: Endpoint) -> None:
    """Send to it again from now on; what failed meanwhile is not sent by itself."""
    Endpoint.objects.filter(pk=endpoint.pk).update(ended_at=None, ended_because="")


def call_endpoint(message: Message, *, now: datetime) -> None:
    """Call the message's endpoint once, or raise ``Refused`` or ``NotNow`` with the reason."""
    # As it stands now, not as it stood when the message was claimed.
    endpoint = Endpoint.objects.get(messages=message)
    if endpoint.ended_at:
        raise Refused(ENDED)
    body = message.text.encode()
    reply = send(message.recipient, body=body, headers=_headers(message, endpoint, body, now))
    if reply.status is not None and 200 <= reply.status < 300:
        return
    if reply.status == GONE_STATUS:
        end_endpoint(endpoint, GONE, now)
        raise Refused(reply.code)
    raise NotNow(reply.code, pause=_pause_of(reply))


def give_up(message: Message, *, now: datetime) -> None:
    """End the endpoint after days of failure, unless it took something that was newer."""
    endpoint = Endpoint.objects.get(messages=message)
    if not endpoint.messages.filter(sent_at__gt=message.created_at).exists():
        end_endpoint(endpoint, UNANSWERED, now)


def _pause_of(reply: Reply) -> timedelta | None:
    if reply.status in MAY_NAME_A_PAUSE and reply.retry_after is not None:
        return timedelta(seconds=reply.retry_after)
    return None


def _headers(message: Message, endpoint: Endpoint, body: bytes, now: datetime) -> dict[str, str]:
    signed_by = [endpoint.secret]
    if has_previous_secret(endpoint, now=now):
        signed_by.append(endpoint.previous_secret)
    # The same however often it is tried: by it the receiver knows a call that came twice.
    name, moment = str(message.pk), str(int(now.timestamp()))
    signed = f"{name}.{moment}.".encode() + body
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in signed_by),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _new_secret() -> str:
    """32 random bytes, as the standard writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
