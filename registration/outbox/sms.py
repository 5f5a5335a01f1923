"""SMS gateways, chosen by ``SMS_URL``. Each speaks its provider's documented protocol.

* ``mailbox://`` keeps messages for the desk.
* ``netgsm://user:password@api.netgsm.com.tr?header=SENDER`` (Turkey, REST v2; the codes are those
  of the provider's own client ``@netgsm/sms`` 1.1.11).
* ``esms://key:secret@rest.esms.vn?brand=NAME`` (Vietnam, ``SendMultipleMessage_V4_post_json`` and
  the table of error codes at developers.esms.vn); ``&accents=1`` sends Vietnamese letters as they
  are, in parts of 70 letters instead of 160.
"""

from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import requests
from django.conf import settings

from registration.outbox.mailbox import MailboxGateway
from registration.outbox.rules import NotNow, Refused, sms_length, without_accents

# Seconds to connect and to answer.
TIMEOUT = (5, 15)
LOOPBACK = {"127.0.0.1", "localhost"}


class Gateway(Protocol):
    def send(self, *, number: str, text: str, reference: str) -> None:
        """Hand one message over, or raise ``Refused`` or ``NotNow``. ``reference`` is its id."""


def gateway() -> Gateway:
    """The gateway that the settings name; ``Refused("not_configured")`` if they name none."""
    url = urlsplit(settings.SMS_URL)
    match url.scheme:
        case "mailbox":
            return MailboxGateway()
        case "netgsm":
            return Netgsm(url)
        case "esms":
            return Esms(url)
    raise Refused("not_configured")


class Netgsm:
    # Wrong text or wrong fields. All other codes are the account's trouble and pass by.
    FOR_GOOD = {"20", "70"}

    def __init__(self, url: SplitResult) -> None:
        self.address = f"{_origin(url)}/sms/rest/v2/send"
        self.account = (unquote(url.username or ""), unquote(url.password or ""))
        self.header = _option(url, "header")

    def send(self, *, number: str, text: str, reference: str) -> None:
        # Ten digits inside the country; with 00 and the country's code outside.
        local = number.removeprefix("+90")
        no = local if local != number else f"00{number.removeprefix('+')}"
        request: dict[str, Any] = {
            "msgheader": self.header,
            "messages": [{"msg": text, "no": no}],
        }
        if sms_length(text).alphabet != "gsm7":
            request["encoding"] = "TR"
        answer = _post(self.address, request, account=self.account)
        code = str(answer.get("code", "5000"))
        if code in self.FOR_GOOD:
            raise Refused(f"Netgsm {code}")
        if code != "00":
            raise NotNow(f"Netgsm {code}")


class Esms:
    # Wrong number, text that is no registered template, network without the sender, no type.
    FOR_GOOD = {"108", "146", "177", "300"}
    # 124 says that this RequestId was taken before: the message is already on its way.
    TAKEN = {"100", "124"}

    def __init__(self, url: SplitResult) -> None:
        self.address = f"{_origin(url)}/MainService.svc/json/SendMultipleMessage_V4_post_json/"
        self.key, self.secret = unquote(url.username or ""), unquote(url.password or "")
        self.brand = _option(url, "brand")
        self.with_accents = _option(url, "accents") == "1"

    def send(self, *, number: str, text: str, reference: str) -> None:
        content = text if self.with_accents else without_accents(text)
        local = number.removeprefix("+84")
        answer = _post(
            self.address,
            {
                "ApiKey": self.key,
                "SecretKey": self.secret,
                "Brandname": self.brand,
                "SmsType": "2",
                "Phone": f"0{local}" if local != number else number.removeprefix("+"),
                "Content": content,
                "IsUnicode": "0" if sms_length(content).alphabet == "gsm7" else "1",
                "RequestId": reference,
            },
        )
        code = str(answer.get("CodeResult", "99"))
        if code in self.FOR_GOOD:
            raise Refused(f"eSMS {code}")
        if code not in self.TAKEN:
            raise NotNow(f"eSMS {code}")


def _origin(url: SplitResult) -> str:
    # Plain HTTP to this machine alone: passwords and numbers never cross a network in clear.
    scheme = "http" if url.hostname in LOOPBACK else "https"
    port = f":{url.port}" if url.port else ""
    return f"{scheme}://{url.hostname}{port}"


def _option(url: SplitResult, name: str) -> str:
    return parse_qs(url.query).get(name, [""])[0]


def _post(
    address: str, request: dict[str, Any], *, account: tuple[str, str] | None = None
) -> dict[str, Any]:
    try:
        response = requests.post(
            address, json=request, auth=account, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        raise NotNow(type(error).__name__) from None
    # Both providers may answer a refusal with 4xx; what counts is the code inside.
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code >= 500 or not isinstance(answer, dict):
        raise NotNow(f"HTTP {response.status_code}")
    return answer
