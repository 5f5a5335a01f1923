"""Why somebody looked, as it stands in the access log."""

from django.utils import translation
from django.utils.functional import Promise

from registration.units.models import Jurisdiction


def reason_in_words(reason: str | Promise, jurisdiction: Jurisdiction, **values: str) -> str:
    """In the country's language and not in that of the desk: the person may read it."""
    with translation.override(jurisdiction.language):
        return str(reason) % values if values else str(reason)
