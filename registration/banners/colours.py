"""The colours of each look, and how well its words stand out. Pure."""

from dataclasses import dataclass

from registration.banners.choices import Look

# WCAG 2.2, success criterion 1.4.3: for words of any size.
LEAST_CONTRAST = 4.5
# How much of its colour a ring behind the words has, of 1. Two of three may lie under words.
RING = 0.09


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb. ``ground`` lies under ``text`` and ``soft``, ``pill`` under ``label``."""

    ground: str
    text: str
    soft: str
    pill: str
    label: str
    leaf: str
    heart: str
    vein: str
    ring: str
    # How much of the ground lies over a picture where words stand on it, of 1.
    veil: float = 1.0

    def pairs(self) -> list[tuple[str, str]]:
        """Each colour of words with the worst ground on which they may stand."""
        grounds = {over(self.ground, self.veil, below) for below in ("#ffffff", "#000000")}
        grounds.add(over(self.ring, RING, over(self.ring, RING, self.ground)))
        words = [(text, ground) for text in (self.text, self.soft) for ground in sorted(grounds)]
        return [*words, (self.label, self.pill)]


_DEEP = Palette(
    ground="#083f3e",
    text="#ffffff",
    soft="#c9e5de",
    pill="#f2b84b",
    label="#12302e",
    leaf="#3fae98",
    heart="#f0768a",
    vein="#ffffff",
    ring="#3fae98",
)

PALETTES = {
    Look.DEEP: _DEEP,
    Look.LIGHT: Palette(
        ground="#ffffff",
        text="#0b4543",
        soft="#45615e",
        pill="#0b5d5a",
        label="#ffffff",
        leaf="#2f9c87",
        heart="#e0566d",
        vein="#ffffff",
        ring="#8fcfc1",
    ),
    Look.WARM: Palette(
        ground="#9d1c33",
        text="#ffffff",
        soft="#ffdfe2",
        pill="#ffffff",
        label="#8a1429",
        leaf="#ffd9dd",
        heart="#ffffff",
        vein="#9d1c33",
        ring="#ffffff",
    ),
    Look.PHOTO: Palette(**{**vars(_DEEP), "ground": "#06302f", "veil": 0.82}),
}


def over(colour: str, share: float, below: str) -> str:
    """The colour that is seen when ``share`` of 1 of a colour lies over another."""
    mixed = (
        round(share * top + (1 - share) * under)
        for top, under in zip(_parts(colour), _parts(below), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
