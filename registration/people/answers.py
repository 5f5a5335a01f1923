"""What a person told us, as values: between the form and the rows, and back from the rows."""

from dataclasses import dataclass
from datetime import date

from registration.ledger.choices import Sex
from registration.units.models import Locality, Province


@dataclass(frozen=True, kw_only=True)
class PersonAnswers:
    """Clean values. ``phone`` is E.164; what a jurisdiction does not ask stays empty."""

    full_name: str
    province: Province
    language: str
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    email: str = ""
    phone: str = ""
    identity_number: str = ""
    identity_issued_on: date | None = None
    identity_issued_by: str = ""
    permanent_address: str = ""
    old_district: str = ""
    card_address: str = ""
    occupation: str = ""
    workplace: str = ""
    locality: Locality | None = None
