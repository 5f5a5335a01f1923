"""The demo site: made once, whole, and harmless the second time."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Page

from home.models import FaqPage, HomePage, SectionPage
from registration.accounts.models import Staff
from registration.deliveries.models import Recipient
from registration.reports.models import ReportHours


@pytest.fixture
def demo(db: None) -> str:
    call_command("load_reference", verbosity=0)
    told = StringIO()
    call_command("demo_site", stdout=told)
    return told.getvalue()


def test_demo_has_a_tree_in_each_language_and_staff_who_may_sign_in(
    client: Client, demo: str
) -> None:
    assert sorted(HomePage.objects.values_list("slug", flat=True)) == ["en", "tr", "vi"]
    assert FaqPage.objects.count() == 3
    assert SectionPage.objects.get(locale__language_code="vi", province__code="22").campaign
    assert sorted(ReportHours.objects.values_list("department__code", flat=True)) == [
        "adana",
        "quang-ninh",
        "thanh-hoa",
    ]
    for member in Staff.objects.all():
        assert member.username in demo


def test_every_demo_page_answers(client: Client, demo: str) -> None:
    pages = Page.objects.filter(depth__gt=1).live()

    answers = {page.url: client.get(page.url).status_code for page in pages}

    assert len(answers) == 28
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_call_centres_of_17_provinces_are_listed_and_marked_as_demo(
    client: Client, demo: str
) -> None:
    html = client.get("/tr/bagisci-cagri-ve-koordinasyon-merkezleri/").content.decode()

    assert html.count('class="tag tag-demo"') == 17
    assert "Elazığ" in html


def test_production_has_no_demo(db: None, settings) -> None:
    settings.PLAY_ALLOWED = False

    with pytest.raises(CommandError, match="never in production"):
        call_command("demo_site")

    assert Staff.objects.count() == 0


def test_second_run_changes_nothing(demo: str) -> None:
    before = (Page.objects.count(), Staff.objects.count(), Recipient.objects.count())

    call_command("load_reference", verbosity=0)
    call_command("demo_site", stdout=StringIO())

    assert (Page.objects.count(), Staff.objects.count(), Recipient.objects.count()) == before
