"""Our widgets write what the framework's own templates write."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms

from registration.people import widgets

CHOICES = [("", "Choose"), ("a", "Ağ <b>"), ("b", 'Bến "Tre"')]
NAMES = ["TextInput", "CheckboxInput", "Select", "RadioSelect", "CheckboxSelectMultiple"]


class Tags(HTMLParser):
    """Tags with their attributes in any order, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.found += data.split()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, "", "b", '"><script>', True], ids=repr)
@pytest.mark.parametrize(
    "attrs",
    [{}, {"id": "id_x", "required": True, "aria-describedby": "x<y"}, {"id": "i", "class": "c"}],
    ids=["bare", "described", "class"],
)
def test_widget_writes_what_the_framework_writes(name: str, value: Any, attrs: Any) -> None:
    def written(kind: Any) -> list[Any]:
        widget = kind(attrs={"data-filter": "true"})
        if hasattr(widget, "choices"):
            widget.choices = CHOICES
        shown = [value] if name == "CheckboxSelectMultiple" and value is not None else value
        return Tags(widget.render("x", shown, attrs)).found

    assert written(getattr(widgets, name)) == written(getattr(forms, name))
