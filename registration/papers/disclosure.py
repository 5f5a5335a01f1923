"""The edition of figures that leaves the department: nobody can be found in it by counting.

A row that tells of one to four people is hidden. Its value must not follow from what is left
either: not from the total of its table (then a second row is hidden with it), not from a table
that counts the same people otherwise (those are left out), and not from the days of a period.
Where one may choose several, the row tells of those who left it out as well: they are not few.
A table in which this cannot be done is withheld as a whole. A table of a period and those of its
days are read together (``equations``); tables of different kinds are not.
"""

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registration.papers.equations import cells_that_follow

# Fewer people than these are hidden in what leaves the department.
LEAST = 5
TWO = ("received", "confirmed")
BLOOD_PEOPLE = ("booked", "arrived", "given", "deferred")
# Blood has a table of units too.
BLOOD_NAMES = {"by_unit": "blood_by_unit"}
# Tables whose rows add up to the head figures, and by what their rows are known.
ADDING_UP = {
    "by_channel": "key",
    "by_unit": "code",
    "by_campaign": "code",
    "by_locality": "code",
    "by_sex": "key",
    "by_age_band": "key",
}
TABLES = (*ADDING_UP, "by_organ")
# They follow from other tables, or those from them: by their placements, by days, by what is
# missing. They are the department's own tools.
LEFT_OUT: dict[str, Any] = {"by_placement": [], "targets": [], "waiting": [], "quality": []}

Row = dict[str, Any]
Figures = dict[str, Any]


def shared_edition(figures: Mapping[str, Any]) -> Figures:
    """The figures of one day as they may leave the department; equal ones give equal ones.

    Hidden rows hold None and ``hidden``; what has no row of its own becomes one without a code;
    ``withheld`` names the tables that are left out. Head figures, corrections and the trend stay.
    Provisional figures keep no table: what the next hour adds to one would be one person.
    """
    shared = _share(figures, parts=())
    return without_tables(shared) if figures.get("provisional") else shared


def shared_period(period: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> Figures:
    """The same for a period whose ``parts`` (the shared editions of its days, or of its months)
    have left the department or may: what they hide does not follow from the longer table.
    """
    return _share(period, parts=parts)


def without_tables(shared: Mapping[str, Any]) -> Figures:
    """A shared edition with its head figures alone: for who could ask again and again and take
    the answers from each other. ``withheld`` names what is left out.
    """
    emptied: Figures = {name: [] for name in TABLES}
    withheld = {*shared["withheld"], *TABLES}
    if shared.get("blood"):
        emptied["blood"] = None
        withheld.add("blood")
    return {**shared, **emptied, "withheld": sorted(withheld)}


def _share(figures: Mapping[str, Any], *, parts: Sequence[Mapping[str, Any]]) -> Figures:
    shared: Figures = copy.deepcopy(dict(figures))
    # With it the published hash would tell whether a guess at the hidden cells is right.
    shared.pop("salt", None)
    withheld = []
    for name in LEFT_OUT.keys() & shared.keys():
        shared[name] = []
    counts = shared["counts"]
    for name, known_by in ADDING_UP.items():
        rows = _with_rest(shared.get(name, []), known_by, counts)
        safe = _protect_with(rows, known_by, [_part(part, name) for part in parts])
        shared[name] = safe or []
        if safe is None:
            withheld.append(name)
    organs = shared.get("by_organ", [])
    forced = _found_by_difference(organs, "code", [_part(part, "by_organ") for part in parts])
    forced |= _left_out_by_few(organs, counts) | _found_by_complements(organs, counts, parts)
    shared["by_organ"] = _hide_small(organs, TWO, forced=forced)
    if shared.get("blood"):
        shared["blood"], left = _share_blood(shared["blood"], counts, parts)
        withheld += left
    shared["withheld"] = sorted(withheld)
    shared["edition"] = "shared"
    return shared


def protect(
    rows: Sequence[Row], columns: Sequence[str], *, forced: Iterable[int] = ()
) -> list[Row] | None:
    """Hide what tells of fewer than five, and as much more as their sums would give away.

    ``rows`` hold the whole table, so that the total less what is shown is what is hidden.
    ``forced`` are rows to hide in any case. None: the table cannot be shown at all.
    """
    small = {place for place, row in enumerate(rows) if _is_small(row, columns)} | set(forced)
    if not small:
        return [dict(row) for row in rows]
    hidden = set(small)
    rest = sorted(
        set(range(len(rows))) - hidden, key=lambda place: (_weight(rows[place], columns), place)
    )
    while not _is_safe([rows[place] for place in hidden], columns, is_mixed=hidden != small):
        if not rest:
            return None
        hidden.add(rest.pop(0))
    return [_hide(row, columns) if place in hidden else dict(row) for place, row in enumerate(rows)]


def _is_safe(hidden: Sequence[Row], columns: Sequence[str], *, is_mixed: bool) -> bool:
    """Whether no hidden value follows from the sum of each column, which everybody can compute."""
    for column in columns:
        total = sum(row[column] for row in hidden)
        if total == 0:
            continue
        if len(hidden) < 2 or total < LEAST:
            return False
        # All of them the least or the most that a hidden row can be: the sum says so.
        if not is_mixed and total in {len(hidden), (LEAST - 1) * len(hidden)}:
            return False
    return True


def _is_small(row: Row, columns: Sequence[str]) -> bool:
    return any(0 < row[column] < LEAST for column in columns)


def _weight(row: Row, columns: Sequence[str]) -> int:
    return sum(row[column] for column in columns)


def _hide(row: Row, columns: Sequence[str]) -> Row:
    return {**row, **dict.fromkeys(columns), "hidden": True}


def _hide_small(
    rows: Sequence[Row], columns: Sequence[str], *, forced: Iterable[int] = ()
) -> list[Row]:
    """For rows that overlap: no sum of them means anything, so each stands for itself."""
    chosen = set(forced)
    return [
        _hide(row, columns) if place in chosen or _is_small(row, columns) else dict(row)
        for place, row in enumerate(rows)
    ]


def _with_rest(rows: Sequence[Row], known_by: str, counts: Mapping[str, int]) -> list[Row]:
    """The rows with what they leave out of the head figures as a row of its own."""
    rest = {name: counts[name] - sum(row[name] for row in rows) for name in TWO}
    if not any(rest.values()):
        return list(rows)
    name = {} if known_by == "key" else {"name": ""}
    return [*rows, {known_by: "", **name, **rest}]


def _part(part: Mapping[str, Any], name: str) -> list[Row] | None:
    """A table of a part; None when it was withheld."""
    return None if name in part.get("withheld", ()) else part.get(name, [])


def _found_by_difference(
    rows: Sequence[Row], known_by: str, parts: Sequence[Sequence[Row] | None]
) -> set[int]:
    """The rows of a longer table from which a part's hidden row would follow."""
    if not parts:
        return set()
    shown: dict[str, Counter[str]] = {}
    times: Counter[str] = Counter()
    withheld = sum(part is None for part in parts)
    for part in parts:
        for row in part or ():
            if row.get("hidden"):
                times[row[known_by]] += 1
            else:
                shown.setdefault(row[known_by], Counter()).update({name: row[name] for name in TWO})
    found = set()
    for place, row in enumerate(rows):
        key = row[known_by]
        number = times[key] + withheld
        rests = [row[name] - shown.get(key, Counter())[name] for name in TWO]
        if number and not all(_is_lost_in(rest, number) for rest in rests):
            found.add(place)
    return found


def _left_out_by_few(rows: Sequence[Row], counts: Mapping[str, int]) -> set[int]:
    """The rows that almost everybody chose: the total less the row tells of the others."""
    return {
        place
        for place, row in enumerate(rows)
        if any(0 < counts[name] - row[name] < LEAST for name in TWO)
    }


def _found_by_complements(
    rows: Sequence[Row], counts: Mapping[str, int], parts: Sequence[Mapping[str, Any]]
) -> set[int]:
    """The rows of a longer table from which it would follow how many left out a part's hidden row.

    A row that a part does not have was left out by everybody there. If nobody left it out, each
    hidden row is as large as its part's head figure: that tells them too.
    """
    found = set()
    for place, row in enumerate(rows):
        hidden, left_out, everybody = 0, Counter[str](), Counter[str]()
        for name in TWO:
            left_out[name], everybody[name] = counts[name] - row[name], counts[name]
        for part in parts:
            table = _part(part, "by_organ")
            same = next((each for each in table or () if each["code"] == row["code"]), {})
            if table is None or same.get("hidden"):
                hidden += 1
                continue
            for name in TWO:
                left_out[name] -= part["counts"][name] - same.get(name, 0)
                everybody[name] -= part["counts"][name]
        if hidden and not all(
            not everybody[name] or (left_out[name] and _is_lost_in(left_out[name], hidden))
            for name in TWO
        ):
            found.add(place)
    return found


def _protect_with(
    rows: Sequence[Row], known_by: str, parts: Sequence[Sequence[Row] | None]
) -> list[Row] | None:
    """Protect a table so that nothing hidden in its parts follows, from one row or from many."""
    forced = _found_by_difference(rows, known_by, parts)
    places = {row[known_by]: place for place, row in enumerate(rows)}
    cells = [
        (number, key)
        for number, part in enumerate(parts)
        for key in (
            places if part is None else (row[known_by] for row in part if row.get("hidden"))
        )
        if key in places
    ]
    while (safe := protect(rows, TWO, forced=forced)) is not None:
        hidden = {row[known_by] for row in safe if row.get("hidden")}
        following = cells_that_follow(cells, hidden)
        if not following:
            return safe
        # The row of the cell; if that is hidden, the smallest one that its part leads on to.
        shown = [
            min(
                ({key} if key not in hidden else _beside(cells, number) - hidden),
                key=lambda each: (_weight(rows[places[each]], TWO), each),
                default=None,
            )
            for number, key in following
        ]
        if None in shown:
            return None
        forced |= {places[key] for key in shown if key is not None}
    return None


def _beside(cells: Iterable[tuple[int, str]], number: int) -> set[str]:
    return {key for each, key in cells if each == number}


def _is_lost_in(rest: int, number: int) -> bool:
    """Whether a sum over so many hidden values gives none of them away."""
    if rest == 0:
        return True
    return number > 1 and rest >= LEAST and rest not in {number, (LEAST - 1) * number}


def _has_hidden(rows: Iterable[Row]) -> bool:
    return any(row.get("hidden") for row in rows)


def _share_blood(
    blood: Mapping[str, Any], counts: Mapping[str, int], parts: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """Blood figures; of a period only where each day showed the whole table."""
    shared, withheld = dict(blood), []
    is_told = {
        name: not any(
            BLOOD_NAMES.get(name, name) in part.get("withheld", ())
            or _has_hidden((part.get("blood") or {}).get(name, []))
            for part in parts
        )
        for name in ("by_unit", "by_volume", "deferrals")
    }
    # Donors and millilitres are both told: three volumes follow from two sums.
    volumes = blood.get("by_volume", [])
    if not is_told["by_volume"] or any(_is_small(row, ("number",)) for row in volumes):
        shared["by_volume"] = []
        withheld.append("by_volume")
    for name, columns in (("by_unit", BLOOD_PEOPLE), ("deferrals", ("number",))):
        rows = blood.get(name, [])
        safe = protect(rows, columns) if is_told[name] else None
        if name == "by_unit" and safe:
            safe = [{**row, "ml": None} if row.get("hidden") else row for row in safe]
        shared[name] = safe or []
        if safe is None:
            withheld.append(BLOOD_NAMES.get(name, name))
    return shared, withheld
