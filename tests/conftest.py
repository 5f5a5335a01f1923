"""Fixtures for every room: the reference rows, three people, the mailbox, counted queries."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from registration.ledger.kept import triggers
from registration.lookups.keeping import word_triggers
from registration.privacy.keeping import text_triggers
from tests import factories

KEPT_TABLES = (
    "ledger_event",
    "privacy_view",
    "privacy_retentionrun",
    "privacy_erasure",
    "lookups_lookup",
    "reports_summary",
    "reports_document",
    "reports_provisional",
)


@pytest.fixture(autouse=True)
def _clean_start(settings: Any) -> Iterator[None]:
    """No language or cache entry of one test reaches the next; mail goes to the mailbox."""
    # pytest-django puts its own backend in place of the settings'.
    settings.EMAIL_BACKEND = "registration.outbox.mailbox.MailboxBackend"
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(request.fixturenames)
    return bool(asked or (marker and marker.kwargs.get("transaction")))


class _Triggers:
    """Whether the flush of an earlier test needed the triggers gone, and nobody put them back."""

    are_off = False


@pytest.fixture(autouse=True)
def _kept_rows_may_be_flushed(
    request: pytest.FixtureRequest, django_db_blocker: Any
) -> Iterator[None]:
    """Let the flush after a transactional test pass the triggers that keep rows for good."""
    transactional = _is_transactional(request)
    if transactional:
        request.getfixturevalue("transactional_db")
    if transactional or _Triggers.are_off:
        with django_db_blocker.unblock():
            _run(0)
            # Inside a test's own transaction they go again with it.
            _Triggers.are_off = connection.in_atomic_block
    yield
    if transactional:
        _run(1)
        _Triggers.are_off = True


def _run(which: int) -> None:
    with connection.cursor() as cursor:
        for table in KEPT_TABLES:
            for statement in triggers(connection.vendor, table)[which]:
                cursor.execute(statement)
        for make in (text_triggers, word_triggers):
            for statement in make(connection.vendor)[which]:
                cursor.execute(statement)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """At the end nobody else holds the database: a thread that ended with its test may still do,
    and PostgreSQL drops no database that somebody is in.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def max_queries() -> Callable[[int], AbstractContextManager[None]]:
    """``with max_queries(4): …`` fails above four and prints what was asked."""

    @contextmanager
    def count(most: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        asked = "\n".join(query["sql"][:300] for query in queries.captured_queries)
        assert len(queries) <= most, f"{len(queries)} queries, {most} allowed:\n{asked}"

    return count


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """The number of queries that a call makes, to compare one row with three."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count


@pytest.fixture
def reference(db: None) -> SimpleNamespace:
    """Vietnam with Quảng Ninh and Thanh Hóa, Turkey with Adana; texts, organs, a banner each."""
    from registration.privacy.models import LegalText
    from registration.units.models import Organ, OrganOffer, Stewardship

    vn = factories.JurisdictionFactory()
    tr = factories.JurisdictionFactory(turkish=True)
    made = SimpleNamespace(vn=vn, tr=tr)
    made.quang_ninh = factories.ProvinceFactory(
        jurisdiction=vn, code="22", slug="quang-ninh", name="Quảng Ninh"
    )
    made.thanh_hoa = factories.ProvinceFactory(
        jurisdiction=vn, code="38", slug="thanh-hoa", name="Thanh Hóa"
    )
    made.adana = factories.ProvinceFactory(jurisdiction=tr, code="01", slug="adana", name="Adana")
    made.ha_long = factories.LocalityFactory(province=made.quang_ninh, name="Hạ Long")
    made.seyhan = factories.LocalityFactory(province=made.adana, name="Seyhan", kind="district")
    for name, province in [
        ("quang-ninh", made.quang_ninh),
        ("thanh-hoa", made.thanh_hoa),
        ("adana", made.adana),
    ]:
        department = factories.UnitFactory(
            code=name,
            kind="department",
            province=province,
            name_vi=f"Sở Y tế {province.name}",
            name_tr=f"{province.name} İl Sağlık Müdürlüğü",
            name_en=f"{province.name} Department of Health",
        )
        setattr(made, f"{name.replace('-', '_')}_department", department)
    made.steward = factories.UnitFactory(
        code="steward", province=made.quang_ninh, name_vi="Bệnh viện Đa khoa tỉnh Quảng Ninh"
    )
    Stewardship.objects.create(
        province=made.quang_ninh, unit=made.steward, starts_on=date(2024, 6, 18)
    )
    names = {"kidney": ("Thận", "Böbrek", "Kidney"), "cornea": ("Giác mạc", "Kornea", "Cornea")}
    for sort, (code, (vi, tr_name, en)) in enumerate(names.items()):
        organ = Organ.objects.create(
            code=code, kind="organ", sort=sort, name_vi=vi, name_tr=tr_name, name_en=en
        )
        for jurisdiction in (vn, tr):
            OrganOffer.objects.create(jurisdiction=jurisdiction, organ=organ, is_offered=True)
    languages = [code for code, _name in portal_settings.LANGUAGES]
    for jurisdiction in (vn, tr):
        for kind in ("notice", "consent", "declaration"):
            LegalText.objects.create(
                jurisdiction=jurisdiction,
                kind=kind,
                version=1,
                active_from=timezone.now(),
                **{f"title_{code}": f"{kind} {code}" for code in languages},
                **{f"body_{code}": f"The {kind} in {code}." for code in languages},
            )
    made.hospital = factories.UnitFactory(
        code="bai-chay", province=made.quang_ninh, name_vi="Bệnh viện Bãi Cháy"
    )
    made.campaign = factories.CampaignFactory(
        code="cho-di-la-con-mai-quang-ninh", owner=made.quang_ninh_department
    )
    made.banner = factories.BannerFactory(campaign=made.campaign)
    made.placement = factories.PlacementFactory(banner=made.banner, unit=made.hospital)
    return made


@pytest.fixture
def ayse(reference: SimpleNamespace) -> object:
    """Ayşe, secretary of a hospital."""
    return factories.StaffFactory(
        username="ayse",
        first_name="Ayşe",
        unit=reference.hospital,
        language="tr",
        roles=["hospital"],
    )


@pytest.fixture
def linh(reference: SimpleNamespace) -> object:
    """Linh, officer of the department of Quảng Ninh."""
    return factories.StaffFactory(
        username="linh",
        first_name="Linh",
        unit=reference.quang_ninh_department,
        language="vi",
        roles=["department"],
    )


@pytest.fixture
def steward(reference: SimpleNamespace) -> object:
    """Đặng, data steward at the provincial general hospital."""
    return factories.StaffFactory(
        username="dang",
        first_name="Đặng",
        unit=reference.steward,
        language="vi",
        roles=["steward"],
    )


@pytest.fixture
def administrator(reference: SimpleNamespace) -> object:
    """Işıl, administrator."""
    return factories.StaffFactory(
        username="isil",
        first_name="Işıl",
        language="tr",
        roles=["administrator"],
        is_superuser=True,
    )


@pytest.fixture
def charlie(db: None) -> object:
    """Charlie, who has an account and no rights."""
    return factories.StaffFactory(username="charlie", first_name="Charlie")


@pytest.fixture
def mailbox(db: None) -> object:
    """What was sent: ``mailbox()`` lists the items, oldest first."""
    from registration.outbox.models import MailboxItem

    return lambda: list(MailboxItem.objects.order_by("arrived_at"))
