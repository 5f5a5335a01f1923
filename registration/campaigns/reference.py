"""The campaigns of the official letters, as shipped rows."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from registration.campaigns.models import Campaign
from registration.units.loading import Loading, Row, load_rows, read_rows
from registration.units.models import Jurisdiction, Province, Unit

DATA = Path(__file__).parent / "data"


def load(loading: Loading) -> None:
    """Load the campaigns that are missing: those above first, then those that are part of them."""
    rows = read_rows(DATA / "campaigns.csv")
    for is_part in (False, True):
        part = [row for row in rows if bool(row["parent"]) == is_part]
        load_rows(Campaign, _campaigns(part), key=["code"], loading=loading)


def _campaigns(rows: list[dict[str, str]]) -> Iterator[Row]:
    jurisdictions = Jurisdiction.objects.in_bulk()
    provinces = {(p.jurisdiction_id, p.code): p for p in Province.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    known = {campaign.code: campaign for campaign in Campaign.objects.all()}
    for row in rows:
        yield {
            **row,
            "jurisdiction": jurisdictions[row["jurisdiction"]],
            "province": provinces.get((row["jurisdiction"], row["province"])),
            "owner": units[row["owner"]],
            "parent": known[row["parent"]] if row["parent"] else None,
            "starts_on": date.fromisoformat(row["starts_on"]),
            "ends_on": date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
            "registers_after_end": row["registers_after_end"] == "1",
        }
