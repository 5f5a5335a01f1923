from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from registration.banners.models import Placement
from registration.units.models import Unit
from tests.factories import JurisdictionFactory, PlacementFactory, ProvinceFactory, UnitFactory
from tests.monitor.houses import FORMER_HOST, houses
from tests.outside.town import House, Town


@pytest.fixture
def place(reference: SimpleNamespace) -> Callable[..., str]:
    """Give a unit (made by its code, if need be) a placement; its code."""

    def place(name: str, *, is_closed: bool = False) -> str:
        unit = Unit.objects.filter(code=name).first()
        unit = unit or UnitFactory(code=name, province=reference.quang_ninh)
        closed_at = timezone.now() if is_closed else None
        kept = Placement.objects.filter(unit=unit, closed_at__isnull=not is_closed).first()
        made = kept or PlacementFactory(banner=reference.banner, unit=unit, closed_at=closed_at)
        return str(made.code)

    return place


@pytest.fixture
def all_houses(
    reference: SimpleNamespace, place: Callable[..., str], settings: object
) -> list[House]:
    settings.FORMER_HOSTS = [FORMER_HOST]
    return houses(
        place, other=reference.placement.code, closed=lambda name: place(name, is_closed=True)
    )


@pytest.fixture
def town(all_houses: list[House], reference: SimpleNamespace, tmp_path: Path) -> Iterator[Town]:
    """The town, with a unit for each of its websites and no other unit."""
    adana = ProvinceFactory(jurisdiction=JurisdictionFactory(turkish=True), code="01")
    Unit.objects.update(is_active=False)
    for house in all_houses:
        unit = Unit.objects.filter(code=house.name).first() or UnitFactory(code=house.name)
        unit.website, unit.is_active = house.address.strip(), True
        if house.language == "tr":
            unit.province, unit.jurisdiction = adana, adana.jurisdiction
        unit.save()
    with Town(all_houses, tmp_path).open() as opened:
        yield opened


@pytest.fixture
def build(
    reference: SimpleNamespace, place: Callable[..., str], tmp_path: Path
) -> Iterator[Callable[[House], tuple[Town, Unit]]]:
    """Build a town of one house and its unit."""
    open_towns = []

    def build(house: House) -> tuple[Town, Unit]:
        unit = Unit.objects.filter(code=house.name).first()
        unit = unit or UnitFactory(code=house.name, province=reference.quang_ninh)
        unit.website = house.address.strip()
        unit.save()
        opened = Town([house], tmp_path).open()
        open_towns.append(opened)
        return opened.__enter__(), unit

    yield build
    for opened in open_towns:
        opened.__exit__(None, None, None)
