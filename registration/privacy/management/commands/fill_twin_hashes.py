from typing import Any

from django.core.management.base import BaseCommand

from registration.privacy.twins import fill_twin_hashes


class Command(BaseCommand):
    help = "Fill in the hash by which twins are found, where older rows lack it."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for filled in fill_twin_hashes():
            done += filled
            self.stdout.write(f"{done} rows filled.")
        self.stdout.write("Every row with a birth date has its hash.")
