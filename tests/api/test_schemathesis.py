"""Questions that nobody would think of, right and wrong ones, made from the published schema."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from registration.api import entrance
from registration.api.choices import Scope
from registration.api.published import FILE
from registration.common.limits import Limit
from registration.units.models import Unit

# 404: what is asked of need not be there. 422: a schema cannot say that the last day of a period
# must not be before the first one.
CONFIG = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ["200", "304", "404", "422"]}}
}
published = schemathesis.openapi.from_path(FILE, config=SchemathesisConfig.from_dict(CONFIG))
published.app = WSGIHandler()
few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def application(told: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without limits, and without closing the connection that holds the test's rows."""
    for name in ("OF_KEY", "OF_WRONG_KEYS"):
        monkeypatch.setattr(entrance, name, Limit(name, times=1_000_000, seconds=60))
    moments = (signals.request_started, signals.request_finished)
    for signal in moments:
        signal.disconnect(close_old_connections)
    yield
    for signal in moments:
        signal.connect(close_old_connections)


@pytest.fixture
def token(application: None, ministry: Unit, give: Callable[..., str]) -> str:
    """A ministry's key, which may have every scope."""
    return give(ministry, scopes=Scope.values)


@pytest.fixture
def own_token(application: None, give: Callable[..., str]) -> str:
    return give(is_outside=False)


@published.parametrize()
@few
def test_every_answer_is_as_published(case: Any, token: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


@published.include(path_regex="{department}").parametrize()
@few
def test_answers_about_what_exists_are_as_published(case: Any, own_token: str) -> None:
    """As above, of a department and a day that are there."""
    known = {"department": "quang-ninh", "day": "2025-11-20"}
    case.path_parameters |= {
        name: value for name, value in known.items() if name in case.path_parameters
    }
    case.call_and_validate(
        headers={"Authorization": f"Bearer {own_token}"},
        # What was wrong may just have been put right.
        excluded_checks=[schemathesis.checks.negative_data_rejection],
    )
