from types import SimpleNamespace

from home.targets import page_of_campaign
from registration.banners.targets import target_of
from tests.factories import CampaignFactory


def test_banner_leads_to_its_campaigns_page(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    assert target_of(reference.placement) == f"/vi/hien-tang/?b={reference.placement.code}"


def test_campaign_without_a_page_leads_to_the_one_above_it(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    below = CampaignFactory(owner=reference.quang_ninh_department, parent=reference.campaign)

    assert page_of_campaign(below, "vi") == "/vi/hien-tang/"


def test_banner_in_a_language_without_a_page_leads_to_the_form(
    reference: SimpleNamespace, pages: SimpleNamespace
) -> None:
    reference.placement.language = "en"

    assert target_of(reference.placement) == f"/en/pledge/vn-22/?b={reference.placement.code}"


def test_unpublished_page_is_no_target(reference: SimpleNamespace, pages: SimpleNamespace) -> None:
    pages.section_vi.unpublish()

    assert page_of_campaign(reference.campaign, "vi") is None
