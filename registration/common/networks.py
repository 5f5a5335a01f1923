"""Where a request came from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address counted from the right by the proxies we trust, as it was written.

    What stands further left in X-Forwarded-For is the visitor's own invention.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").replace(",", " ").split()
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return str(hops[-settings.TRUSTED_PROXIES])
    return str(request.META.get("REMOTE_ADDR", ""))
