"""Typesetting: a typst template and plain values in, the bytes of a document out.

Values reach the template as JSON text in ``sys.inputs`` and are read there by ``json()``,
so a value is shown as it is and is never read as typst code.
"""

import json
import logging
import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "common" / "fonts"

Format = Literal["pdf", "png", "svg"]

# Without a moment of its own typst would take the machine's clock: two builds would differ.
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)

# PDF/UA refuses a document that has a letter without a glyph. One odd letter in a unit's name
# must not cost a department its report: what the shipped fonts cannot draw becomes "?".
# The direction marks and zero-width characters of U+200B-200F and U+202A-202E are left out.
UNDRAWABLE = re.compile(
    r"[^\n\u0020-\u007E\u00A0-\u0292\u02B0-\u036F\u0386\u0388-\u038A\u038C\u038E-\u03A1"
    r"\u03A3-\u03CE\u0400-\u045F\u1E00-\u1EFF\u2010-\u2027\u2030-\u205E\u2070\u2074-\u208E"
    r"\u20A0-\u20BE\u2116\u2122\u2190-\u2195\u2212\u2248\u2260\u2264\u2265]"
)
INVISIBLE = re.compile(r"[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]")


def typeset(
    template: str | Path,
    *,
    data: dict[str, Any],
    format: Format = "pdf",
    ppi: float | None = None,
    made_at: datetime | None = None,
) -> bytes:
    """Return the document that ``template`` makes of ``data``.

    ``template`` is a path, taken from ``registration/`` when relative; it may read files below
    ``registration/`` only. ``data`` must hold what JSON can hold; a template that imports
    ``/common/typst/base.typ`` finds it as ``data``. Only the fonts that are shipped are used.

    A PDF is tagged (PDF/UA-1) and carries ``made_at`` as its date, or none. The bytes depend on
    nothing but the arguments, the templates and the fonts. ``ppi`` is for PNG. A picture (PNG or
    SVG) must be of one page: several raise ``ValueError``. Mistakes in a template raise
    ``typst.TypstError``.
    """
    compiled, warnings = typst.compile_with_warnings(
        str(_path_of(template)),
        root=str(ROOT),
        font_paths=_fonts(),
        format=format,
        ppi=ppi,
        sys_inputs={
            "data": json.dumps(_drawable(data), ensure_ascii=False, sort_keys=True),
            "dated": "yes" if made_at else "no",
        },
        pdf_standards=["ua-1"] if format == "pdf" else [],
        timestamp=made_at.astimezone(UTC).replace(microsecond=0) if made_at else UNDATED,
    )
    for warning in warnings:
        logger.warning("Template %s: %s", template, warning.message)
    if isinstance(compiled, bytes):
        return compiled
    raise ValueError(f"A picture has one page; {template} makes more.")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(FONTS)],
    )


def _path_of(template: str | Path) -> Path:
    path = (ROOT / template).resolve()
    if not path.is_relative_to(ROOT):
        raise ValueError(f"A template lies below {ROOT}; {template} does not.")
    return path


def _drawable(value: Any) -> Any:
    """Give ``value`` back with every text composed (NFC) and free of what cannot be drawn."""
    if isinstance(value, str):
        composed = INVISIBLE.sub("", unicodedata.normalize("NFC", value))
        return UNDRAWABLE.sub("?", composed)
    if isinstance(value, dict):
        return {str(key): _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    return value
