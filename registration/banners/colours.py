"""The colours of each look. Pure. Tests hold how well its words stand out."""

from dataclasses import dataclass

from registration.banners.choices import Look

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


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
