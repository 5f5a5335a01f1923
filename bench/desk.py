"""The desk's measurements, each in a process of its own on a copy of the database."""

import time
from datetime import date, timedelta
from typing import Any

PROVINCE, DEPARTMENT, STEWARD = "22", "quang-ninh", "thuy"

# Each row is a copy of the first one but for what must be its own, so that a new column is no
# trouble; what is sealed stays as it is, and nobody opens it.
FILL = """
WITH made AS MATERIALIZED (
    SELECT i, gen_random_uuid() AS person, gen_random_uuid() AS particulars
    FROM generate_series(%(first)s, %(last)s) AS i
), persons AS (
    INSERT INTO people_person SELECT (jsonb_populate_record(first,
        jsonb_build_object('id', person, 'same_key', 'bench ' || i))).*
    FROM people_person AS first, made WHERE first.id = %(person)s
), told AS (
    INSERT INTO people_particulars SELECT (jsonb_populate_record(first,
        jsonb_build_object('id', particulars, 'person_id', person))).*
    FROM people_particulars AS first, made WHERE first.id = %(particulars)s
)
INSERT INTO pledges_pledge SELECT (jsonb_populate_record(first, jsonb_build_object(
    'id', gen_random_uuid(), 'person_id', person, 'particulars_id', particulars,
    'reference', 'B-' || i, 'form_key', 'bench ' || i,
    'next_step', (array['confirm', 'contacted', 'paper_seen', 'passed_on', 'counselled',
        'form_signed', ''])[1 + i %% 7],
    'waiting_since', now() - i * interval '7 seconds'))).*
FROM pledges_pledge AS first, made WHERE first.id = %(pledge)s
"""
# What somebody would write who wants no more than a page of the list.
ONE_PAGE = """
SELECT id, reference, kind, state, next_step, waiting_since, channel FROM pledges_pledge
WHERE province_id = %s AND next_step = 'contacted' ORDER BY waiting_since, id LIMIT 51
"""


def work_list(few: int, many: int, rounds: int) -> dict[str, Any]:
    """Queries and milliseconds of the steward's list with few and with many registrations."""
    from django.test import Client, override_settings

    from registration.accounts.models import Staff

    first = _first_pledge()
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(Staff.objects.get(username=STEWARD))
        answer: dict[str, Any] = {}
        filled = 1
        for name, total in (("few", few), ("many", many)):
            _fill(first, filled, total)
            filled = total
            answer |= {f"queries_{name}": _queries(client), name: _times(client, first, rounds)}
    return answer


def _first_pledge() -> Any:
    from django.utils import timezone

    from registration.people.models import Particulars, Person
    from registration.pledges.models import Pledge
    from registration.units.models import Unit

    now = timezone.now()
    department = Unit.objects.select_related("province").get(code=DEPARTMENT)
    origin = {"jurisdiction_id": department.jurisdiction_id}
    person = Person.objects.create(same_key="bench 0", created_at=now, **origin)
    particulars = Particulars.objects.create(
        person=person, full_name="-", province=department.province, language="vi", given_at=now
    )
    return Pledge.objects.create(
        reference="B-0",
        kind="application",
        province=department.province,
        department=department,
        person=person,
        particulars=particulars,
        channel="web",
        state="confirmed",
        next_step="contacted",
        form_key="bench 0",
        language="vi",
        received_at=now,
        **origin,
    )


def _fill(first: Any, filled: int, total: int) -> None:
    from django.db import connection

    values = {
        "first": filled,
        "last": total - 1,
        "person": first.person_id,
        "particulars": first.particulars_id,
        "pledge": first.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FILL, values)
        cursor.execute("VACUUM (ANALYZE) pledges_pledge, people_person, people_particulars")


def _queries(client: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _open(client)
    with CaptureQueriesContext(connection) as queries:
        _open(client)
    return len(queries)


def _open(client: Any) -> None:
    answer = client.get("/desk/registrations/")
    if answer.status_code != 200:
        raise SystemExit(f"The work list answers {answer.status_code}.")


def _times(client: Any, first: Any, rounds: int) -> list[tuple[float, float]]:
    from django.db import connection

    found = []
    for _turn in range(rounds):
        began = time.perf_counter()
        _open(client)
        between = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(ONE_PAGE, [first.province_id])
            cursor.fetchall()
        found.append((1000 * (between - began), 1000 * (time.perf_counter() - between)))
    return found


def look_up(number: str, born: tuple[int, int, int]) -> dict[str, int]:
    """Queries of one look-up by a coordinator, of somebody who is there and of nobody."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from registration.accounts.models import Staff
    from registration.lookups.models import LookUpSwitch
    from registration.lookups.services import look_up as ask
    from registration.units.models import Unit

    department = Unit.objects.get(code=DEPARTMENT)
    LookUpSwitch.objects.update_or_create(department=department, defaults={"is_on": True})
    staff = Staff.objects.select_related("unit__jurisdiction").get(username=STEWARD)
    counts = {}
    for name, asked in (("warm", number), ("hit", number), ("miss", "999099000000")):
        with CaptureQueriesContext(connection) as queries:
            answer = ask(
                staff,
                identity_number=asked,
                birth_date=date(*born),
                case_number="1",
                reason="bench",
                now=timezone.now() + timedelta(seconds=1),
            )
        if (answer.pledge is None) != (name == "miss"):
            raise SystemExit(f"The look-up of a {name} found {answer.pledge}.")
        counts[name] = len([each for each in queries if _is_asked(each["sql"])])
    return counts


def _is_asked(statement: str) -> bool:
    """Whether a statement asks or writes, and does not only open or close a transaction."""
    return not statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
