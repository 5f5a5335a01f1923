"""The shipped reference data: where each row comes from is written in the files themselves."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from registration.common.folding import fold
from registration.units.choices import LocalityKind
from registration.units.loading import Loading, Row, load_rows, read_rows
from registration.units.models import (
    CallLine,
    FormerProvince,
    Holiday,
    Jurisdiction,
    Locality,
    Organ,
    OrganOffer,
    Province,
    Stewardship,
    Unit,
)

__all__ = ["Loading", "load", "load_rows", "read_rows"]

DATA = Path(__file__).parent / "data"
# Address register of the statistics office, the source of the Turkish figures.
TR_POPULATION_BASIS = "ADNKS 2025-12-31"
COMMUNE_KINDS = {
    "phường": LocalityKind.WARD,
    "xã": LocalityKind.COMMUNE,
    "đặc khu": LocalityKind.SPECIAL_ZONE,
}
Provinces = dict[tuple[str, str], Province]


@transaction.atomic
def load(loading: Loading) -> None:
    """Load what is missing, in the order in which rows lean on each other."""
    load_rows(Jurisdiction, _jurisdictions(), key=["code"], loading=loading)
    jurisdictions = Jurisdiction.objects.in_bulk()
    load_rows(Province, _provinces(jurisdictions), key=["jurisdiction", "code"], loading=loading)
    provinces = {(p.jurisdiction_id, p.code): p for p in Province.objects.all()}
    steps: list[tuple[Any, Callable[[], Iterator[Row]], list[str]]] = [
        (FormerProvince, lambda: _former_provinces(provinces), ["jurisdiction", "code"]),
        (Locality, lambda: _localities(provinces), ["province", "code"]),
        (Organ, _organs, ["code"]),
        (Holiday, lambda: _holidays(jurisdictions), ["jurisdiction", "day"]),
    ]
    for model, rows, key in steps:
        load_rows(model, rows(), key=key, loading=loading)
    offers = _organ_offers(jurisdictions, Organ.objects.in_bulk())
    load_rows(OrganOffer, offers, key=["jurisdiction", "organ"], loading=loading)
    _load_units(jurisdictions, provinces, loading)
    _load_what_units_have(provinces, loading)


def _load_units(
    jurisdictions: dict[str, Jurisdiction], provinces: Provinces, loading: Loading
) -> None:
    """Storey by storey: a unit is loaded once the one above it is there."""
    waiting = read_rows(DATA / "units.csv")
    known: dict[str, Unit | None] = {"": None}
    while waiting:
        ready = [row for row in waiting if row["parent"] in known]
        if not ready:
            codes = ", ".join(row["code"] for row in waiting)
            raise ValueError(f"Units under a unit that nobody ships: {codes}")
        rows = [
            {
                **row,
                "jurisdiction": jurisdictions[row["jurisdiction"]],
                "province": provinces.get((row["jurisdiction"], row["province"])),
                "parent": known[row["parent"]],
                "is_demo_contact": row["is_demo_contact"] == "1",
            }
            for row in ready
        ]
        load_rows(Unit, rows, key=["code"], loading=loading)
        known |= {
            unit.code: unit for unit in Unit.objects.filter(code__in=[r["code"] for r in ready])
        }
        waiting = [row for row in waiting if row["code"] not in known]


def _load_what_units_have(provinces: Provinces, loading: Loading) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    stewardships = (
        {
            "province": provinces[row["jurisdiction"], row["province"]],
            "unit": units[row["unit"]],
            "starts_on": date.fromisoformat(row["starts_on"]),
            "source": row["source"],
        }
        for row in read_rows(DATA / "stewardships.csv")
    )
    load_rows(
        Stewardship,
        stewardships,
        key=["province", "unit", "starts_on"],
        once_per=["province"],
        loading=loading,
    )
    call_lines = (
        {**row, "unit": units[row["unit"]], "is_demo": row["is_demo"] == "1"}
        for row in read_rows(DATA / "call_lines.csv")
    )
    load_rows(CallLine, call_lines, key=["unit", "number"], once_per=["unit"], loading=loading)


def _jurisdictions() -> Iterator[Row]:
    for row in read_rows(DATA / "jurisdictions.csv"):
        dated = row["minimum_age_on"]
        yield {
            **row,
            "minimum_age": int(row["minimum_age"]),
            "minimum_age_on": date.fromisoformat(dated) if dated else None,
        }


def _provinces(jurisdictions: dict[str, Jurisdiction]) -> Iterator[Row]:
    for row in read_rows(DATA / "vn_provinces.csv"):
        yield {
            "jurisdiction": jurisdictions["VN"],
            **row,
            "slug": slugify(fold(row["name"])),
            "population": int(row["population"]),
            "region": "",
            "region_confidence": "",
        }
    for row in read_rows(DATA / "tr_provinces.csv"):
        yield {
            "jurisdiction": jurisdictions["TR"],
            **row,
            "full_name": row["name"],
            "slug": slugify(fold(row["name"])),
            "population": int(row["population"]),
            "population_basis": TR_POPULATION_BASIS,
        }


def _former_provinces(provinces: Provinces) -> Iterator[Row]:
    for row in read_rows(DATA / "vn_former_provinces.csv"):
        became = provinces["VN", row["became"]]
        yield {"jurisdiction": became.jurisdiction, **row, "became": became}


def _localities(provinces: Provinces) -> Iterator[Row]:
    for row in read_rows(DATA / "vn_communes.csv"):
        yield {
            **row,
            "province": provinces["VN", row["province"]],
            "kind": COMMUNE_KINDS[row["kind"]],
        }
    for row in read_rows(DATA / "tr_districts.csv"):
        yield {
            "province": provinces["TR", row["province"]],
            "code": slugify(fold(row["name"])),
            "kind": LocalityKind.DISTRICT,
            "name": row["name"],
            "full_name": row["name"],
        }


def _organs() -> Iterator[Row]:
    for row in read_rows(DATA / "organs_tissues.csv"):
        names = {f"name_{language}": row[f"name_{language}"] for language in ("vi", "tr", "en")}
        yield {"code": row["code"], "kind": row["kind"], "sort": int(row["sort"]), **names}


def _organ_offers(
    jurisdictions: dict[str, Jurisdiction], organs: dict[str, Organ]
) -> Iterator[Row]:
    for row in read_rows(DATA / "organs_tissues.csv"):
        for code in ("VN", "TR"):
            prefix = code.lower()
            yield {
                "jurisdiction": jurisdictions[code],
                "organ": organs[row["code"]],
                "is_offered": row[f"{prefix}_offer"] == "1",
                "basis": row[f"{prefix}_basis"],
                "confidence": row[f"{prefix}_confidence"],
            }


def _holidays(jurisdictions: dict[str, Jurisdiction]) -> Iterator[Row]:
    for row in read_rows(DATA / "holidays.csv"):
        yield {
            "jurisdiction": jurisdictions[row["jurisdiction"]],
            "day": date.fromisoformat(row["day"]),
            "kind": row["kind"],
            "name": row["name"],
            "is_estimated": row["is_estimated"] == "1",
        }
