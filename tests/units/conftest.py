from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="module")
def loaded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The shipped rows, loaded once for a module; each test goes back to them by a savepoint."""
    told = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=told)
        yield told.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once: str, db: None) -> str:
    """The shipped reference data; the value is what the command printed."""
    return loaded_once
