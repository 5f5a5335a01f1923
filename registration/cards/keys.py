"""Keyed hashes by which cards are found without opening them."""

from registration.cards.rules import canonical_number
from registration.common.sealing import lookup_hash


def number_hash(number: str) -> str:
    return lookup_hash(canonical_number(number), purpose="card.number")


def code_hash(code: str) -> str:
    return lookup_hash(code.lower(), purpose="card.code")
