"""In which letters a page is written, decided as browsers decide it."""

import codecs
import re

_META = re.compile(
    rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE
)
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What browsers understand by an older name.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_KNOWN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|cp125[0-8]|cp874|iso8859-\d+|koi8-[ru]|gb18030|big5|shift_jis|euc_(jp|kr)"
)
_FALLBACK = {"tr": "cp1254", "vi": "cp1258"}


def encoding_of(body: bytes, charset: str, language: str) -> str:
    """As browsers decide: its first bytes, then the server, then the page, then its language."""
    for mark, name in _BOMS.items():
        if body.startswith(mark):
            return name
    if name := _known(charset):
        return name
    if (found := _META.search(body[:4096])) and (name := _known(found[1].decode("ascii"))):
        # It was read as ASCII, so it cannot be what it says.
        return "utf-8" if name.startswith("utf-16") else name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return _FALLBACK.get(language, "cp1252")
    return "utf-8"


def _known(name: str) -> str:
    """Python's name for an encoding of web pages, or nothing: some of its codecs are no such."""
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return ""
    found = _MEANT.get(found, found)
    return "utf-16-le" if found == "utf-16" else found if _KNOWN.fullmatch(found) else ""
