"""The shipped banners, the units whose sites carry one, and who approves a change of a banner."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Workflow, WorkflowContentType

from registration.banners.models import Banner, Placement
from registration.campaigns.models import Campaign
from registration.units.models import Unit
from registration.units.reference import Loading, load_rows, read_rows

DATA = Path(__file__).parent / "data"


def load(loading: Loading) -> None:
    """Load what is missing. A placement's code is drawn once: a second load finds it there."""
    load_rows(Banner, _banners(), key=["code"], loading=loading)
    key = ["unit", "banner", "language", "size"]
    load_rows(Placement, _placements(), key=key, loading=loading)
    let_banners_be_approved()


def let_banners_be_approved() -> None:
    """Lead banners through the page editor's first workflow, unless they have one.

    Its moderators are those of the pages; an administrator may always approve.
    """
    workflow = Workflow.objects.filter(active=True).order_by("pk").first()
    if workflow is not None:
        WorkflowContentType.objects.get_or_create(
            content_type=ContentType.objects.get_for_model(Banner), defaults={"workflow": workflow}
        )


def _banners() -> Iterator[dict[str, object]]:
    campaigns = {campaign.code: campaign for campaign in Campaign.objects.all()}
    for row in read_rows(DATA / "banners.csv"):
        days = {name: _day(row[name]) for name in ("starts_on", "ends_on")}
        yield {**row, **days, "campaign": campaigns[row["campaign"]]}


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _placements() -> Iterator[dict[str, object]]:
    units = {unit.code: unit for unit in Unit.objects.all()}
    banners = {banner.code: banner for banner in Banner.objects.all()}
    for row in read_rows(DATA / "placements.csv"):
        yield {**row, "unit": units[row["unit"]], "banner": banners[row["banner"]]}
