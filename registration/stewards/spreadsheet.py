"""The work list as CSV for a spreadsheet, without a person and without a live formula."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registration.common.dates import date_time
from registration.common.spreadsheets import MARK, csv_line
from registration.ledger.choices import EntryChannel
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.models import Pledge
from registration.stewards.choices import name_of_wait
from registration.units.choices import PledgeKind
from registration.units.models import Unit

# As plain values: a hundred thousand rows would be slow as objects.
COLUMNS = (
    "reference",
    "state",
    "next_step",
    "kind",
    "waiting_since",
    "channel",
    "is_demo",
    "unit_id",
    "placement__unit_id",
    "province__jurisdiction__time_zone",
)


def csv_lines(pledges: QuerySet[Pledge], *, language: str) -> Iterator[str]:
    """Heads and rows in ``language``: active now, perhaps no more when they are read."""
    heads = [
        _("Reference"),
        _("State"),
        _("Next step"),
        _("Since"),
        # Translators: how a registration came in: website, banner, desk …
        _("Channel"),
        _("Unit"),
        _("Demo"),
    ]
    return _lines(heads, pledges, _writer(language))


def _lines(
    heads: list[str], pledges: QuerySet[Pledge], cells: Callable[[Sequence[Any]], list[str]]
) -> Iterator[str]:
    yield MARK + csv_line(heads)
    for row in pledges.values_list(*COLUMNS).iterator(chunk_size=2000):
        yield csv_line(cells(row))


def _writer(language: str) -> Callable[[Sequence[Any]], list[str]]:
    """What writes the cells of a row, with every word looked up once."""
    states = {state.value: str(state.label) for state in PledgeState}
    channels = {channel.value: str(channel.label) for channel in EntryChannel}
    steps = ["", *StepKind.values]
    waits = {(step, kind): name_of_wait(step, kind) for step in steps for kind in PledgeKind.values}
    units = dict(Unit.objects.values_list("pk", "name"))
    demo = _("Demo")

    def cells(row: Sequence[Any]) -> list[str]:
        reference, state, step, kind, since, channel, is_demo, unit, placed_at, zone = row
        return [
            reference,
            states[state],
            waits[step, kind],
            date_time(since, language, zone=zone),
            channels[channel],
            units.get(placed_at or unit, ""),
            demo if is_demo else "",
        ]

    return cells
