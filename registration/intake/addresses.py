"""Addresses of the public form, for pages that lead to it."""

from urllib.parse import urlencode

from registration.units.models import Province


def form_address(language: str, *, province: Province | None, placement_code: str = "") -> str:
    """The form of a province, or the choice of province; the placement's code goes along."""
    address = f"/{language}/pledge/"
    if province is not None:
        address += f"{province.address_code}/"
    if placement_code:
        address += f"?{urlencode({'b': placement_code[:16]})}"
    return address
