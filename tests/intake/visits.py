"""A visitor of the public form: fills in, checks and sends, as a browser does."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import time_machine
from django.test import Client
from django_altcha import get_altcha_challenge

from registration.intake import gate

VN_URL = "/vi/pledge/vn-22/"
TR_URL = "/tr/pledge/tr-01/"

VN_ANSWERS = {
    "full_name": "Nguyễn Thị Diễm",
    "birth_date_0": "27",
    "birth_date_1": "3",
    "birth_date_2": "1990",
    "sex": "female",
    "phone": "0912 345 678",
    "email": "diem@example.org",
    "identity_number": "022190123456",
    "identity_issued_on_0": "5",
    "identity_issued_on_1": "6",
    "identity_issued_on_2": "2021",
    "identity_issued_by": "Cục Cảnh sát QLHC về TTXH",
    "permanent_address": "Số 7 đường Hải Thịnh",
    "old_district": "",
    "card_to_home": "on",
    "card_address": "",
    "occupation": "Giáo viên",
    "workplace": "",
    "organ_choice": "some",
    "organs": ["kidney"],
    "identity_secret": "yes",
}
TR_ANSWERS = {
    "full_name": "Işıl Şimşek",
    "birth_date_0": "1",
    "birth_date_1": "2",
    "birth_date_2": "1985",
    "email": "isil@example.org",
    "phone": "",
    "locality": "",
    "organ_choice": "all",
}


def vn_answers(reference: Any, **changes: Any) -> dict[str, Any]:
    return {**VN_ANSWERS, "locality": reference.ha_long.code, **changes}


def tr_answers(**changes: Any) -> dict[str, Any]:
    return {**TR_ANSWERS, **changes}


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found.group(1) if found else ""


def form_key(*, seconds_ago: float = 60) -> str:
    """A key as the form page gave it out that long ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=seconds_ago), tick=False):
        return gate.new_form_key()


def solved_proof() -> str:
    challenge = get_altcha_challenge(max_number=50)
    solution = altcha.solve_challenge(
        challenge=challenge.challenge, salt=challenge.salt, max_number=50
    )
    return base64.b64encode(
        json.dumps(
            {
                "algorithm": challenge.algorithm,
                "challenge": challenge.challenge,
                "number": solution.number,
                "salt": challenge.salt,
                "signature": challenge.signature,
            }
        ).encode()
    ).decode()


def check(client: Client, url: str, answers: dict[str, Any], **extra: Any) -> Any:
    data = {"form_key": form_key(), **answers, "action": "check", **extra}
    return client.post(url, data)


def acts_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(act_\w+)" value="(\w+)"', html))


def send(client: Client, url: str, answers: dict[str, Any], **extra: Any) -> Any:
    """Check and send with every box ticked; ``extra`` changes what is sent at the end."""
    key = extra.pop("form_key", None) or form_key()
    page = check(client, url, answers, form_key=key, b=extra.get("b", ""))
    acts = acts_of(page.content.decode())
    proof = extra.pop("altcha", None)
    data = {
        "form_key": key,
        **answers,
        **acts,
        "altcha": solved_proof() if proof is None else proof,
        "action": "send",
        **extra,
    }
    return client.post(url, data)


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/\S+/confirm/\S+/)", text)
    assert found, text
    return found.group(1)
