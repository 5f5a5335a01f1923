"""References that people read aloud: no two letters look or sound alike, the last one checks."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXY"
_SEEN_AS = str.maketrans({"O": "Q", "0": "Q", "I": "J", "1": "J", "L": "J", "S": "5", "Z": "2"})


def _check_letter(letters: str) -> str:
    # Weights make a swap of neighbours visible; 29 letters are a prime, so each single slip is too.
    total = sum((i + 2) * ALPHABET.index(c) for i, c in enumerate(letters))
    return ALPHABET[total % len(ALPHABET)]


def new_reference(length: int = 8) -> str:
    """``length`` letters, the last one a check letter, in groups of four: ``7KQM-2XHT``."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return group(body + _check_letter(body))


def group(letters: str) -> str:
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def normalise_reference(typed: str) -> str | None:
    """The reference as it was given out, or None if the check letter says that it never was."""
    letters = "".join(c for c in typed.upper() if c.isalnum()).translate(_SEEN_AS)
    if len(letters) < 2 or any(c not in ALPHABET for c in letters):
        return None
    return group(letters) if _check_letter(letters[:-1]) == letters[-1] else None


def new_code(length: int = 10) -> str:
    """An unguessable code for addresses (29 letters: 10 of them are 48 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length)).lower()
