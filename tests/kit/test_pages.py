"""The pages: found by typing, chosen, given out; kind where nothing can be given."""

import html
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.banners import snippets
from registration.banners.choices import Look, Size
from registration.banners.models import Placement
from registration.kit import views
from registration.kit.choices import Guide
from registration.kit.texts import Kit
from tests import factories

CHOSEN = {"language": "tr", "size": "300x250"}


@pytest.fixture
def chosen(reference: SimpleNamespace) -> dict[str, str]:
    return {"banner": reference.banner.code, **CHOSEN}


def test_the_way_from_the_name_to_the_code(
    client: Client, reference: SimpleNamespace, chosen: dict[str, str]
) -> None:
    found = client.get("/vi/banner/", {"q": "bai chay"}).content.decode()
    assert '<a href="/vi/banner/unit/bai-chay/">' in found

    answer = client.post("/vi/banner/unit/bai-chay/", chosen)

    placement = Placement.objects.get(size="300x250")
    assert (answer.status_code, answer["Location"]) == (303, f"/vi/banner/code/{placement.code}/")
    page = client.get(answer["Location"]).content.decode()
    for code in (
        snippets.image_code(placement),
        snippets.component_code(placement),
        snippets.frame_code(placement),
    ):
        assert f">{html.escape(code)}</textarea>" in page


def test_pages_may_be_kept_and_set_no_cookie_but_the_form(
    client: Client, reference: SimpleNamespace
) -> None:
    code = reference.placement.code
    for address in ("", f"code/{code}/", f"code/{code}/print/", f"code/{code}/how/joomla/"):
        answer = client.get(f"/tr/banner/{address}")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=60")
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")

    form = client.get("/tr/banner/unit/bai-chay/")
    assert "no-store" in form["Cache-Control"]
    assert form["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("wrong", ["banner", "language", "size"])
def test_a_wrong_choice_is_told_and_the_others_stay(
    client: Client, reference: SimpleNamespace, chosen: dict[str, str], wrong: str
) -> None:
    answer = client.post("/tr/banner/unit/bai-chay/", {**chosen, wrong: "600x200"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error-summary"' in page
    for name in {"banner", "language", "size"} - {wrong}:
        assert f'name="{name}" value="{chosen[name]}"' in page
        (line,) = [part for part in page.split("<input") if f'value="{chosen[name]}"' in part]
        assert "checked" in line.partition(">")[0]
    assert Placement.objects.count() == 1


def test_show_draws_what_is_chosen_and_places_nothing(
    client: Client, reference: SimpleNamespace, chosen: dict[str, str]
) -> None:
    answer = client.post("/tr/banner/unit/bai-chay/", {**chosen, "action": "show"})

    look = f"/tr/banner/look/{reference.banner.code}/tr/300x250.png"
    assert f'data-preview src="{look}" width="300" height="250"' in answer.content.decode()
    assert Placement.objects.count() == 1
    picture = client.get(look)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture["Cache-Control"] == "public, max-age=300"
    assert client.get(look, headers={"If-None-Match": picture["ETag"]}).status_code == 304


def test_a_draft_is_shown_to_nobody(client: Client, reference: SimpleNamespace) -> None:
    reference.banner.live = False
    reference.banner.save()

    answer = client.get(f"/tr/banner/look/{reference.banner.code}/tr/300x250.png")

    assert answer.status_code == 404


def test_too_many_codes_are_refused_and_the_choice_stays(
    client: Client, reference: SimpleNamespace, chosen: dict[str, str], monkeypatch
) -> None:
    monkeypatch.setattr(views, "PLACES", views.Limit("kit.place", times=1, seconds=3600))
    client.post("/tr/banner/unit/bai-chay/", chosen)

    answer = client.post("/tr/banner/unit/bai-chay/", {**chosen, "size": "970x250"})

    assert answer.status_code == 429
    page = answer.content.decode()
    assert 'role="alert"' in page
    (line,) = [part for part in page.split("<input") if 'value="970x250"' in part]
    assert "checked" in line.partition(">")[0]
    assert not Placement.objects.filter(size="970x250").exists()


@pytest.mark.parametrize("unit", ["no-such-unit", "left", "ministry"])
def test_an_unknown_unit_gets_a_page_to_search_on(
    client: Client, reference: SimpleNamespace, unit: str
) -> None:
    factories.UnitFactory(code="left", is_active=False, province=reference.quang_ninh)
    factories.UnitFactory(code="ministry", kind="ministry", province=reference.quang_ninh)

    answer = client.get(f"/vi/banner/unit/{unit}/")

    assert answer.status_code == 404
    assert 'name="q"' in answer.content.decode()


def test_a_unit_without_a_campaign_is_told_so(client: Client, reference: SimpleNamespace) -> None:
    for answer in (
        client.get("/tr/banner/unit/adana/"),
        client.post("/tr/banner/unit/adana/", {"banner": reference.banner.code, **CHOSEN}),
    ):
        assert answer.status_code == 200
        assert "<form" not in answer.content.decode().partition("<main")[2]
    assert Placement.objects.count() == 1


PLACED_PAGES = ["", "print/", "how/webmaster/", "qr.svg", "qr.png", "poster-a4.pdf"]


@pytest.mark.parametrize("page", PLACED_PAGES)
def test_a_code_that_nobody_was_given(
    client: Client, reference: SimpleNamespace, page: str
) -> None:
    answer = client.get(f"/vi/banner/code/zzzzzzzzzz/{page}")

    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]
    assert 'name="q"' in answer.content.decode()


@pytest.mark.parametrize("page", PLACED_PAGES)
@pytest.mark.parametrize("why", ["closed", "expired", "draft"])
def test_a_banner_that_is_over_leads_to_a_new_one(
    client: Client, reference: SimpleNamespace, page: str, why: str
) -> None:
    if why == "closed":
        Placement.objects.update(closed_at=timezone.now())
    elif why == "expired":
        reference.banner.ends_on = factories.NOON.date().replace(year=2025)
        reference.banner.save()
    else:
        reference.banner.live = False
        reference.banner.save()

    answer = client.get(f"/vi/banner/code/{reference.placement.code}/{page}")

    assert answer.status_code == 410
    assert "no-store" in answer["Cache-Control"]
    assert 'href="/vi/banner/unit/bai-chay/"' in answer.content.decode()


@pytest.mark.parametrize("guide", Guide.values)
def test_each_guide_has_the_code_and_its_pictures(
    client: Client, reference: SimpleNamespace, guide: str
) -> None:
    answer = client.get(f"/vi/banner/code/{reference.placement.code}/how/{guide}/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "/static/img/kit/" in page
    assert f"/b/{reference.placement.code}/banner.png" in html.unescape(html.unescape(page))


def test_an_unknown_guide_or_paper_is_not_found(client: Client, reference: SimpleNamespace) -> None:
    for page in ("how/frontpage/", "poster-a0.pdf"):
        answer = client.get(f"/vi/banner/code/{reference.placement.code}/{page}")
        assert answer.status_code == 404


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_the_webmasters_mail_holds_each_kind_and_a_link_what_fits(
    reference: SimpleNamespace, language: str
) -> None:
    reference.hospital.website = "https://baichay.example.org/"
    placement = reference.placement
    placement.unit = reference.hospital
    kinds = (snippets.image_code, snippets.component_code, snippets.frame_code)
    with translation.override(language):
        kit = Kit(placement)
        text, address = kit.mail_text, kit.mail_address
        when = [gettext(name) for name in ("With the progress of the campaign", "In a frame")]

    opened = unquote(address.partition("&body=")[2])
    lines = text.splitlines()
    for code in kinds:
        assert code(placement) in text
    assert [f"{number}. {name}" in lines for number, name in enumerate(when, 2)] == [True, True]
    assert "https://baichay.example.org" in text
    assert [code(placement) in opened for code in kinds] == [True, False, False]
    for written in (text, opened):
        assert f"http://testserver/{language}/banner/code/{placement.code}/" in written
        assert "\n\n\n" not in written.replace("\r", "")
    # Windows hands a mail program no longer address.
    assert len(address) < 2083


def test_each_look_is_named_beside_its_picture(client: Client, reference: SimpleNamespace) -> None:
    reference.banner.look = Look.WARM
    reference.banner.save()

    page = client.get("/vi/banner/unit/bai-chay/").content.decode()

    assert '<small class="hint">Chữ trắng trên nền đỏ</small>' in page


def test_a_signature_has_a_picture_only_in_the_size_for_mails(reference: SimpleNamespace) -> None:
    placement = reference.placement
    in_words = Kit(placement).signature
    placement.size = Size.SIGNATURE
    with_picture = Kit(placement).signature

    assert "<img" not in in_words
    assert with_picture == snippets.signature_code(placement)
    for signature in (in_words, with_picture, Kit(placement).plain_signature):
        assert snippets.address_of(placement) in signature


def test_alternates_keep_what_was_typed(client: Client, reference: SimpleNamespace) -> None:
    page = client.get("/vi/banner/", {"q": 'bãi "cháy'}).content.decode()

    assert 'href="/tr/banner/?q=b%C3%A3i+%22ch%C3%A1y"' in page
