"""One request to the page on which a spreadsheet is checked, entered in slices, given back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.entries.services import cannot_tell, enter_person, require_open
from registration.entries.sheets import Row, Table, read_table
from registration.entries.typed import door_of, is_signed
from registration.intake import gate
from registration.intake.doors import Door
from registration.pledges.models import EntryBatch, Pledge
from registration.privacy.services import ShownText

# As many as are surely entered before a proxy or a reader loses patience.
SLICE = 50
BOXES = ("texts_agreed", "form_signed", "paper_seen")


@dataclass
class SheetVisit:
    """The text comes with each request and is kept nowhere; so does the key of the form."""

    batch: EntryBatch
    staff: Staff
    data: QueryDict
    text: str
    language: str
    now: datetime
    key: str = ""
    refused: set[int] = field(default_factory=set)
    refusals: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = self.data.get("form_key", "") or gate.new_form_key()
        numbers = self.data.get("refused", "")[:4000].split(",")
        self.refused = {int(number) for number in numbers if number.isascii() and number.isdigit()}

    @cached_property
    def door(self) -> Door:
        return door_of(self.batch, language=self.language, now=self.now)

    @cached_property
    def table(self) -> Table:
        """The rows as they were checked. While only checking, the boxes are taken as ticked."""
        require_signed(self.batch)
        boxes = {name: "on" for name in BOXES if self.data.get(name)}
        return read_table(self.text, self.door.setting, boxes={**boxes, "texts_agreed": "on"})

    @cached_property
    def keys(self) -> dict[int, str]:
        nonce = gate.read_form_key(self.key).nonce
        return {row.number: row.form_key(nonce) for row in self.table.good}

    @cached_property
    def entered(self) -> dict[str, str]:
        """Form key → reference of the rows that were entered already."""
        keys = list(self.keys.values())
        found = Pledge.objects.filter(batch=self.batch, form_key__in=keys)
        return dict(found.values_list("form_key", "reference"))

    @property
    def remaining(self) -> list[Row]:
        return [
            row
            for row in self.table.good
            if row.number not in self.refused and self.keys[row.number] not in self.entered
        ]

    def bad_rows(self) -> list[Row]:
        for row in self.table.good:
            if row.number in self.refusals:
                row.errors.append(self.refusals[row.number])
        return [row for row in self.table.rows if row.errors or row.number in self.refused]

    def enter_slice(self) -> None:
        """Enter the next rows, each in its own transaction. Sent twice, nothing is entered twice.

        Refuses ``batch_closed``, ``form_broken`` or ``texts_not_signed``.
        """
        require_open(self.batch)
        if not self.data.get("texts_agreed"):
            raise RuleBroken(
                "texts_not_signed",
                _(
                    "Tick that notice and consent were signed. "
                    "Without them nobody may be registered."
                ),
            )
        acts: dict[str, Sequence[ShownText]] = {}
        for row in self.remaining[:SLICE]:
            try:
                self._enter(row, acts)
            except RuleBroken as error:
                self.refused.add(row.number)
                self.refusals[row.number] = error.sentence
            except (OperationalError, InterfaceError, IntegrityError) as error:
                raise cannot_tell() from error

    def _enter(self, row: Row, acts: dict[str, Sequence[ShownText]]) -> None:
        language = row.form.cleaned_data["language"]
        if language not in acts:
            door = door_of(self.batch, language=language, now=self.now)
            acts[language] = door.texts
        pledge = enter_person(
            self.batch,
            row.form.answers(language=language, acts=acts[language]),
            department=self.door.department,
            steps=row.form.steps,
            is_from_sheet=True,
            staff=self.staff,
            form_key=self.keys[row.number],
            now=self.now,
        )
        self.entered[pledge.form_key] = pledge.reference


def require_signed(batch: EntryBatch) -> None:
    """Refuses a table of people who were on the telephone (``not_signed``)."""
    if not is_signed(batch):
        raise RuleBroken(
            "not_signed",
            _("Entries by telephone are typed one by one, while the person is on the line."),
        )
