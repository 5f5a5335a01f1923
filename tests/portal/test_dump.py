"""What somebody who steals the database reads of two hundred known values: nothing (SEC-05)."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from registration.common.sealing import CannotOpen, seal
from registration.people.models import Particulars, Person
from registration.pledges.services import confirm_pledge
from tests.pledges.registering import NOW, answers, contact_of, register, turkish
from tests.privacy.people_kept import VALUES, keep_everything

PEOPLE = 20


def values_of(number: int) -> dict[str, str]:
    """Ten values that nobody else has; the sample number's last digits are counted up."""
    return {
        "full_name": f"Nguyễn Thị Quyrăng {chr(ord('A') + number)}xylo",
        "email": f"quyrang{number}xylo@example.org",
        "phone": f"+8491234{5600 + number}",
        "identity_number": f"999190{770000 + number}",
        "identity_issued_by": f"Cục Quyrăng {number}xylo",
        "permanent_address": f"Số {9100 + number} đường Quyrăng xylo",
        "old_district": f"Huyện Quyrăng {number}xylo",
        "card_address": f"Hòm thư Quyrăng {number}xylo",
        "occupation": f"Nghề Quyrăng {number}xylo",
        "workplace": f"Nhà máy Quyrăng {number}xylo",
    }


def forms_of(value: str) -> Iterator[bytes]:
    """A value as a thief would look for it: as it is, in small and large letters, its digits
    alone, and in base64 at each of the three places where it can begin.
    """
    digits = "".join(c for c in value if c.isdigit())
    for text in {value, value.lower(), value.upper(), digits if len(digits) >= 9 else value}:
        yield text.encode()
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text.encode())
            yield encoded[4 if shift else 0 : -4]


def dumped() -> bytes:
    """Every cell of every table, as bytes."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                cells += [
                    bytes(c) if isinstance(c, memoryview | bytes) else str(c).encode() for c in row
                ]
    return b"\n".join(cells)


@pytest.fixture
def known(reference: Any) -> list[str]:
    """Registered, half of them confirmed, with their messages; plus a Turkish one."""
    values: list[str] = []
    for number in range(PEOPLE):
        told = values_of(number)
        pledge = register(reference, answers(reference, **told))
        if number % 2:
            confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
        values += told.values()
    register(reference, turkish(reference, full_name="Şükran Çığlıxylo"))
    return [*values, "Şükran Çığlıxylo"]


def test_dump_holds_none_of_the_known_values(known: list[str]) -> None:
    dump = dumped()

    found = [value for value in known if any(form in dump for form in forms_of(value))]

    assert len(known) > 200
    assert found == []


def test_dump_holds_nothing_of_cards_requests_relatives_and_twins(
    reference: Any, steward: Any
) -> None:
    keep_everything(reference, steward)
    dump = dumped()

    assert [value for value in VALUES if any(form in dump for form in forms_of(value))] == []


def test_search_would_find_a_value_in_clear(known: list[str]) -> None:
    # The twin: one value that escaped the seal is found, plain or in base64.
    person = Person.objects.all()[0]
    leaked = [known[0], base64.b64encode(b"x" + known[1].encode()).decode()]
    with connection.cursor() as cursor:
        for value in leaked:
            cursor.execute(
                "UPDATE people_particulars SET sex = 'female', full_name = %s WHERE person_id = %s",
                [
                    value,
                    connection.ops.adapt_unknown_value(str(person.pk).replace("-", ""))
                    if connection.vendor == "sqlite"
                    else person.pk,
                ],
            )
            dump = dumped()
            assert [v for v in known if any(form in dump for form in forms_of(v))] != []


def test_one_flipped_letter_is_an_error_and_no_garbage(known: list[str]) -> None:
    row = Particulars.objects.all()[0]
    token = seal("Nguyễn", place="there")
    flipped = token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_particulars SET full_name = %s", [flipped])

    with pytest.raises(CannotOpen):
        Particulars.objects.get(pk=row.pk).full_name  # noqa: B018
