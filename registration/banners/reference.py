"""The shipped banners, and the units whose sites carry one."""

from collections.abc import Iterator
from pathlib import Path

from registration.banners.models import Banner, Placement
from registration.campaigns.models import Campaign
from registration.units.models import Unit
from registration.units.reference import Loading, load_rows, read_rows

DATA = Path(__file__).parent / "data"


def load(loading: Loading) -> None:
    """Load what is missing. A placement's code is drawn once: a second load finds it there."""
    load_rows(Banner, _banners(), key=["code"], loading=loading)
    key = ["unit", "banner", "language", "size"]
    load_rows(Placement, _placements(), key=key, loading=loading)


def _banners() -> Iterator[dict[str, object]]:
    campaigns = {campaign.code: campaign for campaign in Campaign.objects.all()}
    for row in read_rows(DATA / "banners.csv"):
        yield {**row, "campaign": campaigns[row["campaign"]]}


def _placements() -> Iterator[dict[str, object]]:
    units = {unit.code: unit for unit in Unit.objects.all()}
    banners = {banner.code: banner for banner in Banner.objects.all()}
    for row in read_rows(DATA / "placements.csv"):
        yield {**row, "unit": units[row["unit"]], "banner": banners[row["banner"]]}
