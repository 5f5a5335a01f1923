from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.catalogues import compile_changed


class Command(BaseCommand):
    help = "Compile the message catalogues that changed. Needs no gettext on the machine."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for written in compile_changed(settings.BASE_DIR / "locale"):
            self.stdout.write(f"compiled {written.relative_to(settings.BASE_DIR)}")
