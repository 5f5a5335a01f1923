"""Where a banner leads: the page of its campaign in the placement's language."""

from home.models import SectionPage
from registration.campaigns.models import Campaign


def page_of_campaign(campaign: Campaign, language: str) -> str | None:
    """The address of the campaign's live page, or of the campaign above it; None if neither."""
    for wanted in (campaign, campaign.parent):
        if wanted is None:
            continue
        page = (
            SectionPage.objects.live()
            .filter(campaign=wanted, locale__language_code=language)
            .first()
        )
        if page is not None:
            return str(page.url)
    return None
