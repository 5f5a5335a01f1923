"""The catalogues: what counts as incomplete, how they are collected and compiled."""

import gettext
import os
import shutil
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.core.management import CommandError, call_command

from portal import catalogues

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not here")

CODE = """
from django.utils.translation import gettext as _, ngettext

first = _("Choose your province.")
second = _("Dear %(name)s, thank you.")
third = ngettext("%(count)d donor", "%(count)d donors", 2)
"""
TEMPLATE = """
{% load i18n %}
{% translate "Withdraw" %}
{% blocktranslate trimmed count n=n %}
  One <b>unit</b>.
{% plural %}
  {{ n }} <b>units</b>.
{% endblocktranslate %}
"""
VIETNAMESE = [
    ("Choose your province.", "Hãy chọn tỉnh của bạn."),
    ("Dear %(name)s, thank you.", "Kính gửi %(name)s, xin cảm ơn."),
    (("%(count)d donor", "%(count)d donors"), ("%(count)d người hiến",)),
    ("Withdraw", "Rút lại"),
    (("One <b>unit</b>.", "%(n)s <b>units</b>."), ("%(n)s <b>đơn vị</b>.",)),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A product of one module and one template, with a complete Vietnamese catalogue."""
    root = tmp_path / "house"
    for storey in catalogues.STOREYS:
        (root / storey).mkdir(parents=True)
    (root / "portal" / "words.py").write_text(CODE)
    (root / "home" / "page.html").write_text(TEMPLATE)
    write(root, VIETNAMESE)
    write(root, VIETNAMESE, language="tr")
    return root


def write(root: Path, entries: list, *, language: str = "vi", fuzzy: bool = False) -> Path:
    path = root / "locale" / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(locale=language)
    for message, translation in entries:
        flags = ["python-format"] if "%(" in str(message) else []
        if language == "tr" and isinstance(message, tuple):
            translation = (translation[0], translation[0])
        catalog.add(message, translation, flags=[*flags, *(["fuzzy"] if fuzzy else [])])
    with path.open("wb") as file:
        write_po(file, catalog)
    return path


def check(root: Path) -> str:
    """What ``check_messages`` says; an error's sentence is its last line."""
    out = StringIO()
    try:
        call_command("check_messages", root=root, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def vietnamese(**changed: object) -> list:
    """The complete entries, some of them changed; None leaves one out."""
    entries = [(m, changed.get(first(m), t)) for m, t in VIETNAMESE]
    return [(message, text) for message, text in entries if text is not None]


def first(message: object) -> str:
    return message[0] if isinstance(message, tuple) else str(message)


@needs_gettext
def test_complete_catalogues_pass(house: Path) -> None:
    assert check(house) == "Messages are complete in vi, tr.\n"


@needs_gettext
@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        pytest.param({"Withdraw": None}, "missing: 'Withdraw'", id="missing"),
        pytest.param({"Withdraw": ""}, "not translated: 'Withdraw'", id="empty"),
        pytest.param(
            {"Dear %(name)s, thank you.": "Kính gửi %(ten)s."},
            "placeholders differ: 'Dear %(name)s, thank you.' → 'Kính gửi %(ten)s.'",
            id="another placeholder",
        ),
        pytest.param(
            {"Dear %(name)s, thank you.": "Xin cảm ơn."},
            "placeholders differ: 'Dear %(name)s, thank you.' → 'Xin cảm ơn.'",
            id="a lost placeholder",
        ),
        pytest.param(
            {"One <b>unit</b>.": ("%(n)s <b>đơn vị.",)},
            "tags differ: 'One <b>unit</b>.' → '%(n)s <b>đơn vị.'",
            id="a tag that is not closed",
        ),
        pytest.param(
            {"Choose your province.": "Hãy chọn tỉnh của bạn.\n"},
            "line breaks at the edges differ: 'Choose your province.'",
            id="a line break too many",
        ),
    ],
)
def test_incomplete_catalogue_is_named(house: Path, changed: dict, complaint: str) -> None:
    write(house, vietnamese(**changed))

    assert check(house) == (
        f"vi: {complaint}\nMessages are not complete (vi 1, tr 0). Run `make messages` first."
    )


@needs_gettext
def test_stale_entry_is_named(house: Path) -> None:
    write(house, [*VIETNAMESE, ("A sentence of yesterday.", "Một câu của hôm qua.")])

    assert check(house).splitlines()[0] == "vi: stale: 'A sentence of yesterday.'"


@needs_gettext
def test_fuzzy_entries_are_named(house: Path) -> None:
    write(house, VIETNAMESE, fuzzy=True)

    assert check(house).splitlines()[0] == "vi: fuzzy: 'Choose your province.'"


@needs_gettext
def test_check_changes_nothing(house: Path) -> None:
    before = {path: path.read_bytes() for path in house.rglob("*") if path.is_file()}

    check(house)

    assert {path: path.read_bytes() for path in house.rglob("*") if path.is_file()} == before


@needs_gettext
def test_collecting_twice_changes_no_byte(house: Path) -> None:
    catalogues.collect(house, languages=["vi"])
    once = (house / "locale/vi/LC_MESSAGES/django.po").read_bytes()

    catalogues.collect(house, languages=["vi"])

    assert (house / "locale/vi/LC_MESSAGES/django.po").read_bytes() == once


@needs_gettext
def test_a_moved_line_changes_no_byte(house: Path) -> None:
    catalogues.collect(house, languages=["vi"])
    once = (house / "locale/vi/LC_MESSAGES/django.po").read_bytes()

    (house / "portal" / "words.py").write_text(f"# One line more.\n{CODE}")
    catalogues.collect(house, languages=["vi"])

    assert (house / "locale/vi/LC_MESSAGES/django.po").read_bytes() == once


@needs_gettext
def test_a_similar_sentence_is_never_guessed(house: Path) -> None:
    (house / "portal" / "words.py").write_text(CODE.replace("your province.", "your provinces."))

    catalogues.collect(house, languages=["vi"])

    entry = catalogues.read_catalogue(house / "locale/vi/LC_MESSAGES/django.po").get(
        "Choose your provinces."
    )
    assert (entry.string, entry.fuzzy) == ("", False)


def test_compiled_catalogue_speaks(house: Path) -> None:
    written = catalogues.compile_changed(house / "locale")

    spoken = gettext.translation("django", house / "locale", ["vi"])
    assert [path.parent.parent.name for path in written] == ["tr", "vi"]
    assert spoken.gettext("Withdraw") == "Rút lại"
    assert spoken.ngettext("%(count)d donor", "%(count)d donors", 5) == "%(count)d người hiến"


def test_only_a_changed_catalogue_is_compiled_again(house: Path) -> None:
    catalogues.compile_changed(house / "locale")
    changed = write(house, vietnamese(Withdraw="Rút đơn"))
    os.utime(changed, (2_000_000_000, 2_000_000_000))

    written = catalogues.compile_changed(house / "locale")

    spoken = gettext.translation("django", house / "locale", ["vi"])
    assert written == [changed.with_suffix(".mo")]
    assert spoken.gettext("Withdraw") == "Rút đơn"
