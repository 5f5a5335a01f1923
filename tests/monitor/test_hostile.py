"""What somebody may serve to stop the monitor costs little, and the rest is read."""

import pytest

from registration.monitor import page
from tests.monitor.test_page import read
from tests.outside.memory import megabytes_of


@pytest.mark.parametrize("tag", ["<a " + "a " * 900_000 + ">", "<x-y " + "a=b " * 450_000 + ">"])
def test_a_tag_without_end_costs_little(tag: str) -> None:
    assert len(tag) > 10 * page.LONGEST_TAG

    assert megabytes_of(lambda: read(tag.encode())) < 60
