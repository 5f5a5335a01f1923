from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from home.demo_pages import build_pages
from home.demo_staff import (
    PASSWORD,
    STAFF,
    make_demo_staff,
    open_demo_desks,
    set_demo_hours,
)


class Command(BaseCommand):
    help = "Make the demo's pages, staff and report hours, once. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PLAY_ALLOWED:
            raise CommandError("The demo's sign-ins are known to everybody: never in production.")
        build_pages()
        make_demo_staff()
        open_demo_desks()
        set_demo_hours(now=timezone.now())
        self.stdout.write(f"  Demo sign-ins (password for all: {PASSWORD})")
        for member in STAFF:
            self.stdout.write(f"    {member.username:<8} {member.does}")
