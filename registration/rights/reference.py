"""How soon each country's law wants a request answered and carried out, as shipped rows."""

from pathlib import Path

from registration.rights.models import LegalClock
from registration.units.loading import Loading, load_rows, read_rows
from registration.units.models import Jurisdiction

DATA = Path(__file__).parent / "data"


def load(loading: Loading) -> None:
    jurisdictions = Jurisdiction.objects.in_bulk()
    rows = [
        {
            **row,
            "jurisdiction": jurisdictions[row["jurisdiction"]],
            "answer_working_days": int(row["answer_working_days"] or 0) or None,
            "act_days": int(row["act_days"]),
            "extension_days": int(row["extension_days"]),
        }
        for row in read_rows(DATA / "legal_clocks.csv")
    ]
    load_rows(LegalClock, rows, key=["jurisdiction", "kind"], loading=loading)
