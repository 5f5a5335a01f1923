import csv
from pathlib import Path

import pytest
from django.utils import translation

from registration.units import reference as shipped
from registration.units.loading import Loading, load_rows
from registration.units.models import CallLine, Unit


def test_a_unit_under_an_unknown_one_stops_the_load(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in shipped.DATA.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["parent"] = "nobody"
    with (tmp_path / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(shipped, "DATA", tmp_path)

    with pytest.raises(ValueError, match=r"under a unit that nobody ships: .*bo-y-te"):
        shipped.load(Loading())

    assert Unit.objects.count() == 0


def test_untranslated_stays_null_so_that_another_language_shows(reference: object) -> None:
    unit = Unit.objects.get(code="bai-chay")
    row = {
        "unit": unit,
        "number": "0203 000 00 01",
        "label_vi": "Tổng đài",
        "label_tr": "",
        "label_en": "Line",
    }

    load_rows(CallLine, [row], key=["unit", "number"], loading=Loading())

    line = CallLine.objects.get()
    with translation.override("tr"):
        assert line.label == "Line"
    assert line.label_tr is None


def test_nothing_shipped_is_nothing_done(db: None) -> None:
    loading = Loading()

    load_rows(CallLine, [], key=["unit", "number"], loading=loading)

    assert loading == Loading()
