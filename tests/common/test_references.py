"""References that survive being read aloud."""

import itertools
from collections.abc import Callable

import pytest

from registration.common.references import (
    ALPHABET,
    new_code,
    new_reference,
    normalise_reference,
)


def test_new_reference_is_its_own_normal_form() -> None:
    for _turn in range(200):
        reference = new_reference()

        assert normalise_reference(reference) == reference


def test_alphabet_is_a_prime_number_of_plain_letters() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 29
    assert not set(ALPHABET) & set("01OILSZ")


@pytest.mark.parametrize(
    "spoil",
    [str.lower, lambda r: r.replace("-", ""), lambda r: f"  {r} ", lambda r: r.replace("-", " – ")],
    ids=["small", "no hyphen", "spaces", "dash"],
)
def test_normalise_reads_any_way_of_typing(spoil: Callable[[str], str]) -> None:
    reference = new_reference()

    assert normalise_reference(spoil(reference)) == reference


@pytest.mark.parametrize(("meant", "typed"), [("Q", "O0"), ("J", "I1L"), ("5", "S"), ("2", "Z")])
def test_normalise_reads_letters_that_look_alike(meant: str, typed: str) -> None:
    reference = next(r for r in iter(new_reference, None) if meant in r)

    for letter in typed:
        assert normalise_reference(reference.replace(meant, letter)) == reference


def test_normalise_finds_every_single_slip() -> None:
    reference = new_reference().replace("-", "")
    for place, letter in itertools.product(range(len(reference)), ALPHABET):
        slipped = reference[:place] + letter + reference[place + 1 :]

        assert (normalise_reference(slipped) is None) == (letter != reference[place])


def test_normalise_finds_every_swap_of_neighbours() -> None:
    reference = new_reference().replace("-", "")
    for place in range(len(reference) - 2):
        first, second = reference[place], reference[place + 1]
        swapped = reference[:place] + second + first + reference[place + 2 :]

        assert (normalise_reference(swapped) is None) == (first != second)


@pytest.mark.parametrize("typed", ["", "A", "-", "....", "7KQM-2XH!", "ĐĐĐĐ"])
def test_normalise_refuses_what_was_never_given_out(typed: str) -> None:
    assert normalise_reference(typed) is None


def test_new_codes_are_small_letters_and_differ() -> None:
    codes = {new_code() for _turn in range(500)}

    assert len(codes) == 500
    assert all(len(code) == 10 and set(code.upper()) <= set(ALPHABET) for code in codes)
