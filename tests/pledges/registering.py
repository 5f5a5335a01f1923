"""Registers people through the services, for tests of what comes after."""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from registration.ledger.choices import EntryChannel, Sex
from registration.people.answers import PersonAnswers
from registration.people.models import Contact
from registration.pledges.answers import PledgeAnswers
from registration.pledges.models import Pledge
from registration.pledges.services import register_pledge
from registration.pledges.source import Source
from registration.privacy.services import texts_to_show
from registration.units.places import department_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def answers(
    reference: Any, *, organs: tuple[str, ...] = ("kidney",), **person: Any
) -> PledgeAnswers:
    values = {
        "full_name": "Nguyễn Thị Diễm",
        "province": reference.quang_ninh,
        "locality": reference.ha_long,
        "language": "vi",
        "birth_date": date(1990, 3, 27),
        "sex": Sex.FEMALE,
        "email": "diem@example.org",
        "phone": "+84912345678",
        "identity_number": "022190123456",
        "identity_issued_on": date(2021, 6, 5),
        "identity_issued_by": "Cục Cảnh sát",
        "permanent_address": "Số 7 Hải Thịnh",
        "card_address": "Số 7 Hải Thịnh, Hạ Long",
        **person,
    }
    acts = texts_to_show(
        values["province"].jurisdiction, language=values["language"], department="D", contact="C"
    )
    return PledgeAnswers(
        person=PersonAnswers(**values), organs=organs, keeps_identity_secret=True, acts=acts
    )


def turkish(reference: Any, **person: Any) -> PledgeAnswers:
    values = {
        "full_name": "Işıl Şimşek",
        "province": reference.adana,
        "locality": None,
        "language": "tr",
        "birth_date": date(1985, 2, 1),
        "sex": Sex.UNKNOWN,
        "email": "isil@example.org",
        "phone": "",
        "identity_number": "",
        "identity_issued_on": None,
        "identity_issued_by": "",
        "permanent_address": "",
        "card_address": "",
    }
    return answers(reference, **{**values, **person})


def register(reference: Any, told: PledgeAnswers | None = None, **changes: Any) -> Pledge:
    told = told or answers(reference)
    province = told.person.province
    from_where = {
        "province": province,
        "department": department_of(province),
        "channel": EntryChannel.WEB,
        "language": told.person.language,
    }
    names = {field.name for field in fields(Source)}
    from_where |= {name: changes.pop(name) for name in names & set(changes)}
    values = {
        "source": Source(**from_where),
        "form_key": uuid4().hex,
        "is_held": False,
        "now": NOW,
    }
    return register_pledge(told, **{**values, **changes})


def contact_of(pledge: Pledge) -> Contact:
    return pledge.particulars.contacts.order_by("kind")[0]
