import re
from base64 import b64decode
from datetime import date
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.test.utils.form_data import inline_formset, nested_form_data
from wagtail.users.models import UserProfile

from registration.accounts.services import give_roles
from registration.banners.choices import Look, Size
from registration.banners.models import Banner, Placement
from registration.banners.pictures import (
    Owner,
    Picture,
    banner_picture,
    general_picture,
    picture_of,
)
from registration.banners.reference import let_banners_be_approved
from tests import factories

WORDS = ("headline", "call", "alt")
LANGUAGES = ("vi", "tr", "en")


@pytest.fixture
def editor(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


def at(model: type, view: str, *args: object) -> str:
    return reverse(model.snippet_viewset.get_url_name(view), args=args)


def test_lists_show_codes_and_find_a_unit_without_its_accents(
    editor: Client, reference: SimpleNamespace
) -> None:
    banners = editor.get(at(Banner, "list")).content.decode()
    found = editor.get(at(Placement, "list"), {"q": "bai chay"}).content.decode()
    missed = editor.get(at(Placement, "list"), {"q": "uong bi"}).content.decode()

    code = reference.placement.code
    assert reference.banner.code in banners
    assert [code in page for page in (found, missed)] == [True, False]


def test_a_banner_is_written_in_each_language(editor: Client, reference: SimpleNamespace) -> None:
    page = editor.get(at(Banner, "edit", reference.banner.pk)).content.decode()

    names = [f'name="headline{suffix}"' in page for suffix in ("_vi", "_tr", "_en", "_ar", "")]
    assert names == [True, True, True, False, False]


def test_a_placement_gets_a_code_that_nobody_types(
    editor: Client, reference: SimpleNamespace
) -> None:
    values = {"unit": reference.steward.pk, "banner": reference.banner.pk}

    answer = editor.post(
        at(Placement, "add"), {**values, "language": "vi", "size": "300x250", "code": "mine"}
    )

    made = Placement.objects.get(unit=reference.steward)
    assert answer.status_code == 302
    assert len(made.code) == 10


def test_a_placement_is_not_deleted(editor: Client, reference: SimpleNamespace) -> None:
    editor.post(at(Placement, "delete", reference.placement.pk))

    assert Placement.objects.count() == 1


TODAY = date(2026, 11, 21)


@pytest.fixture
def writer(client: Client, reference: SimpleNamespace) -> Client:
    """Signed in as Đặng, who edits pages and banners and publishes none."""
    let_banners_be_approved()
    staff = factories.StaffFactory(username="dang", language="tr")
    give_roles(staff, ["editor"])
    client.force_login(staff)
    return client


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def typed(banner: Banner, owners: list[dict[str, Any]] | None = None, **fields: Any) -> Any:
    """What the form of a banner sends."""
    names = ["code", "look", "target", *(f"{n}_{code}" for n in WORDS for code in LANGUAGES)]
    values = {name: getattr(banner, name) or "" for name in names}
    values |= {"campaign": banner.campaign_id, "starts_on": "", "ends_on": ""}
    return {**values, **nested_form_data({"owners": inline_formset(owners or [])}), **fields}


def png(width: int, height: int) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "#a02040").save(drawn, "PNG")
    return SimpleUploadedFile("Ảnh của tôi.png", drawn.getvalue(), "image/png")


def shown(placement: Placement) -> Picture:
    return picture_of(Placement.objects.get(pk=placement.pk), day=TODAY)


def errors_of(answer: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def test_a_change_is_seen_once_an_administrator_approved_it(
    writer: Client, administrator: Any, reference: SimpleNamespace
) -> None:
    banner, placement = reference.banner, reference.placement
    before = shown(placement)
    new = {"headline_vi": "Chữ mới", "headline_tr": "Yeni söz", "headline_en": "New words"}

    writer.post(at(Banner, "edit", banner.pk), {**typed(banner, **new), "action-submit": "Submit"})
    submitted = shown(placement)
    state = Banner.objects.get(pk=banner.pk).current_workflow_task_state
    writer.force_login(administrator)
    writer.post(at(Banner, "workflow_action", banner.pk, "approve", state.pk))

    published = Banner.objects.get(pk=banner.pk)
    assert submitted == before
    assert shown(placement).headline == "Chữ mới"
    assert {name: getattr(published, name) for name in new} == new
    assert published.alt_tr == banner.alt_tr
    assert published.headline_ar is None


def test_an_editor_publishes_nothing(writer: Client, reference: SimpleNamespace) -> None:
    banner = reference.banner
    values = {**typed(banner, headline_vi="Chữ mới"), "action-publish": "Publish"}

    writer.post(at(Banner, "edit", banner.pk), values)
    gone = writer.post(at(Banner, "unpublish", banner.pk))

    banner.refresh_from_db()
    assert (banner.live, banner.headline_vi) == (True, "Đăng ký hiến tặng mô, tạng")
    assert banner.get_latest_revision_as_object().headline_vi == "Chữ mới"
    assert gone.status_code == 302


def test_a_new_banner_shows_the_general_one_until_it_is_approved(
    writer: Client, reference: SimpleNamespace
) -> None:
    writer.post(at(Banner, "add"), typed(reference.banner, code="moi"))

    made = Banner.objects.get(code="moi")
    placement = factories.PlacementFactory(banner=made, unit=reference.steward, size="468x60")
    assert made.live is False
    assert shown(placement) == general_picture("vi", size=Size.SIGNATURE)


def test_an_administrator_takes_a_banner_from_every_site_at_once(
    editor: Client, reference: SimpleNamespace
) -> None:
    editor.post(at(Banner, "unpublish", reference.banner.pk))

    assert shown(reference.placement) == general_picture("vi")


def test_an_approver_sees_what_changed_as_words_and_as_a_picture(
    editor: Client, reference: SimpleNamespace
) -> None:
    banner = reference.banner
    for words in ("Lần một", "Lần hai"):
        editor.post(at(Banner, "edit", banner.pk), typed(banner, headline_vi=words))
    first, second = banner.revisions.order_by("pk").values_list("pk", flat=True)

    compared = editor.get(at(Banner, "revisions_compare", banner.pk, first, second))
    pictured = editor.get(at(Banner, "revisions_view", banner.pk, second))

    assert "Lần" in compared.content.decode()
    assert "hai" in compared.content.decode()
    assert pictured.content.count(b"data:image/png") == len(Size)


def test_a_photo_and_logos_are_written_anew_and_published(
    editor: Client, reference: SimpleNamespace, media: None
) -> None:
    banner, placement = reference.banner, reference.placement
    owners = [
        {"unit": reference.steward.pk, "logo": png(300, 100)},
        {"unit": reference.hospital.pk, "logo": ""},
    ]
    values = typed(banner, owners, look="photo", photo=png(1200, 800))

    editor.post(at(Banner, "edit", banner.pk), {**values, "action-publish": "Publish"})

    picture = shown(placement)
    photo, (first, second) = picture.photo, picture.owners
    assert picture.look == Look.PHOTO
    assert re.fullmatch(r"banners/[0-9a-f]{20}\.jpg", photo)
    assert re.fullmatch(r"logos/[0-9a-f]{20}\.png", first.logo)
    assert second == Owner("Bệnh viện Bãi Cháy")
    assert Image.open(BytesIO(picture.png())).size == (1456, 180)


def test_a_draft_with_a_photo_is_kept_and_not_seen(
    writer: Client, reference: SimpleNamespace, media: None
) -> None:
    banner = reference.banner

    writer.post(at(Banner, "edit", banner.pk), typed(banner, look="photo", photo=png(1200, 800)))

    draft = Banner.objects.get(pk=banner.pk).get_latest_revision_as_object()
    assert draft.photo.storage.exists(draft.photo.name)
    assert shown(reference.placement).look == Look.DEEP
    assert banner_picture(draft, "vi", size=Size.PHONE).look == Look.PHOTO


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"look": "photo"}, {"photo": ["This look needs a picture."]}),
        (
            {"starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            {"ends_on": ["This day is before the first one."]},
        ),
        (
            {"target": "https://evil.example/vi/"},
            {"target": ["Give an address of this portal. A banner leads to no other site."]},
        ),
        (
            {"target": "khong-co-trang"},
            {"target": ["There is no published page at this address."]},
        ),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_is_kept(
    editor: Client, reference: SimpleNamespace, wrong: dict[str, str], errors: dict[str, list[str]]
) -> None:
    UserProfile.objects.update(preferred_language="en")
    values = typed(reference.banner, headline_vi="Chữ vừa gõ", **wrong)

    answer = editor.post(at(Banner, "edit", reference.banner.pk), values)

    assert errors_of(answer) == errors
    assert 'value="Chữ vừa gõ"' in answer.content.decode()


def test_a_draft_waits_for_its_translations_and_is_not_published_without(
    editor: Client, reference: SimpleNamespace
) -> None:
    banner = reference.banner
    values = typed(banner, headline_vi="Chữ mới", call_tr="", alt_tr="")

    kept = editor.post(at(Banner, "edit", banner.pk), values)
    refused = editor.post(at(Banner, "edit", banner.pk), {**values, "action-publish": "Publish"})

    draft = Banner.objects.get().get_latest_revision_as_object()
    assert (kept.status_code, draft.headline_vi) == (302, "Chữ mới")
    assert list(errors_of(refused)) == ["call_tr", "alt_tr"]
    assert shown(reference.placement).headline == "Đăng ký hiến tặng mô, tạng"


def test_a_file_that_is_no_picture_is_refused(editor: Client, reference: SimpleNamespace) -> None:
    page = SimpleUploadedFile("photo.png", b"<svg onload='alert(1)'/>", "image/png")

    answer = editor.post(
        at(Banner, "edit", reference.banner.pk), typed(reference.banner, photo=page)
    )

    assert list(errors_of(answer)) == ["photo"]
    assert Banner.objects.get().photo.name == ""


def test_what_is_typed_is_seen_in_each_size_before_it_is_saved(
    writer: Client, reference: SimpleNamespace
) -> None:
    banner = reference.banner
    path = at(Banner, "preview_on_edit", banner.pk)
    writer.post(path, typed(banner, headline_tr="Henüz kaydedilmedi", look="warm"))

    answer = writer.get(path, {"mode": "tr"})

    page = answer.content.decode()
    sources = re.findall(r'src="data:image/png;base64,([^"]+)" width="(\d+)" height="(\d+)"', page)
    sizes = [Image.open(BytesIO(b64decode(drawn))).size for drawn, *_sides in sources]
    banner.headline_tr, banner.look = "Henüz kaydedilmedi", "warm"
    expected = banner_picture(banner, "tr", size=Size.LEADERBOARD).png()
    assert sizes == [(2 * width, 2 * height) for width, height in (size.pixels for size in Size)]
    assert b64decode(sources[0][0]) == expected
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert Banner.objects.get().headline_tr != "Henüz kaydedilmedi"


def test_a_preview_is_behind_the_editors_door(
    client: Client, reference: SimpleNamespace, ayse: Any
) -> None:
    path = at(Banner, "preview_on_edit", reference.banner.pk)
    stranger = client.get(path)
    client.force_login(ayse)

    answer = client.get(path)

    assert (stranger.status_code, b"data:image" in answer.content) == (302, False)
    assert answer.status_code in {302, 403}
