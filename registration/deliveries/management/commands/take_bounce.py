import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.deliveries.bounces import MOST_BYTES
from registration.deliveries.receipts import take_bounce


class Command(BaseCommand):
    help = (
        "Read one returned message from standard input and note which summary came back. For a"
        " pipe in the mail server's alias of the sender; what is no such message is ignored."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(MOST_BYTES)
        # The mail server would take a pipe that is not read to its end for a failure.
        while sys.stdin.buffer.read(MOST_BYTES):
            pass
        take_bounce(raw, now=timezone.now())
