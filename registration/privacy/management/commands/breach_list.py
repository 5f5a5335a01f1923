import csv
import logging
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registration.accounts.models import Staff
from registration.common.spreadsheets import safe_cell
from registration.privacy.breach import Touched, contacts_of, reachable, touched_by, views_of
from registration.privacy.services import log_views

logger = logging.getLogger(__name__)


def moment(text: str) -> datetime:
    """An hour in ISO form; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("Write a time such as 2026-11-20T09:00+07:00.") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Say whom a leak touches: the persons whose data a member of staff saw, or that were seen "
        "in a time. With --contacts the ways to reach them as CSV; each is logged as a view."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--staff", help="user name of the member of staff who looked")
        parser.add_argument("--since", type=moment, help="first moment, e.g. 2026-11-20T09:00")
        parser.add_argument("--until", type=moment, help="moment after the last, UTC by default")
        parser.add_argument("--subject", type=UUID, action="append", default=[], help="one id")
        parser.add_argument("--contacts", action="store_true", help="list contacts as CSV")
        parser.add_argument("--by", help="user name of who asks for the contacts")
        parser.add_argument("--reason", default="", help="why the contacts are asked for")

    def handle(self, *args: Any, **options: Any) -> None:
        staff = self._staff(options["staff"])
        if not (staff or options["since"] or options["subject"]):
            raise CommandError("Name --staff, --since or --subject.")
        asker = self._staff(options["by"])
        if options["contacts"] and not (asker and options["reason"].strip()):
            raise CommandError("Contacts are listed with --by and --reason only.")
        found = touched_by(
            views_of(
                staff=staff,
                since=options["since"],
                until=options["until"],
                subjects=options["subject"],
            )
        )
        logger.warning("A breach list was made: %d persons", len(found.fields))
        self._sum_up(found, self.stderr if options["contacts"] else self.stdout)
        if asker and options["contacts"]:
            self._list_contacts(found, asker, options["reason"])

    def _staff(self, username: str | None) -> Staff | None:
        if not username:
            return None
        found = Staff.objects.filter(username=username).first()
        if found is None:
            raise CommandError(f"There is no member of staff called {username}.")
        return found

    def _sum_up(self, found: Touched, out: Any) -> None:
        out.write(f"Views: {found.views}. Things seen: {found.things}.")
        for (username, unit), number in sorted(found.looked.items(), key=lambda item: -item[1]):
            out.write(f"  {username} ({unit or 'no unit'}): {number}")
        out.write(f"Persons touched: {len(found.fields)}. No longer kept: {found.gone}.")
        mailboxes, telephones, unconfirmed = reachable(found.fields)
        out.write(
            f"With a mailbox: {mailboxes}. With a telephone: {telephones}."
            f" Without a confirmed contact: {unconfirmed}."
        )
        out.write("The authority must be told within 72 hours of finding out (Türkiye, Viet Nam).")

    def _list_contacts(self, found: Touched, asker: Staff, reason: str) -> None:
        log_views(
            asker,
            subjects=found.fields,
            page="privacy:breach_list",
            fields=["contacts"],
            reason=reason,
            now=timezone.now(),
        )
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["person", "kind", "contact", "confirmed", "language", "fields_seen"])
        for way in contacts_of(found.fields):
            seen = " ".join(sorted(found.fields[way.person]))
            confirmed = "yes" if way.is_confirmed else "no"
            writer.writerow(
                [way.person, way.kind, plain_cell(way.value), confirmed, way.language, seen]
            )


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet runs. A telephone number keeps its plus."""
    is_number = value.startswith("+") and value[1:].isdigit()
    return value if is_number else safe_cell(value)
