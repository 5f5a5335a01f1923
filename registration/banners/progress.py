"""How far a campaign is: what was reached, of what its units set out to reach.

The figures come from a room above, which registers itself here: banners know no registrations.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q, Sum
from django.utils import translation
from django.utils.translation import gettext, ngettext

from registration.campaigns.models import Campaign, UnitTarget
from registration.common.dates import number

# How many people a campaign has reached, those of the campaigns below it too; None where nobody
# counts its kind.
Provider = Callable[[Campaign], int | None]

KEPT_SECONDS = 60

_providers: list[Provider] = []


@dataclass(frozen=True)
class Progress:
    """People reached, and the goal where one was set."""

    reached: int
    goal: int | None

    @property
    def share(self) -> int | None:
        """Whole parts of a hundred; full is full, and what was begun is never nothing."""
        if not self.goal:
            return None
        share = min(100, self.reached * 100 // self.goal)
        return 1 if self.reached and not share else share

    @property
    def told(self) -> dict[str, int | None]:
        return {"reached": self.reached, "goal": self.goal, "share": self.share}


def register_progress(provider: Provider) -> Provider:
    """Let a room above say how many a campaign reached; the first that knows is believed."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def progress_of(campaign: Campaign) -> Progress | None:
    """The campaign's progress, at most a minute old; None where there is nothing to show."""
    key = f"progress:{campaign.pk}"
    kept: tuple[Progress | None] | None = cache.get(key)
    if kept is None:
        kept = (_count(campaign),)
        cache.set(key, kept, KEPT_SECONDS)
    return kept[0]


def progress_in_words(progress: Progress, language: str) -> str:
    reached = number(progress.reached, language)
    with translation.override(language):
        if progress.goal:
            # Translators: how far a campaign is, such as "1,234 of 5,000 registrations".
            told = gettext("%(reached)s of %(goal)s registrations")
            return told % {"reached": reached, "goal": number(progress.goal, language)}
        return ngettext(
            "%(reached)s registration", "%(reached)s registrations", progress.reached
        ) % {"reached": reached}


def _count(campaign: Campaign) -> Progress | None:
    for provider in _providers:
        reached = provider(campaign)
        if reached is not None:
            goal = _goal_of(campaign)
            # "0 registrations" encourages nobody; "0 of 500" says what is wanted.
            return Progress(reached, goal) if reached or goal else None
    return None


def _goal_of(campaign: Campaign) -> int | None:
    """The sum of the units' targets in people, in this campaign and those below it."""
    targets = UnitTarget.objects.filter(Q(campaign=campaign) | Q(campaign__parent=campaign))
    people: int | None = targets.aggregate(people=Sum("people"))["people"]
    return people or None
