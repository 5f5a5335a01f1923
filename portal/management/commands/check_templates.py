from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from portal.catalogues import STOREYS


class Command(BaseCommand):
    help = "Fail unless every template of the product compiles, and all that it extends or loads."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        names = list(self.names(settings.BASE_DIR))
        broken = [problem for name in names if (problem := self.problem(name))]
        for problem in broken:
            self.stdout.write(problem)
        if broken:
            raise CommandError(f"{len(broken)} of {len(names)} templates do not compile.")
        self.stdout.write(f"All {len(names)} templates compile.")

    def names(self, root: Path) -> Iterator[str]:
        for storey in STOREYS:
            for folder in sorted((root / storey).rglob("templates")):
                for path in sorted(folder.rglob("*.*")):
                    if path.is_file():
                        yield str(path.relative_to(folder))

    def problem(self, name: str) -> str:
        try:
            get_template(name)
        except (TemplateSyntaxError, TemplateDoesNotExist, UnicodeDecodeError) as error:
            return f"{name}: {type(error).__name__}: {error}"
        return ""
