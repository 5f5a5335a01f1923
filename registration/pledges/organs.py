"""Which organs and tissues a jurisdiction offers, with their names in the active language."""

from dataclasses import dataclass, field

from registration.units.choices import OrganKind
from registration.units.held import held
from registration.units.models import Jurisdiction, OrganOffer


@dataclass
class Offer:
    """Codes and names in order; ``apart`` are composite tissues, each asked for on its own."""

    listed: dict[str, str] = field(default_factory=dict)
    apart: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        return {**self.listed, **self.apart}


def organs_offered(jurisdiction: Jurisdiction, *, also: tuple[str, ...] = ()) -> Offer:
    """What is offered today; ``also`` names organs of an older registration."""
    offer = Offer()
    for row in _offers(jurisdiction.pk):
        if row.is_offered or row.organ_id in also:
            place = offer.apart if row.organ.kind == OrganKind.COMPOSITE else offer.listed
            place[row.organ_id] = row.organ.name
    return offer


@held
def _offers(jurisdiction: str) -> list[OrganOffer]:
    rows = OrganOffer.objects.filter(jurisdiction=jurisdiction).select_related("organ")
    return list(rows.order_by("organ__sort"))
