"""Đặng reads English here, so that tests name the sentences of the code."""

from typing import Any

import pytest


@pytest.fixture
def steward(steward: Any) -> Any:
    steward.language = "en"
    steward.save(update_fields=["language"])
    return steward
