"""Known or unknown, the form answers the same: status, headers, body, queries, number of mails."""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from registration.outbox.models import Message
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge
from tests.intake.visits import (
    TR_URL,
    VN_URL,
    acts_of,
    check,
    form_key,
    send,
    solved_proof,
    tr_answers,
    vn_answers,
)
from tests.pledges.registering import NOW, contact_of

# The links first: a token may hold letters that look like a reference.
NONCES = [
    r"/received/[\w:.-]+/",
    r"/confirm/[\w-]+/",
    r"/not-mine/[\w-]+/",
    r"csrfmiddlewaretoken\" value=\"\w+",
    r"form_key\" value=\"[\w:-]+",
    r"[2-9A-Y]{4}-[2-9A-Y]{4}",
]


def without_nonces(text: str) -> str:
    for nonce in NONCES:
        text = re.sub(nonce, "", text)
    return text


def answer(client: Client, url: str, answers: dict[str, Any], count_queries: Any) -> dict[str, Any]:
    """Everything that somebody who sends the form can see of the answer."""
    key = form_key()
    checked = check(client, url, answers, form_key=key)
    acts = acts_of(checked.content.decode())
    data = {"form_key": key, **answers, **acts, "altcha": solved_proof(), "action": "send"}
    seen: dict[str, Any] = {}

    def post() -> None:
        seen["sent"] = client.post(url, data)

    mails = Message.objects.count()
    queries = count_queries(post)
    page = client.get(seen["sent"]["Location"])
    return {
        "check": without_nonces(checked.content.decode()),
        "status": (checked.status_code, seen["sent"].status_code, page.status_code),
        "headers": sorted(set(page.headers) | set(seen["sent"].headers)),
        "length": (len(seen["sent"]["Location"]), len(page.content)),
        "page": without_nonces(page.content.decode()),
        "queries": queries,
        "mails": Message.objects.count() - mails,
    }


@pytest.mark.parametrize("kind", ["vn", "tr"])
def test_answer_is_the_same_for_unknown_known_and_active(
    reference: Any, count_queries: Any, kind: str
) -> None:
    url, answers = (VN_URL, vn_answers(reference)) if kind == "vn" else (TR_URL, tr_answers())

    unknown = answer(Client(), url, answers, count_queries)
    known = answer(Client(), url, answers, count_queries)
    pledge = Pledge.objects.first()
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    active = answer(Client(), url, answers, count_queries)

    assert unknown == known == active
    assert unknown["mails"] == 1


def test_stranger_with_my_number_learns_nothing(reference: Any, count_queries: Any) -> None:
    mine = answer(Client(), VN_URL, vn_answers(reference), count_queries)
    pledge = Pledge.objects.get()
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    length = len("stranger@example.org") - len("diem@example.org")

    theirs = answer(
        Client(), VN_URL, vn_answers(reference, email="stranger@example.org"), count_queries
    )

    assert theirs["page"] == mine["page"]
    assert theirs["queries"] == mine["queries"]
    mails = {m.recipient: m.text for m in Message.objects.all()}
    assert set(mails) == {"diem@example.org", "stranger@example.org"}
    assert len(without_nonces(mails["stranger@example.org"])) == (
        len(without_nonces(mails["diem@example.org"])) + length
    )


def test_logs_and_addresses_hold_nothing_personal(
    client: Client, reference: Any, caplog: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = send(client, VN_URL, vn_answers(reference))
        send(client, VN_URL, vn_answers(reference, full_name="Иван"))

    written = response["Location"] + "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    for value in ("Diễm", "diem@example.org", "022190123456", "912345678", "Hải Thịnh", "kidney"):
        assert value not in written
