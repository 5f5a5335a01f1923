"""The access log: written before anything is shown, chained, and checked by a command."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration.common.errors import RuleBroken
from registration.ledger.kept import NoAlteration, triggers
from registration.privacy.models import View
from registration.privacy.services import BrokenChain, check_chain, log_view
from tests.races import needs_postgresql, run_at_once

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def see(staff: Any, **changes: Any) -> View:
    values = {"subject": uuid.uuid4(), "page": "stewards:one", "fields": ["full_name"]}
    return log_view(staff, now=NOW, **{**values, **changes})


def test_log_view_says_who_saw_what_and_why(steward: Any) -> None:
    subject = uuid.uuid4()

    view = see(steward, subject=subject, fields=["full_name", "organs"], reason="call back")

    view.refresh_from_db()
    assert (view.staff, view.unit_code, view.roles) == (steward, "steward", "steward")
    assert (view.subject, view.page) == (subject, "stewards:one")
    assert (view.fields, view.reason, view.seen_at) == ("full_name,organs", "call back", NOW)


def test_each_row_names_the_one_before(steward: Any, linh: Any) -> None:
    first, second, third = see(steward), see(linh), see(steward)

    assert [first.previous_hash, second.previous_hash, third.previous_hash] == [
        "",
        first.row_hash,
        second.row_hash,
    ]
    assert check_chain() == 3


def test_rows_are_never_altered(steward: Any) -> None:
    view = see(steward)

    for attempt in (view.delete, view.save, View.objects.all().delete):
        with pytest.raises(NoAlteration):
            attempt()
    with pytest.raises(NoAlteration):
        View.objects.update(reason="x")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE privacy_view SET reason = 'another' WHERE id = %s",
        "UPDATE privacy_view SET staff_id = staff_id + 0, seen_at = '2020-01-01' WHERE id = %s",
        "DELETE FROM privacy_view WHERE id = %s",
    ],
    ids=["reason", "time", "taken out"],
)
@pytest.mark.usefixtures("transactional_db")
def test_check_chain_finds_damage(steward: Any, damage: str) -> None:
    views = [see(steward) for _turn in range(3)]
    with connection.cursor() as cursor:
        # Whoever owns the database can take the triggers off; the chain still tells.
        for statement in triggers(connection.vendor, "privacy_view")[1]:
            cursor.execute(statement)
        cursor.execute(damage, [views[1].pk])

    with pytest.raises(BrokenChain):
        check_chain()
    with pytest.raises(CommandError, match="broken at row"):
        call_command("check_view_chain")


def test_command_counts_the_rows(steward: Any, capsys: Any) -> None:
    see(steward)

    call_command("check_view_chain")

    assert capsys.readouterr().out == (
        "The access log holds: 1 rows, each chained to the one before.\n"
    )


def test_view_is_refused_when_it_cannot_be_written(steward: Any, settings: Any) -> None:
    with pytest.raises(RuleBroken) as refusal:
        # Longer than the column on PostgreSQL; on SQLite a row hash that exists already.
        _without_chain(steward)

    assert refusal.value.code == "view_not_logged"


def _without_chain(steward: Any) -> None:
    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO") and "privacy_view" in sql:
            sql = sql.replace("privacy_view", "privacy_view_gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        see(steward)


def test_log_view_asks_as_much_for_row_one_as_for_row_three(steward: Any) -> None:
    steward.role_names  # noqa: B018  read once, as the page's guard does
    counts = []
    for _turn in range(3):
        with CaptureQueriesContext(connection) as queries:
            see(steward)
        counts.append(len(queries))

    assert len(set(counts)) == 1


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_twenty_views_at_once_make_one_chain(steward: Any) -> None:
    steward.role_names  # noqa: B018

    results = run_at_once([lambda: see(steward).pk] * 20)

    assert len(set(results)) == 20
    assert check_chain() == 20
