"""The shipped texts: version 1, in use as soon as every language is there; and how long is kept."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from registration.common.errors import RuleBroken
from registration.privacy.models import LegalText, RetentionRule
from registration.privacy.services import activate_text
from registration.units.models import Jurisdiction
from registration.units.reference import Loading, load_rows, read_rows

DATA = Path(__file__).parent / "data"
TEXTS = DATA / "texts"


def read_texts(folder: Path = TEXTS) -> list[dict[str, Any]]:
    """One row for each text, read from ``<jurisdiction>/<kind>-<purpose>-v<n>.<language>.md``."""
    languages = [code for code, _name in settings.LANGUAGES]
    empty = {f"{part}_{code}": "" for code in languages for part in ("title", "body")}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(folder.glob("*/*.md")):
        name, language = path.stem.rsplit(".", 1)
        if language not in languages:
            continue
        kind, purpose, version = name.split("-")
        about = {"kind": kind, "purpose": purpose, "version": int(version.removeprefix("v"))}
        row = rows.setdefault(
            (path.parent.name, name), {"jurisdiction": path.parent.name, **about, **empty}
        )
        first, _newline, body = path.read_text(encoding="utf-8").partition("\n")
        row[f"title_{language}"] = first.removeprefix("# ").strip()
        row[f"body_{language}"] = body.strip()
    return list(rows.values())


def read_rules(path: Path = DATA / "retention.csv") -> list[dict[str, Any]]:
    """The shipped rules of retention, each with its source."""
    return [
        {
            **row,
            "after_days": int(row["after_days"]),
            "at_most_days": int(row["at_most_days"]) if row["at_most_days"] else None,
            "is_active": row["is_active"] == "1",
        }
        for row in read_rows(path)
    ]


def load(loading: Loading) -> None:
    """Load what is missing, and put in use the first versions that every language is there for."""
    jurisdictions = Jurisdiction.objects.in_bulk()
    rules = [
        {**row, "jurisdiction": jurisdictions[row["jurisdiction"]]}
        for row in read_rules()
        if row["jurisdiction"] in jurisdictions
    ]
    key = ["jurisdiction", "record_class", "state"]
    load_rows(RetentionRule, rules, key=key, loading=loading)
    rows = [
        {**row, "jurisdiction": jurisdictions[row["jurisdiction"]]}
        for row in read_texts()
        if row["jurisdiction"] in jurisdictions
    ]
    load_rows(LegalText, rows, key=["jurisdiction", "kind", "purpose", "version"], loading=loading)
    for text in LegalText.objects.filter(active_from__isnull=True, version=1):
        try:
            activate_text(text, now=timezone.now())
        except RuleBroken as error:
            loading.kept.append(f"legal text {text.jurisdiction_id} {text.kind}: {error}")
