"""Prompts: wordings in turn, pictures and links that agree, counts for each wording."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.banners import prompts, views
from registration.banners.choices import Size
from registration.banners.models import Banner, Placement, Prompt
from registration.banners.pictures import picture_of
from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.units.models import Province, Unit
from tests import factories
from tests.intake.visits import VN_URL, send, vn_answers

NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def banners(reference: SimpleNamespace) -> list[Banner]:
    others = [
        factories.BannerFactory(campaign=reference.campaign, headline_vi=f"Câu hỏi {number}")
        for number in (2, 3)
    ]
    return [reference.banner, *others]


@pytest.fixture
def prompt(reference: SimpleNamespace, banners: list[Banner]) -> Prompt:
    return prompts.make_prompt(
        reference.hospital, place="Đặt lịch khám", language="vi", banners=banners, now=NOW
    )


# --- Whose turn it is ----------------------------------------------------------------------------


@pytest.mark.parametrize("of", [2, 3, 6])
def test_turn_comes_once_in_every_round(of: int) -> None:
    turns = [prompts.turn_of("abc", slot, of=of) for slot in range(100 * of)]

    for start in range(0, len(turns), of):
        assert sorted(turns[start : start + of]) == list(range(of))


@pytest.mark.parametrize("of", [2, 3, 4, 6])
def test_turn_gives_no_wording_the_same_hours_of_each_day(of: int) -> None:
    at_noon = Counter(prompts.turn_of("abc", 24 * day + 12, of=of) for day in range(600))

    assert set(at_noon) == set(range(of))
    assert min(at_noon.values()) > 0.7 * 600 / of


def test_wording_is_one_for_the_whole_hour_and_all_in_turn(prompt: Prompt) -> None:
    start = NOW.replace(minute=0)
    found = prompts.find_prompt(prompt.code)
    assert found is not None

    within = {
        prompts.wording_of(found, now=start + timedelta(minutes=minute)) for minute in range(60)
    }
    shown = Counter(prompts.wording_of(found, now=start + HOUR * hour) for hour in range(300))

    assert len(within) == 1
    assert len(shown) == 3
    # 300 hours may begin and end within a round.
    assert max(shown.values()) - min(shown.values()) <= 2


def test_wording_by_chance_is_even(prompt: Prompt) -> None:
    found = prompts.find_prompt(prompt.code)
    assert found is not None

    shown = Counter(prompts.wording_by_chance(found, now=NOW) for _ in range(900))

    # Five standard deviations around 300.
    assert len(shown) == 3
    assert all(230 < number < 370 for number in shown.values())


def test_a_banner_that_is_over_is_left_out(prompt: Prompt, banners: list[Banner]) -> None:
    Banner.objects.filter(pk=banners[0].pk).update(ends_on=date(2026, 11, 1))
    found = prompts.find_prompt(prompt.code)
    assert found is not None

    shown = {prompts.wording_of(found, now=NOW + HOUR * hour).banner for hour in range(12)}

    assert shown == {banners[1], banners[2]}


# --- On other websites ---------------------------------------------------------------------------


@pytest.mark.parametrize("hour", range(4))
def test_picture_and_link_are_of_the_same_wording(
    client: Client, prompt: Prompt, hour: int
) -> None:
    with time_machine.travel(NOW + HOUR * hour, tick=False):
        picture = client.get(f"/b/q/{prompt.code}/banner.png")
        link = client.get(f"/b/q/{prompt.code.upper()}/")

        code = link["Location"].rpartition("?b=")[2]
        wording = Placement.objects.get(code=code)
        digest = picture_of(wording, day=date(2026, 11, 20)).digest

    assert wording.prompt == prompt
    assert picture["ETag"] == f'"{digest}"'
    assert (picture.cookies, link.cookies) == ({}, {})
    assert (link["Cache-Control"], link["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize(("minute", "seconds"), [(30, 140), (58, 120), (59, 60)])
def test_picture_is_kept_no_longer_than_its_hour(
    client: Client, prompt: Prompt, minute: int, seconds: int
) -> None:
    with time_machine.travel(NOW.replace(minute=minute), tick=False):
        answer = client.get(f"/b/q/{prompt.code}/banner.png")

    assert answer["Cache-Control"] == f"public, max-age={seconds}"


def test_frame_holds_picture_and_link_of_one_wording_for_the_units_websites(
    client: Client, reference: SimpleNamespace, prompt: Prompt
) -> None:
    Unit.objects.filter(pk=reference.hospital.pk).update(website="https://baichay.vn/")

    answers = [client.get(f"/b/q/{prompt.code}/frame/") for _ in range(40)]

    shown = set()
    for answer in answers:
        html = answer.content.decode()
        code = html.partition('href="/b/')[2].partition("/")[0]
        assert f'src="/b/{code}/banner.png"' in html
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Security-Policy"].endswith("frame-ancestors https://baichay.vn")
        shown.add(code)
    assert shown == set(prompt.wordings.values_list("code", flat=True))


@pytest.mark.parametrize("unknown", ["zzzzzzzzzz", "x", "frame", "%00%0a%E1%BB%85", "a" * 3000])
def test_unknown_prompts_show_the_general_banner(
    client: Client, reference: SimpleNamespace, unknown: str
) -> None:
    assert client.get(f"/b/q/{unknown}/")["Location"] in {"/vi/", "/tr/", "/en/"}
    assert client.get(f"/b/q/{unknown}/banner.png")["Content-Type"] == "image/png"
    assert client.get(f"/b/q/{unknown}/frame/").status_code == 200


def test_a_closed_prompt_shows_the_general_banner_and_counts_nothing(
    client: Client, prompt: Prompt
) -> None:
    prompts.close_wordings(prompt, now=NOW)

    picture = client.get(f"/b/q/{prompt.code}/banner.png")

    first = prompt.wordings.order_by("pk")[0]
    assert first.closed_at == NOW
    assert picture["ETag"] == f'"{picture_of(first, day=date(2026, 11, 20)).digest}"'
    assert "?b=" not in client.get(f"/b/q/{prompt.code}/")["Location"]


def test_click_and_picture_take_few_queries(
    client: Client, prompt: Prompt, max_queries: Callable[[int], Any]
) -> None:
    client.get(f"/b/q/{prompt.code}/")
    client.get(f"/b/q/{prompt.code}/banner.png")

    # The prompt, its wordings with their banners, and what a banner's own address asks.
    with max_queries(5):
        client.get(f"/b/q/{prompt.code}/")


def test_registration_after_a_click_counts_for_the_wording(
    client: Client, reference: SimpleNamespace, prompt: Prompt
) -> None:
    code = client.get(f"/b/q/{prompt.code}/")["Location"].rpartition("?b=")[2]

    answer = send(client, VN_URL, vn_answers(reference), b=code)

    event = Event.objects.get(kind="pledge.received")
    assert answer.status_code == 303
    assert (event.placement.code, event.unit, event.channel) == (
        code,
        reference.hospital,
        "banner",
    )
    assert event.placement.prompt == prompt


# --- Making and changing -------------------------------------------------------------------------


def test_make_prompt_places_each_wording_once(
    reference: SimpleNamespace, prompt: Prompt, banners: list[Banner]
) -> None:
    again = prompts.make_prompt(
        reference.hospital, place="Đặt lịch khám", language="vi", banners=banners, now=NOW
    )

    assert again == prompt
    made = prompt.wordings.values_list("banner", "unit", "language", "size")
    assert sorted(made) == [
        (banner.pk, reference.hospital.pk, "vi", Size.PROMPT) for banner in banners
    ]


def _of_thanh_hoa() -> Banner:
    owner = factories.UnitFactory(province=Province.objects.get(slug="thanh-hoa"))
    return factories.BannerFactory(campaign=factories.CampaignFactory(owner=owner))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda banners: banners[:1], "wordings_number"),
        (lambda banners: [banners[0]] * 2, "wordings_number"),
        (lambda banners: [banners[0], _of_thanh_hoa()], "banner_over"),
    ],
    ids=["one", "one twice", "another province's"],
)
def test_make_prompt_refuses(
    reference: SimpleNamespace,
    banners: list[Banner],
    change: Callable[[list[Banner]], list[Banner]],
    code: str,
) -> None:
    with pytest.raises(RuleBroken) as refused:
        prompts.make_prompt(
            reference.hospital, place="X", language="vi", banners=change(banners), now=NOW
        )

    assert refused.value.code == code
    assert not Prompt.objects.exists()


def test_make_prompt_refuses_other_wordings_for_the_same_place(
    reference: SimpleNamespace, prompt: Prompt, banners: list[Banner]
) -> None:
    with pytest.raises(RuleBroken) as refused:
        prompts.make_prompt(
            reference.hospital, place="Đặt lịch khám", language="vi", banners=banners[:2], now=NOW
        )

    assert refused.value.code == "prompt_exists"


def test_wordings_that_are_left_out_come_back_with_their_code(
    prompt: Prompt, banners: list[Banner]
) -> None:
    code = prompt.wordings.get(banner=banners[2]).code

    prompts.set_wordings(prompt, banners[:2], now=NOW)
    assert prompt.wordings.get(code=code).closed_at == NOW
    prompts.set_wordings(prompt, banners, now=NOW + HOUR)

    assert (prompt.wordings.get(code=code).closed_at, prompt.wordings.count()) == (None, 3)


def test_snippets_hold_the_prompts_addresses_and_words_in_its_language(
    prompt: Prompt, settings: Any
) -> None:
    settings.BASE_URL = "https://portal.example"

    image, frame = unescape(prompts.image_code(prompt)), prompts.frame_code(prompt)

    assert image == (
        f'<a href="https://portal.example/b/q/{prompt.code}/">'
        f'<img src="https://portal.example/b/q/{prompt.code}/banner.png" width="600" height="200"'
        ' alt="Cho đi là còn mãi: đăng ký hiến tặng mô, tạng"></a>'
    )
    assert f'src="https://portal.example/b/q/{prompt.code}/frame/"' in frame


# --- The editors' screen -------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


def test_editors_make_and_end_a_prompt(
    editor: Client, reference: SimpleNamespace, banners: list[Banner]
) -> None:
    typed = {
        "unit": reference.hospital.pk,
        "place": "Lịch khám",
        "language": "vi",
        "banners": [banner.pk for banner in banners[:2]],
        "closed_at": "",
    }
    answer = editor.post(reverse(Prompt.snippet_viewset.get_url_name("add")), typed)
    assert answer.status_code == 302
    prompt = Prompt.objects.get()
    assert prompt.wordings.count() == 2

    address = reverse(Prompt.snippet_viewset.get_url_name("edit"), args=[prompt.pk])
    page = editor.get(address).content.decode()
    assert page.count("checked") >= 2
    ended = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    assert editor.post(address, {**typed, "closed_at": ended}).status_code == 302

    assert not prompt.wordings.filter(closed_at__isnull=True).exists()


def test_editors_are_told_what_is_wrong_and_keep_what_they_typed(
    editor: Client, reference: SimpleNamespace, banners: list[Banner]
) -> None:
    typed = {
        "unit": reference.hospital.pk,
        "place": "Lịch khám",
        "language": "vi",
        "banners": [banners[0].pk],
    }

    page = editor.post(reverse(Prompt.snippet_viewset.get_url_name("add")), typed)

    html = page.content.decode()
    assert 'value="Lịch khám"' in html
    assert "wordings." in html
    assert not Prompt.objects.exists()


def test_views_of_a_prompt_are_noted_for_its_wording(
    client: Client, prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(views, "note_view", lambda _request, code: noted.append(code))

    client.get(f"/b/q/{prompt.code}/banner.png")

    (code,) = noted
    assert Placement.objects.get(code=code).prompt == prompt
