"""A person who opens the own record, as a browser does."""

import re
from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from registration.outbox.models import Message
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge
from registration.records.asking import answer_ask
from registration.records.models import Ask
from tests.pledges.registering import contact_of, register

ASK = "/en/record/ask/"
SHOW = "/en/record/"
CHANGE = "/en/record/change/"
DIEM_BORN = date(1990, 3, 27)
ISIL_BORN = date(1985, 2, 1)


def confirmed(reference: Any, told: Any = None, **changes: Any) -> Pledge:
    """A registration confirmed by its e-mail address, not long ago."""
    pledge = register(reference, told, now=timezone.now(), **changes)
    confirm_pledge(pledge, contact=contact_of(pledge), now=timezone.now())
    Message.objects.all().delete()
    return Pledge.objects.get(pk=pledge.pk)


def ask(client: Client, address: str) -> Any:
    """Ask for the link, and let the worker answer."""
    response = client.post(ASK, {"address": address})
    for row in list(Ask.objects.all()):
        answer_ask(row.pk, now=timezone.now())
    return response


def link_to(address: str) -> str:
    """The path of the newest link that was sent to an address, on the English pages."""
    texts = [m.text for m in Message.objects.filter(kind="records/link") if m.recipient == address]
    found = re.search(r"http://testserver/\w+(/record/open/\S+/)", texts[0])
    assert found, texts[0]
    return f"/en{found.group(1)}"


def born(day: date) -> dict[str, str]:
    return {
        "birth_date_0": str(day.day),
        "birth_date_1": str(day.month),
        "birth_date_2": str(day.year),
    }


def open_record(
    client: Client, address: str = "diem@example.org", *, birth: date = DIEM_BORN
) -> Any:
    ask(client, address)
    return client.post(link_to(address), born(birth))


def sent(kind: str) -> dict[str, Message]:
    """Messages of a kind by their recipient."""
    return {m.recipient: m for m in Message.objects.filter(kind=kind)}
