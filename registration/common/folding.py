"""Letters of Turkish and Vietnamese: one clean form to store, one folded form to search by."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken

# Letters that do not come apart under Unicode decomposition, and the four Turkish i's.
_PLAIN = str.maketrans({"ı": "i", "İ": "i", "I": "i", "đ": "d", "Đ": "d", "ð": "d", "ø": "o"})
# Controls, formatting marks (bidi, zero width), private, unassigned, surrogates.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Co", "Cn", "Cs"}
_TURKISH_UPPER = str.maketrans({"i": "İ", "ı": "I"})
_TURKISH_LOWER = str.maketrans({"İ": "i", "I": "ı"})


def fold(text: str) -> str:
    """The form to compare, search and sort by: no accents, no case, single spaces."""
    plain = unicodedata.normalize("NFD", text.translate(_PLAIN))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.translate(_PLAIN).casefold().split())


def clean_text(text: str) -> str:
    """NFC with single spaces. Refuses invisible and control characters (``invisible_letters``)."""
    normal = unicodedata.normalize("NFC", text)
    for character in normal:
        if character not in "\t\n\r" and unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise RuleBroken(
                "invisible_letters",
                _("The text contains invisible characters. Type it again instead of pasting it."),
            )
    return " ".join(normal.split())


def clean_name(text: str) -> str:
    """A person's name: Latin letters with their accents, spaces, apostrophe, dot and hyphen.

    Refuses anything else (``foreign_letters``); such a name is registered at a desk.
    """
    name = clean_text(text)
    for character in name:
        if character in " '’.-":
            continue
        if not (character.isalpha() and unicodedata.name(character, "").startswith("LATIN")):
            raise RuleBroken(
                "foreign_letters",
                _(
                    "Write the name in Latin letters, as on the identity paper. "
                    "If your name has other letters, register at a desk."
                ),
            )
    return name


def upper(text: str, language: str) -> str:
    """Capitals as the language writes them (Turkish i becomes İ)."""
    return (text.translate(_TURKISH_UPPER) if language == "tr" else text).upper()


def lower(text: str, language: str) -> str:
    """Small letters as the language writes them (Turkish I becomes ı)."""
    return (text.translate(_TURKISH_LOWER) if language == "tr" else text).lower()


def canonical_email(address: str) -> str:
    """The form by which two spellings of one mailbox are the same: NFKC, domain in IDNA, casefold.

    Dotted and dotless i are kept apart: folding them once let accounts be taken over.
    """
    local, _at, domain = unicodedata.normalize("NFKC", address.strip()).rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = domain.casefold()
    return f"{local.casefold()}@{host}"
