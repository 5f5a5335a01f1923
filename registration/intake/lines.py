"""Telephones to press."""

import re
from dataclasses import dataclass

from registration.units.models import CallLine


@dataclass(frozen=True)
class Line:
    """A telephone as it is published."""

    number: str
    label: str = ""
    hours: str = ""
    is_demo: bool = False

    @property
    def address(self) -> str:
        return f"tel:{number_to_dial(self.number)}"


def line_of(row: CallLine) -> Line:
    return Line(row.number, row.label, row.hours, row.is_demo)


def number_to_dial(phone: str) -> str:
    """The first of the numbers in ``phone`` without what stands between its digits."""
    first = re.split(r"[/,;]", phone)[0]
    digits = "".join(character for character in first if character.isdecimal())
    return f"+{digits}" if first.strip().startswith("+") else digits
