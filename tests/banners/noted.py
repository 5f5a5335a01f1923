"""Notes of views and clicks as the portal and nginx write them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

DAY = date(2026, 11, 20)
# In Vietnam seven in the evening, in Turkey three in the afternoon.
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def line(code: str, kind: str = "view", at: datetime = NOW, **said: str) -> str:
    """A note as both writers write it."""
    names = ("network", "place", "site", "purpose", "agent", "referrer")
    given = {"network": "203.0.113.", "agent": FIREFOX, **said}
    return json.dumps([kind, code, at.timestamp(), *(given.get(name, "") for name in names)])


def write(folder: Path, *lines: str, name: str = "views") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.notes"
    with file.open("a", encoding="utf-8") as output:
        output.writelines(f"{one}\n" for one in lines)
    return file
