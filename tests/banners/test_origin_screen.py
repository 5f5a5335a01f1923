"""The editors' list of further websites that may frame a unit's banners."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registration.banners.models import Origin
from registration.units.models import Unit


@pytest.fixture
def editor(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


def add(editor: Client, unit: Unit, typed: str) -> str:
    address = reverse(Origin.snippet_viewset.get_url_name("add"))
    return editor.post(address, {"unit": unit.pk, "origin": typed}).content.decode()


def kept() -> list[str]:
    return list(Origin.objects.values_list("origin", flat=True))


def test_the_address_of_any_page_is_kept_as_the_websites_origin(
    editor: Client, reference: SimpleNamespace
) -> None:
    add(editor, reference.hospital, " HTTPS://Khoa-San.Example.vn/tin-tuc/?id=1 ")

    assert kept() == ["https://khoa-san.example.vn"]


@pytest.mark.parametrize("typed", ["khoa-san.example.vn", "javascript:alert(1)", "https://*.vn"])
def test_what_is_no_website_is_refused_and_kept_as_typed(
    editor: Client, reference: SimpleNamespace, typed: str
) -> None:
    page = add(editor, reference.hospital, typed)

    assert f'value="{typed}"' in page
    assert "Write the address of the website as its pages show it" in page
    assert kept() == []


@pytest.mark.parametrize(
    ("website", "is_kept"), [("https://baichay.vn", False), ("http://baichay.vn", True)]
)
def test_a_website_without_https_is_for_units_that_have_none_with_it(
    editor: Client, reference: SimpleNamespace, website: str, is_kept: bool
) -> None:
    Unit.objects.filter(pk=reference.hospital.pk).update(website=website)

    page = add(editor, reference.hospital, "http://khoa-san.example.vn")

    assert kept() == (["http://khoa-san.example.vn"] if is_kept else [])
    assert ("Only a unit whose own website is without https" in page) is not is_kept


def test_the_list_shows_websites_with_their_units(
    editor: Client, reference: SimpleNamespace
) -> None:
    Origin.objects.create(unit=reference.hospital, origin="https://khoa-san.example.vn")

    page = editor.get(reverse(Origin.snippet_viewset.get_url_name("list"))).content.decode()

    assert "https://khoa-san.example.vn" in page
    assert str(reference.hospital) in page
