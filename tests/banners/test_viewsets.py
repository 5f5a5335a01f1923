from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registration.banners.models import Banner, Placement


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
