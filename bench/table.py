"""From rounds to rows: medians, ratios and their spread. Nothing here measures anything."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table.

    ``ratio`` is ours divided by the reference. ``spread`` holds the lowest and the highest ratio of
    a single round; ``better`` says which way is good: "more" (a rate) or "less" (a time, a number).
    """

    name: str
    ours: float
    reference: float
    ratio: float
    unit: str
    better: str
    spread: tuple[float, float]
    rounds: int


def row_of(
    name: str, rounds: Sequence[tuple[float, float]], *, unit: str, better: str = "more"
) -> Row:
    """Sum up rounds of (ours, reference), both sides of a round measured one after the other."""
    if not rounds:
        raise ValueError(f"{name}: no round was measured.")
    if any(reference <= 0 for _ours, reference in rounds):
        raise ValueError(f"{name}: a reference of nothing gives no ratio.")
    ours = median(mine for mine, _theirs in rounds)
    reference = median(theirs for _mine, theirs in rounds)
    ratios = [mine / theirs for mine, theirs in rounds]
    return Row(
        name=name,
        ours=ours,
        reference=reference,
        ratio=ours / reference,
        unit=unit,
        better=better,
        spread=(min(ratios), max(ratios)),
        rounds=len(rounds),
    )


def written(number: float) -> str:
    """Three digits that count, and no false ones: 14,200 · 57.1 · 0.0412."""
    if number == int(number) and abs(number) < 1000:
        return str(int(number))
    for least, places in ((1000, 0), (100, 0), (10, 1), (1, 2), (0.1, 3)):
        if abs(number) >= least:
            return f"{number:,.{places}f}"
    return f"{number:.3g}"


def as_text(rows: Iterable[Row]) -> str:
    head = ("measured", "ours", "reference", "ratio", "spread", "rounds", "unit", "good is")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 1 <= column <= 5 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        written(row.ours),
        written(row.reference),
        written(row.ratio),
        f"{written(row.spread[0])}–{written(row.spread[1])}",
        str(row.rounds),
        row.unit,
        row.better,
    )


def write_json(rows: Iterable[Row], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
