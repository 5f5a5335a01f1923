"""Jobs that need Django, each in a process of its own: ``python -m bench.inside JOB`` reads its
values as JSON and prints its answer as JSON.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django

from bench import desk, village


def missing_pledges(numbers: list[int]) -> dict[str, int]:
    """How many of the acknowledged have no registration, or no event, or no message."""
    from bench.citizens import Citizen
    from registration.ledger.models import Event
    from registration.outbox.models import Message
    from registration.people.choices import ContactKind
    from registration.people.keys import contact_hash
    from registration.people.models import Contact

    hashes = {contact_hash(ContactKind.EMAIL, Citizen(number).email) for number in numbers}
    found = dict(
        Contact.objects.filter(
            value_hash__in=hashes, particulars__pledge__isnull=False
        ).values_list("value_hash", "particulars__pledge")
    )
    pledges = set(found.values())
    told = Event.objects.filter(kind="pledge.received", subject__in=pledges)
    sent = Message.objects.filter(kind="pledges/receipt", about__in=pledges, state="sent")
    return {
        "rows": len(hashes) - len(found),
        "events": len(hashes) - told.values("subject").distinct().count(),
        "messages": len(hashes) - sent.values("about").distinct().count(),
    }


def count_queries(path: str, status: int = 200) -> tuple[int, int]:
    """Queries of the first GET in a process, and of one after what is held has been read."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    counts = []
    for _visit in range(3):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != status:
            raise SystemExit(f"{path} answers {answer.status_code}.")
        counts.append(len(queries))
    return counts[0], counts[-1]


def a_placement() -> str:
    """The code of an open placement."""
    from registration.banners.models import Placement

    found = Placement.objects.filter(closed_at__isnull=True, banner__live=True).order_by("pk")
    return str(found[0].code)


def count_views() -> tuple[float, int]:
    """Count what nginx noted: the seconds it took, and the views there are."""
    from time import monotonic

    from django.conf import settings
    from django.utils import timezone

    from registration.banners.counting import count_notes
    from registration.banners.models import DayCount

    began = monotonic()
    while any(file.stat().st_size for file in settings.SEEN_DIR.glob("*.notes")):
        count_notes(now=timezone.now())
    return monotonic() - began, sum(DayCount.objects.values_list("views", flat=True))


def form_keys(number: int) -> list[str]:
    """Keys as form pages give them out; older than a hurry by the time they are used."""
    from time import sleep

    from registration.intake.gate import new_form_key

    keys = [new_form_key() for _each in range(number)]
    sleep(3)
    return keys


def confirm_everybody() -> int:
    """Let everybody who is registered have confirmed; how many."""
    from django.utils import timezone

    from registration.pledges.models import Pledge
    from registration.pledges.services import confirm_pledge

    waiting = Pledge.objects.filter(state="received").prefetch_related("particulars__contacts")
    for pledge in waiting:
        contact = pledge.particulars.contacts.all()[0]
        confirm_pledge(pledge, contact=contact, now=timezone.now())
    return len(waiting)


def peer_site() -> str:
    """Tables and pages of the form-builder site."""
    from django.core.management import call_command

    from bench.peer.site import build_site

    call_command("migrate", interactive=False, run_syncdb=True, verbosity=0)
    return build_site()


JOBS: dict[str, Callable[..., Any]] = {
    "a_placement": a_placement,
    "confirm_everybody": confirm_everybody,
    "form_keys": form_keys,
    "look_up": desk.look_up,
    "work_list": desk.work_list,
    "missing_pledges": missing_pledges,
    "visit_village": village.visit_village,
    "count_queries": count_queries,
    "count_views": count_views,
    "peer_site": peer_site,
}

if __name__ == "__main__":
    django.setup()
    values = json.loads(sys.stdin.read() or "{}")
    json.dump(JOBS[sys.argv[1]](**values), sys.stdout)
