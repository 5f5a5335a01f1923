"""How many a campaign has reached, for the banners: counted from events, one query."""

from django.db.models import Count, Q

from registration.campaigns.choices import CampaignKind
from registration.campaigns.models import Campaign
from registration.ledger.choices import EventKind
from registration.ledger.models import Event

# What "reached" means for a kind of campaign.
REACHED_BY = {CampaignKind.ORGAN: EventKind.PLEDGE_CONFIRMED}


def count_reached(campaign: Campaign) -> int | None:
    """Confirmed registrations of a campaign and of those below it, less what was taken back.

    Tests are left out. None for a kind of campaign whose registrations the ledger does not hold.
    """
    kind = REACHED_BY.get(CampaignKind(campaign.kind))
    if kind is None:
        return None
    corrected = {"corrects__kind": kind}
    counts = Event.objects.filter(
        Q(campaign=campaign) | Q(campaign__parent=campaign), is_test=False
    ).aggregate(
        told=Count("pk", filter=Q(kind=kind)),
        back=Count("pk", filter=Q(kind=EventKind.ENTRY_TAKEN_BACK, **corrected)),
        again=Count("pk", filter=Q(kind=EventKind.ENTRY_RESTORED, **corrected)),
    )
    return int(counts["told"] - counts["back"] + counts["again"])
