"""Signing in as a person would, through the form, with or without a second factor."""

import base64
import hmac
import struct
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.test import Client

PASS_PHRASE = "a long pass phrase"
SECRET = "JBSWY3DPEHPK3PXP"


def sign_in(client: Client, username: str, **extra: str) -> HttpResponse:
    answers = {"login": username, "password": PASS_PHRASE, **extra}
    return client.post("/account/login/", answers)


def totp_code(secret: str = SECRET) -> str:
    """What the authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def give_second_factor(staff: object) -> None:
    TOTP.activate(staff, SECRET)
    RecoveryCodes.activate(staff)
