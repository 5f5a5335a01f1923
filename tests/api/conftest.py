"""Told days of two departments, a ministry, and keys to read them with."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registration.accounts.models import Staff
from registration.api.keys import new_prefix
from registration.api.models import ApiKey
from registration.api.services import make_key
from registration.reports.models import Summary
from registration.reports.services import close_window, ensure_windows
from registration.units.models import Unit
from tests import factories
from tests.reports.entries import entry, hanoi, hours_of

LATER = hanoi("2025-11-21 00:15")
DAY = "2025-11-20"


@pytest.fixture
def told(reference: SimpleNamespace) -> SimpleNamespace:
    """20 November of Quảng Ninh (3 women, 5 men) and of Adana, frozen with their documents."""
    for department in (reference.quang_ninh_department, reference.adana_department):
        hours_of(department, ends_on=date(2025, 11, 20))
        for sex, number in (("female", 3), ("male", 5)):
            entry(
                reference,
                hanoi("2025-11-20 09:00"),
                department=department,
                number=number,
                sex=sex,
                unit=reference.hospital,
                locality=reference.ha_long,
                organs="kidney",
            )
    reference.summaries = {}
    for window in ensure_windows(now=LATER):
        code = window.department.code
        reference.summaries[code] = close_window(window, now=LATER)
    return reference


@pytest.fixture
def summary(told: SimpleNamespace) -> Summary:
    found: Summary = told.summaries["quang-ninh"]
    return found


@pytest.fixture
def ministry(reference: SimpleNamespace) -> Unit:
    return factories.UnitFactory(
        code="bo-y-te", kind="ministry", province=None, jurisdiction=reference.vn
    )


@pytest.fixture
def give(linh: Staff, reference: SimpleNamespace) -> Callable[..., str]:
    """``give(unit, scopes=…)`` makes a key and returns its text."""

    def made(unit: Unit | None = None, *, made_at: datetime | None = None, **facts: Any) -> str:
        values = {
            "label": "Máy chủ của Sở",
            "scopes": ["summaries", "provisional", "units"],
            "days": 90,
            "is_outside": False,
            **facts,
        }
        _key, token = make_key(
            unit or reference.quang_ninh_department,
            prefix=new_prefix(),
            staff=linh,
            now=made_at or timezone.now(),
            **values,
        )
        return token

    return made


@pytest.fixture
def read(client: Client) -> Callable[..., Any]:
    """``read(token, "summaries?page=1")`` below /api/v1/."""

    def ask(token: str, path: str, *, language: str = "en", **headers: str) -> Any:
        return client.get(
            f"/api/v1/{path}",
            headers={
                "Authorization": f"Bearer {token}",
                "Accept-Language": language,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    return ask


@pytest.fixture
def ended() -> Callable[[str], None]:
    """Let a key be ended."""

    def end(token: str) -> None:
        found = ApiKey.objects.filter(prefix=token.split("_")[1])
        found.update(ended_at=timezone.now() - timedelta(minutes=1))

    return end
