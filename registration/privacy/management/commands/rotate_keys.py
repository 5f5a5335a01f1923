from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registration.privacy.rotation import (
    count_old,
    old_rows,
    rotate,
    rotate_second_factors,
    sealed_models,
)


class Command(BaseCommand):
    help = (
        "Seal all values anew with the newest of SEALING_KEYS, in batches and without a pause of "
        "the portal. It may be broken off and started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only count the rows under older keys"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self._rotate()
        left = {label: number for label, number in count_old().items() if number}
        for label, number in left.items():
            self.stdout.write(f"{label}: {number} rows under an older key.")
        if not left:
            self.stdout.write("No row is under an older key. Older keys may be removed.")

    def _rotate(self) -> None:
        for model in sealed_models():
            done, whole = 0, old_rows(model).count()
            for changed in rotate(model) if whole else ():
                done += changed
                self.stdout.write(f"{model._meta.label}: {done} of {whole}")
        if changed := rotate_second_factors():
            self.stdout.write(f"Second factors: {changed}")
