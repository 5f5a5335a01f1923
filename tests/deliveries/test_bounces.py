"""Returned messages in the shapes that mail servers really send, and in those of strangers."""

import io
import time
import uuid
from typing import Any

import pytest
from django.core.management import call_command

from registration.deliveries.bounces import MOST_BYTES, Bounce, read_bounce
from registration.deliveries.models import Delivery, Recipient
from registration.outbox.delivery import message_mark
from registration.reports.models import Summary

MARK = "<0c1de4c2-7b59-4a53-a1b8-7d0c8a2f0a11@donation-portal.example.org>"

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: portal@donation-portal.example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9A0B11C2D.1763630101/mx.example.net"
Message-Id: <20251120091501.AB12C1C2D@mx.example.net>

This is a MIME-encapsulated message.

--9A0B11C2D.1763630101/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<nghiepvu@soyte.example.org>: host mail.soyte.example.org[192.0.2.25] said:
    550 5.1.1 No such user (in reply to RCPT TO command)

--9A0B11C2D.1763630101/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 9A0B11C2D
Arrival-Date: Thu, 20 Nov 2025 09:15:00 +0000 (UTC)

Final-Recipient: rfc822; nghiepvu@soyte.example.org
Original-Recipient: rfc822;nghiepvu@soyte.example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.soyte.example.org
Diagnostic-Code: smtp; 550 5.1.1 No such user

--9A0B11C2D.1763630101/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

Received: from web (localhost [127.0.0.1]) by mx.example.net; Thu, 20 Nov 2025
Subject: =?utf-8?q?S=E1=BB=9F_Y_t=E1=BA=BF?=
From: portal@donation-portal.example.org
To: nghiepvu@soyte.example.org
Message-ID: {mark}
Content-Type: multipart/mixed; boundary="inner"

--inner
Content-Type: text/plain; charset=utf-8

Bản tổng hợp
--inner--

--9A0B11C2D.1763630101/mx.example.net--
"""

EXCHANGE = """\
From: <postmaster@soyte.example.org>
To: <portal@donation-portal.example.org>
Date: Thu, 20 Nov 2025 16:16:02 +0700
Content-Type: multipart/report; report-type=delivery-status;
 boundary="_abc_EX01soyteexampleorg_"
Content-Language: vi-VN
Message-ID: <7e0f3d@EX01.soyte.example.org>
In-Reply-To: {mark}
References: {mark}
Thread-Topic: Undeliverable
Subject: =?utf-8?B?S2jDtG5nIGfhu61pIMSRxrDhu6Nj?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_abc_EX01soyteexampleorg_
Content-Type: multipart/alternative; differences=Content-Type;
 boundary="_def_EX01soyteexampleorg_"

--_def_EX01soyteexampleorg_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

S2jDtG5nIGfhu61pIMSRxrDhu6Nj

--_def_EX01soyteexampleorg_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGI+S2jDtG5nPC9iPg==

--_def_EX01soyteexampleorg_--

--_abc_EX01soyteexampleorg_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.soyte.example.org
Received-From-MTA: dns;mx.example.net
Arrival-Date: Thu, 20 Nov 2025 09:15:03 +0000

Original-Recipient: rfc822;nghiepvu@soyte.example.org
Final-Recipient: rfc822;nghiepvu@soyte.example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceeded
X-Display-Name: =?utf-8?B?UGjDsm5n?=

--_abc_EX01soyteexampleorg_
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: quoted-printable

Received: from mx.example.net (192.0.2.1) by EX01.soyte.example.org
From: portal@donation-portal.example.org
Message-ID:
 {mark}
Subject: summary =3D no. 1

--_abc_EX01soyteexampleorg_--
"""

FORWARDED = """\
From: clerk@soyte.example.org
To: portal@donation-portal.example.org
Subject: Fwd: this came back
Content-Type: multipart/mixed; boundary="outside"

--outside
Content-Type: text/plain

See below.
--outside
Content-Type: message/rfc822

{inner}
--outside--
"""


def postfix(mark: str = MARK, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return POSTFIX.format(mark=mark, action=action, status=status).encode()


def deeply_nested() -> bytes:
    parts = [f'Content-Type: multipart/report; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)]
    return "".join(parts).encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (postfix(), "5.1.1"),
        (postfix(status="9.9.9 nonsense"), "5.0.0"),
        (postfix(status="4.4.7"), "4.4.7"),
        (EXCHANGE.format(mark=MARK).encode(), "5.2.2"),
        (EXCHANGE.format(mark=MARK).replace("\n", "\r\n").encode(), "5.2.2"),
        (FORWARDED.format(inner=postfix().decode()).encode(), "5.1.1"),
        (postfix().replace(b"--inner\n", b"--inner\n" + b"x" * MOST_BYTES), "5.1.1"),
        (postfix().partition(b"--inner\n")[0], "5.1.1"),
    ],
    ids=["postfix", "odd status", "expired", "exchange", "crlf", "forwarded", "long", "cut off"],
)
def test_read_bounce(raw: bytes, code: str) -> None:
    assert read_bounce(raw) == Bounce(MARK, code)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"Subject: I am on holiday until Monday\n\nBye",
        postfix(action="delayed"),
        postfix(action="delivered", status="2.0.0"),
        postfix(mark="<>"),
        postfix(mark="<a b@c>"),
        postfix().partition(b"Message-ID")[0],
        postfix().partition(b"Action:")[0],
        postfix().replace(b"multipart/report", b"multipart/mixed"),
        postfix().replace(b"message/delivery-status", b"text/plain"),
        deeply_nested(),
        b"Content-Type: multipart/report; boundary=" + b"=" * 90_000,
        b"Content-Type: multipart/report;" + b" a*0=b;" * 30_000,
    ],
)
def test_read_bounce_ignores_all_else_at_once(raw: bytes) -> None:
    begun = time.monotonic()

    assert read_bounce(raw) is None
    assert time.monotonic() - begun < 5


class Pipe(io.StringIO):
    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.buffer = io.BytesIO(raw)


def pipe_in(raw: bytes, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> str:
    """What the command says to the mail server: nothing, whatever comes."""
    pipe = Pipe(raw)
    monkeypatch.setattr("sys.stdin", pipe)
    call_command("take_bounce")
    assert pipe.buffer.read() == b""
    told = capsys.readouterr()
    return str(told.out)


def test_take_bounce_notes_it_at_the_delivery_once(
    summary: Summary,
    office: Recipient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    delivery = Delivery.objects.get(recipient=office)
    mark = message_mark(delivery.message)

    assert pipe_in(postfix(mark), monkeypatch, capsys) == ""
    assert pipe_in(EXCHANGE.format(mark=mark).encode(), monkeypatch, capsys) == ""

    delivery.refresh_from_db()
    assert delivery.bounce_code == "5.1.1"
    assert delivery.bounced_at is not None
    assert Delivery.objects.filter(bounced_at__isnull=False).count() == 1
    assert "soyte.example.org" not in caplog.text


@pytest.mark.parametrize("of_ours", [False, True], ids=["unknown", "other host"])
def test_take_bounce_ignores_messages_that_are_not_ours(
    summary: Summary, monkeypatch: pytest.MonkeyPatch, capsys: Any, of_ours: bool
) -> None:
    known = Delivery.objects.first().message.pk
    mark = f"<{known}@elsewhere.example>" if of_ours else f"<{uuid.uuid4()}@x.example>"

    pipe_in(postfix(mark), monkeypatch, capsys)
    pipe_in(b"hello " * 200_000, monkeypatch, capsys)

    assert not Delivery.objects.filter(bounced_at__isnull=False).exists()
