"""How well words stand out, as the guideline computes it."""

from registration.banners.colours import RING, Palette, over

# WCAG 2.2, success criterion 1.4.3: for words of any size.
LEAST_CONTRAST = 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs_of(palette: Palette) -> list[tuple[str, str]]:
    """Each colour of words with the worst ground on which they may stand."""
    grounds = {over(palette.ground, palette.veil, below) for below in ("#ffffff", "#000000")}
    grounds.add(over(palette.ring, RING, over(palette.ring, RING, palette.ground)))
    words = [(text, ground) for text in (palette.text, palette.soft) for ground in sorted(grounds)]
    return [*words, (palette.label, palette.pill)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in bytes.fromhex(colour.removeprefix("#"))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
