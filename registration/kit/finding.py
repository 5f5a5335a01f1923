"""Finding a unit by what was typed, and the banners that it may carry."""

import re
from datetime import date

from django.db.models import Case, Q, QuerySet, Value, When

from registration.banners.choices import CARRIERS
from registration.banners.models import Banner
from registration.banners.services import may_carry
from registration.common.folding import fold
from registration.units.models import Unit

# More than anybody reads: who sees so many types one more word.
MOST_FOUND = 40
MOST_WORDS = 8
_WORDS = re.compile(r"[^\W_]+")


def find_units(typed: str, *, language: str) -> list[Unit]:
    """Units whose name, short name or province holds every word, accents or not; 41 at most.

    The country of the reader's language comes first. Nothing typed finds nothing.
    """
    words = _WORDS.findall(fold(typed))[:MOST_WORDS]
    if not words:
        return []
    found = _carriers()
    for word in words:
        found = found.filter(
            Q(folded__contains=word)
            | Q(province__folded__contains=word)
            | Q(short_name__icontains=word)
        )
    is_far = Case(When(jurisdiction__language=language, then=Value(0)), default=Value(1))
    return list(found.order_by(is_far, "folded")[: MOST_FOUND + 1])


def find_unit(code: str) -> Unit | None:
    return _carriers().filter(code=code).first()


def banners_for(unit: Unit, *, day: date) -> list[Banner]:
    """What the unit may carry on a day of its zone: its province's banners, then its country's."""
    banners = (
        Banner.objects.filter(live=True, campaign__jurisdiction=unit.jurisdiction)
        .select_related("campaign__owner")
        .prefetch_related("owners__unit")
    )
    fitting = [banner for banner in banners if may_carry(banner, unit, day=day)]
    return sorted(fitting, key=lambda banner: banner.campaign.province_id is None)


def _carriers() -> QuerySet[Unit]:
    return Unit.objects.filter(is_active=True, kind__in=CARRIERS).select_related(
        "jurisdiction", "province"
    )
