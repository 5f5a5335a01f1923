"""What stands before the form against robots: signed key, honeypot, proof of work, limits.

It is a cost, never a proof of anything: behind it an entry is still unconfirmed. Without a proof
(no JavaScript, a captcha service that is away) an entry is held under tighter limits, never lost.
"""

import base64
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from ipaddress import ip_address, ip_network

import altcha
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_altcha import get_hmac_key
from django_recaptcha import client

from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.networks import address_of

logger = logging.getLogger(__name__)

# A hospital's staff may register behind one address in one afternoon.
SENDER_PROVEN = Limit("pledge.sender", times=240, seconds=3600)
SENDER_HELD = Limit("pledge.sender.held", times=20, seconds=3600)
# A family may share a mailbox; nobody's may be filled by strangers.
MAILBOX_PROVEN = Limit("pledge.mailbox", times=6, seconds=24 * 3600)
MAILBOX_HELD = Limit("pledge.mailbox.held", times=2, seconds=24 * 3600)

HONEYPOT = "website"
_signer = TimestampSigner(salt="pledges.form")


@dataclass(frozen=True)
class FormKey:
    """The key of one form page; ``nonce`` is what is kept with the registration."""

    nonce: str
    started_at: datetime


def new_form_key() -> str:
    return _signer.sign(secrets.token_hex(16))


def read_form_key(signed: str) -> FormKey:
    """Whatever its age; ``form_broken`` if it is none of ours."""
    try:
        nonce = _signer.unsign(signed)
        signed_at = signed.split(":")[1]
    except BadSignature as error:
        raise RuleBroken(
            "form_broken",
            _("This form came back incomplete. Your answers are still here: send again."),
        ) from error
    return FormKey(nonce, datetime.fromtimestamp(b62_decode(signed_at), UTC))


def require_no_robot(data: Mapping[str, str]) -> None:
    """Refuses a filled honeypot (``robot``). A person whose browser filled it just sends again."""
    if data.get(HONEYPOT):
        raise RuleBroken(
            "robot",
            _("We could not tell this from an automatic entry. Press the button again."),
        )


@dataclass(frozen=True)
class Proof:
    """Whether something was proven, and the mark by which one proof is used once."""

    is_proven: bool
    mark: str | None = None


def look_at_proof(data: Mapping[str, str]) -> Proof:
    """reCAPTCHA where it is switched on and answers, else the proof of work, else none."""
    token = data.get("g-recaptcha-response", "")
    if settings.RECAPTCHA_PRIVATE_KEY and token:
        answer = _ask_recaptcha(token)
        if answer is not None:
            return Proof(answer)
    return _look_at_work(data.get("altcha", ""))


def _ask_recaptcha(token: str) -> bool | None:
    """None when the service is away. The library lets all but one kind of failure through, and
    would send the visitor's address; both are kept in here.
    """
    try:
        answer = client.submit(token[:4000], settings.RECAPTCHA_PRIVATE_KEY, "")
    except (OSError, HTTPException, ValueError, KeyError) as error:
        logger.warning("The captcha service is away: %s", type(error).__name__)
        return None
    return bool(answer.is_valid)


def _look_at_work(payload: str) -> Proof:
    if not payload or len(payload) > 2000:
        return Proof(is_proven=False)
    try:
        solved, _error = altcha.verify_solution(payload, get_hmac_key(), True)
        challenge = json.loads(base64.b64decode(payload))["challenge"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return Proof(is_proven=False)
    return Proof(is_proven=True, mark=challenge) if solved else Proof(is_proven=False)


def sender_of(request: HttpRequest) -> str:
    """The network that sent this. Of an IPv6 address the first 64 bits count: a household has all
    of the rest.
    """
    try:
        parsed = ip_address(address_of(request))
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def count_sender(request: HttpRequest, *, is_proven: bool, now: datetime) -> None:
    """Refuses a sender beyond the limit (``too_many``)."""
    limit = SENDER_PROVEN if is_proven else SENDER_HELD
    if not count_use(limit, sender_of(request), now=now):
        raise RuleBroken(
            "too_many",
            _(
                "Too many forms came from your connection in a short time. Nothing was saved. "
                "Your answers are still here: wait an hour and send again."
            ),
        )


def recaptcha_policy() -> dict[str, list[str]]:
    """What the content security policy must let through while reCAPTCHA is switched on."""
    sources = [f"https://{settings.RECAPTCHA_DOMAIN}/recaptcha/"]
    sources += ["https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"]
    return {"script-src": sources, "frame-src": sources, "connect-src": sources}
