import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.catalogues import collect

NO_GETTEXT = "The gettext package is not installed (on Debian: apt-get install gettext)."


class Command(BaseCommand):
    help = "Bring locale/*/LC_MESSAGES/django.po up to date with the code and the templates."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if shutil.which("xgettext") is None:
            raise CommandError(NO_GETTEXT)
        source = settings.LANGUAGE_CODE
        languages = [code for code, _name in settings.LANGUAGES if code != source]
        collect(settings.BASE_DIR, languages=languages)
