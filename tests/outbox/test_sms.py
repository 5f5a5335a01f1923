"""Each gateway against a server on this machine that speaks the provider's documented protocol."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from registration.outbox.models import Message
from registration.outbox.rules import NotNow, Refused
from registration.outbox.services import deliver_message
from registration.outbox.sms import gateway
from tests.outbox.conftest import NOW, SECRET

NETGSM_TAKEN = {"code": "00", "jobid": "17377215342605050417149344", "description": "queued"}
ESMS_TAKEN = {"CodeResult": "100", "CountRegenerate": 0, "SMSID": "d533459ee42b2b9525ba9eabf6a8156"}


class Provider(HTTPServer):
    """Keeps what it was sent and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.answer = 200, b"{}"
        self.requests: list[tuple[str, Any, dict[str, Any]]] = []

    def will_say(self, answer: object, status: int = 200) -> None:
        self.status = status
        self.answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers, body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def netgsm(provider: Provider, settings: Any) -> Provider:
    provider.will_say(NETGSM_TAKEN)
    settings.SMS_URL = (
        f"netgsm://8501234567:p%40ss%3Aword@127.0.0.1:{provider.server_port}?header=ADANA%20ISM"
    )
    return provider


@pytest.fixture
def esms(provider: Provider, settings: Any) -> Provider:
    provider.will_say(ESMS_TAKEN)
    settings.SMS_URL = f"esms://KEY:SE%2FCRET@127.0.0.1:{provider.server_port}?brand=SYTQUANGNINH"
    return provider


def send(text: str = "Merhaba", number: str = "+905000000001") -> None:
    gateway().send(number=number, text=text, reference="row-1")


def test_netgsm_is_asked_as_documented(netgsm: Provider) -> None:
    send("Kayıt alındı: 7KQM-2XHT")

    ((path, headers, body),) = netgsm.requests
    assert path == "/sms/rest/v2/send"
    assert headers["Content-Type"] == "application/json"
    account = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert account == "8501234567:p@ss:word"
    assert body == {
        "msgheader": "ADANA ISM",
        "encoding": "TR",
        "messages": [{"msg": "Kayıt alındı: 7KQM-2XHT", "no": "5000000001"}],
    }


def test_netgsm_plain_text_and_a_foreign_number(netgsm: Provider) -> None:
    send("Code: 7KQM", number="+84900000001")

    assert netgsm.requests[0][2] == {
        "msgheader": "ADANA ISM",
        "messages": [{"msg": "Code: 7KQM", "no": "0084900000001"}],
    }


@pytest.mark.parametrize("code", ["20", "70"])
@pytest.mark.parametrize("status", [200, 406])
def test_netgsm_refuses_for_good(netgsm: Provider, code: str, status: int) -> None:
    netgsm.will_say({"code": code, "description": "5000000001 is wrong"}, status)

    with pytest.raises(Refused) as refusal:
        send()

    assert refusal.value.code == f"Netgsm {code}"


@pytest.mark.parametrize("code", ["30", "40", "50", "51", "80", "85", "100", "101", "5000"])
def test_netgsm_account_and_system_trouble_passes(netgsm: Provider, code: str) -> None:
    netgsm.will_say({"code": code}, 406)

    with pytest.raises(NotNow) as trouble:
        send()

    assert trouble.value.code == f"Netgsm {code}"


def test_esms_is_asked_as_documented(esms: Provider) -> None:
    send("Đã nhận đơn của ông/bà", number="+84900000001")

    ((path, headers, body),) = esms.requests
    assert path == "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    assert headers["Content-Type"] == "application/json"
    assert body == {
        "ApiKey": "KEY",
        "SecretKey": "SE/CRET",
        "Brandname": "SYTQUANGNINH",
        "SmsType": "2",
        "Phone": "0900000001",
        "Content": "Da nhan don cua ong/ba",
        "IsUnicode": "0",
        "RequestId": "row-1",
    }


def test_esms_with_accents_and_a_foreign_number(esms: Provider, settings: Any) -> None:
    settings.SMS_URL += "&accents=1"

    send("Đã nhận đơn")

    body = esms.requests[0][2]
    assert (body["Content"], body["IsUnicode"], body["Phone"]) == (
        "Đã nhận đơn",
        "1",
        "905000000001",
    )


def test_esms_that_took_the_request_before_counts_as_sent(esms: Provider) -> None:
    esms.will_say({"CodeResult": "124", "ErrorMessage": "Request exist 1", "SendStatus": "5"})

    send()

    assert len(esms.requests) == 1


@pytest.mark.parametrize("code", ["108", "146", "177", "300"])
def test_esms_refuses_for_good(esms: Provider, code: str) -> None:
    esms.will_say({"CodeResult": code, "ErrorMessage": "0900000001"})

    with pytest.raises(Refused) as refusal:
        send()

    assert refusal.value.code == f"eSMS {code}"


@pytest.mark.parametrize("code", ["99", "101", "102", "103", "104", "140"])
def test_esms_account_and_system_trouble_passes(esms: Provider, code: str) -> None:
    esms.will_say({"CodeResult": code})

    with pytest.raises(NotNow) as trouble:
        send()

    assert trouble.value.code == f"eSMS {code}"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (b"<html>bad gateway</html>", 502, "HTTP 502"),
        (b"not json", 200, "HTTP 200"),
        (b'["00"]', 200, "HTTP 200"),
        (b"", 301, "HTTP 301"),
        (json.dumps(ESMS_TAKEN).encode(), 500, "HTTP 500"),
        (b'{"error": "Invalid request"}', 200, "eSMS 99"),
    ],
)
def test_an_answer_that_says_nothing_is_trouble_that_passes(
    esms: Provider, answer: bytes, status: int, code: str
) -> None:
    esms.will_say(answer, status)

    with pytest.raises(NotNow) as trouble:
        send()

    assert trouble.value.code == code
    assert len(esms.requests) == 1


def test_a_gateway_that_cannot_be_reached_is_trouble_that_passes(
    settings: Any, free_port: int
) -> None:
    settings.SMS_URL = f"netgsm://a:b@127.0.0.1:{free_port}?header=X"

    with pytest.raises(NotNow) as trouble:
        send()

    assert trouble.value.code == "ConnectionError"


def test_a_gateway_elsewhere_is_asked_over_tls_only(settings: Any) -> None:
    settings.SMS_URL = "netgsm://a:b@api.netgsm.com.tr?header=X"
    netgsm = gateway().address
    settings.SMS_URL = "esms://a:b@rest.esms.vn?brand=X"

    assert netgsm == "https://api.netgsm.com.tr/sms/rest/v2/send"
    assert gateway().address == (
        "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    )


@pytest.mark.parametrize("url", ["", "fax://a:b@example.org"])
def test_no_gateway_fails_clearly(
    text_message: Callable[..., Message], settings: Any, url: str
) -> None:
    settings.SMS_URL = url
    message = text_message()

    deliver_message(message.pk, now=NOW)

    message = Message.objects.get(pk=message.pk)
    assert (message.state, message.last_error) == ("failed", "not_configured")


def test_a_message_goes_through_the_gateway_under_its_own_id(
    text_message: Callable[..., Message], esms: Provider
) -> None:
    message = text_message()

    deliver_message(message.pk, now=NOW)

    assert Message.objects.get(pk=message.pk).state == "sent"
    assert esms.requests[0][2]["RequestId"] == str(message.pk)


def test_neither_number_nor_text_nor_password_is_logged(
    text_message: Callable[..., Message],
    netgsm: Provider,
    everything_logged: Callable[[], str],
) -> None:
    for answer in (NETGSM_TAKEN, {"code": "70"}, {"code": "80"}, b"5000000001"):
        netgsm.will_say(answer)
        deliver_message(text_message(to="+905000000001").pk, now=NOW)
    errors = " ".join(Message.objects.values_list("last_error", flat=True))

    logged = everything_logged() + errors

    assert [w for w in ("5000000001", "Linh", SECRET, "p@ss", "p%40ss") if w in logged] == []
