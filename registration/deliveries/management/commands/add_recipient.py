from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registration.common.errors import RuleBroken
from registration.deliveries.services import add_recipient
from registration.units.models import Unit


class Command(BaseCommand):
    help = (
        "Put an office on a department's list of recipients while the portal is being set up."
        " Once the list is kept on the desk, two people change it there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("department", help="the department's code")
        parser.add_argument("office")
        parser.add_argument("email")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="the department's without it")
        parser.add_argument(
            "--outside", action="store_true", help="it gets the edition without small figures"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        department = Unit.objects.filter(
            code=options["department"], report_hours__isnull=False
        ).first()
        if department is None:
            raise CommandError(f"No department {options['department']} with report hours.")
        try:
            recipient = add_recipient(
                department,
                office=options["office"],
                email=options["email"],
                language=options["language"] or department.report_hours.language,
                is_outside=options["outside"],
            )
        except RuleBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{recipient.office} receives the summaries of {department.code}.")
