"""Where a registration comes from, as one value: kept with it and told to the ledger."""

from dataclasses import dataclass
from datetime import date

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.ledger.choices import EntryChannel
from registration.pledges.models import EntryBatch, Pledge
from registration.units.models import Province, Unit


@dataclass(frozen=True, kw_only=True)
class Source:
    """``signed_on`` is the day on a paper form; the day of receipt is the server's own."""

    province: Province
    department: Unit
    channel: EntryChannel
    language: str
    campaign: Campaign | None = None
    placement: Placement | None = None
    unit: Unit | None = None
    batch: EntryBatch | None = None
    signed_on: date | None = None
    is_demo: bool = False


def source_of(pledge: Pledge) -> Source:
    """The source of a registration, for one that takes its place."""
    return Source(
        province=pledge.province,
        department=pledge.department,
        channel=EntryChannel(pledge.channel),
        language=pledge.language,
        campaign=pledge.campaign,
        placement=pledge.placement,
        unit=pledge.unit,
        is_demo=pledge.is_demo,
    )
