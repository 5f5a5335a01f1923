"""After a restore: what was erased is erased again, and nothing goes out by itself."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from registration.outbox.delivery import freeze_messages
from registration.outbox.models import Freeze, MailboxItem, Message
from registration.outbox.services import deliver_due
from registration.people.models import Contact, Particulars, Person
from registration.pledges.models import Pledge
from registration.privacy import erasure_log
from registration.privacy.erasure import erase_person, trace
from registration.privacy.erasure_log import BrokenList, complete_log, read_entries
from registration.privacy.models import Erasure
from registration.privacy.retention import run_retention
from tests.pledges.registering import NOW, answers, register
from tests.pledges.test_erasure import rule


@pytest.fixture
def log(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURE_LOG = tmp_path / "kept" / "erasures.log"
    return Path(settings.ERASURE_LOG)


class Backup:
    """The rows of some tables as they were, to be brought back as a restore does."""

    MODELS = (Person, Particulars, Contact, Pledge, Message)

    def __init__(self) -> None:
        self.rows = [
            (model, [dict(row.__dict__) for row in model.objects.all()]) for model in self.MODELS
        ]

    def restore(self) -> None:
        for model, rows in self.rows:
            names = {field.attname for field in model._meta.concrete_fields}
            model.objects.bulk_create(
                [model(**{k: v for k, v in row.items() if k in names}) for row in rows],
                ignore_conflicts=True,
            )


def lines(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def replay(**options: Any) -> str:
    told = StringIO()
    call_command("replay_erasures", stdout=told, **options)
    return told.getvalue()


def test_what_a_restore_brings_back_is_erased_again_and_no_mail_leaves(
    reference: Any, log: Path, django_capture_on_commit_callbacks: Any
) -> None:
    asked = register(reference)
    unconfirmed = register(reference, answers(reference, identity_number="022190999999"))
    kept = register(reference, answers(reference, identity_number="022190888888"))
    Pledge.objects.filter(pk=kept.pk).update(received_at=NOW + timedelta(days=30))
    Pledge.objects.filter(pk=asked.pk).update(received_at=NOW + timedelta(days=30))
    backup = Backup()
    rule("received")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(asked.person, reason="request", now=NOW)
        run_retention(now=NOW + timedelta(days=8))
    assert set(Pledge.objects.values_list("pk", flat=True)) == {kept.pk}
    backup.restore()
    assert Pledge.objects.count() == 3

    told = replay()

    assert set(Pledge.objects.values_list("pk", flat=True)) == {kept.pk}
    assert list(Person.objects.all()) == [kept.person]
    assert [message.about for message in Message.objects.all()] == [kept.pk]
    assert deliver_due(now=NOW + timedelta(days=40)) == {"sent": 0, "waiting": 0, "failed": 0}
    assert MailboxItem.objects.count() == 0
    assert "person: 1 found and erased again." in told
    assert {entry["subject"] for entry in lines(log)} == {
        str(asked.person_id),
        str(asked.pk),
        str(unconfirmed.pk),
    }


def test_replay_completes_what_the_restored_database_forgot(reference: Any, log: Path) -> None:
    subject = uuid4()
    erasure_log.append(
        [Erasure(erased_at=NOW, record_class="pledge", subject=subject, reason="request")]
    )

    replay()
    replay()

    row = Erasure.objects.get()
    assert (row.subject, row.erased_at, row.reason) == (subject, NOW, "request")


def test_each_line_is_chained_to_the_one_before(
    reference: Any, log: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        trace("pledge", [uuid4(), uuid4()], reason="a", now=NOW)
        trace("person", [uuid4()], reason="b", now=NOW)

    told = lines(log)
    entries = list(read_entries())

    assert [line["class"] for line in told] == ["pledge", "pledge", "person"]
    assert len({line["hash"] for line in told}) == 3
    assert [(entry.at, entry.reason) for entry in entries] == [(NOW, "a"), (NOW, "a"), (NOW, "b")]
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["altered", "taken out", "swapped"])
def test_damaged_list_is_refused(
    reference: Any, log: Path, damage: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        trace("pledge", [uuid4(), uuid4(), uuid4()], reason="a", now=NOW)
    first, second, third = log.read_text().splitlines()
    damaged = {
        "altered": [first, second.replace('"reason": "a"', '"reason": "b"'), third],
        "taken out": [first, third],
        "swapped": [second, first, third],
    }[damage]
    log.write_text("\n".join(damaged) + "\n")

    with pytest.raises(BrokenList):
        list(read_entries())
    with pytest.raises(CommandError):
        replay()

    assert len(list(read_entries(is_checked=False))) == len(damaged)
    assert Freeze.objects.count() == 1
    assert "erasures replayed" in replay(despite_broken_list=True)


def test_line_cut_off_by_a_crash_is_written_again(
    reference: Any, log: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        trace("pledge", [uuid4(), uuid4()], reason="a", now=NOW)
    log.write_bytes(log.read_bytes()[:-20])
    before = len(list(read_entries()))

    added = complete_log()

    assert (before, added, complete_log()) == (1, 1, 0)
    assert {entry.subject for entry in read_entries()} == set(
        Erasure.objects.values_list("subject", flat=True)
    )


def test_list_that_cannot_be_written_stops_no_erasure(
    reference: Any, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (tmp_path / "file").write_text("")
    settings.ERASURE_LOG = tmp_path / "file" / "erasures.log"
    pledge = register(reference)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(pledge.person, reason="request", now=NOW)

    assert Pledge.objects.count() == 0


def test_nothing_is_written_of_an_erasure_that_was_rolled_back(
    reference: Any, log: Path, django_capture_on_commit_callbacks: Any
) -> None:
    pledge = register(reference)

    with django_capture_on_commit_callbacks():
        erase_person(pledge.person, reason="request", now=NOW)

    assert not log.exists()


def test_replay_without_a_list_freezes_and_says_so(reference: Any, settings: Any) -> None:
    settings.ERASURE_LOG = None

    with pytest.raises(CommandError):
        replay()

    assert freeze_messages(now=NOW) == Freeze.objects.get()
