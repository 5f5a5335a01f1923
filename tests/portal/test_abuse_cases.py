"""Each known abuse has a test that bears its name in ``tests/abuse_cases.csv``."""

import csv

import pytest
from django.conf import settings

TABLE = settings.BASE_DIR / "tests" / "abuse_cases.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_case_has_its_tests(row: dict[str, str]) -> None:
    missing = []
    for named in row["tests"].split(";"):
        path, _, test = named.partition("::")
        source = (settings.BASE_DIR / path).read_text(encoding="utf-8")
        if f"def {test}" not in source:
            missing.append(named)

    assert missing == []
