"""A request as values: from the form to the service."""

from dataclasses import dataclass

from registration.rights.choices import RequestKind


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person wrote. ``phone`` is E.164."""

    kind: RequestKind
    full_name: str
    email: str = ""
    phone: str = ""
    address: str = ""
    registration_reference: str = ""
    text: str = ""
