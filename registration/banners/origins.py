"""Which websites may frame a unit's banner: the unit's own, and those that an editor added."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import Q

from registration.banners.models import Origin
from registration.units.models import Unit

# What may stand in a header without being read as its next word.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str | None:
    """Scheme, host and port of an address of the web as browsers write them, or None.

    A host in letters of its own is written in its ASCII form; a scheme's usual port is left out.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode().lower()
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (
        f":{port}" if port and port != _PORTS[parts.scheme] else ""
    )


def allowed_origins(website: str, further: Iterable[str]) -> list[str]:
    """The origins that may frame, without doubles, the unit's own first.

    All by https; one by http only while the unit's website itself has nothing better.
    """
    own = origin_of(website)
    has_no_tls = own is not None and own.startswith("http:")
    allowed = []
    for origin in [own, *map(origin_of, further)]:
        if origin is None:
            continue
        if origin.startswith("https:"):
            allowed.append(origin)
        elif has_no_tls:
            allowed += [origin, origin.replace("http:", "https:", 1)]
    return list(dict.fromkeys(allowed))


def origins_of(unit: Unit) -> list[str]:
    further = Origin.objects.filter(unit=unit).values_list("origin", flat=True)
    return allowed_origins(unit.website, further)


def own_hosts(units: Iterable[Unit]) -> dict[int, set[str]]:
    """The hosts of each unit's websites, without "www.", by the units' keys; one query for all."""
    websites: dict[int, list[str]] = {unit.pk: [unit.website] for unit in units}
    for pk, origin in Origin.objects.filter(unit__in=websites).values_list("unit", "origin"):
        websites[pk].append(origin)
    return {
        pk: {_bare_host(origin) for origin in map(origin_of, addresses) if origin}
        for pk, addresses in websites.items()
    }


def is_among(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host is one of these, or under the domain of one."""
    return any(host == own or host.endswith(f".{own}") for own in hosts)


def _bare_host(origin: str) -> str:
    return (urlsplit(origin).hostname or "").removeprefix("www.")


def is_of_a_unit(origin: str) -> bool:
    """Whether a unit that takes part has its website, or a further one, at this origin."""
    if Origin.objects.filter(origin=origin, unit__is_active=True).exists():
        return True
    host = urlsplit(origin).netloc
    named = Q(website__icontains=host) | Q(website__icontains=_in_letters(host))
    websites = Unit.objects.filter(named, is_active=True).values_list("website", flat=True)
    return any(origin in allowed_origins(website, []) for website in websites)


def _in_letters(host: str) -> str:
    """A host as people write it: ``bệnhviện.vn`` for ``xn--bnhvin-…``."""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host
