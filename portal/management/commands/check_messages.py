import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import catalogues
from portal.management.commands.collect_messages import NO_GETTEXT

SHOWN = 40


class Command(BaseCommand):
    help = (
        "Fail unless each language has every sentence: none missing, stale or fuzzy, "
        "no placeholder or tag lost. Works on a copy and changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--root", type=Path, default=settings.BASE_DIR)

    def handle(self, *args: Any, **options: Any) -> None:
        if shutil.which("xgettext") is None:
            raise CommandError(NO_GETTEXT)
        root: Path = options["root"]
        found = self.compare(root, self.languages())
        for language, complaints in found.items():
            for complaint in complaints[:SHOWN]:
                self.stdout.write(f"{language}: {complaint}")
            if len(complaints) > SHOWN:
                self.stdout.write(f"{language}: … and {len(complaints) - SHOWN} more")
        if any(found.values()):
            counts = ", ".join(f"{language} {len(c)}" for language, c in found.items())
            raise CommandError(f"Messages are not complete ({counts}). Run `make messages` first.")
        self.stdout.write(f"Messages are complete in {', '.join(found)}.")

    def languages(self) -> list[str]:
        return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]

    def compare(self, root: Path, languages: list[str]) -> dict[str, list[str]]:
        """Collect anew into a copy and compare it with what is there, language by language."""
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            catalogues.copy_sources(root, copy)
            catalogues.collect(copy, languages=languages)
            for language in languages:
                relative = Path("locale", language, "LC_MESSAGES", "django.po")
                if (root / relative).exists():
                    committed = catalogues.read_catalogue(root / relative)
                    collected = catalogues.read_catalogue(copy / relative)
                    found[language] = list(catalogues.complaints(committed, collected))
                else:
                    found[language] = [f"{relative} does not exist"]
        return found
