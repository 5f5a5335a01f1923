"""What follows from a longer table and its parts together, though each hides enough for itself.

Each part tells the sum of what it hides, and each row that the longer table shows tells the sum of
what the parts hide of it. Drawn as a graph, a hidden cell is a line between its part and its row;
rows that the longer table hides are one and the same point, for only their sum is known. A line
through which no ring passes has the same value in every solution of these equations: whoever adds
and subtracts long enough finds it. Pure.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

# The number of a part and the name of a row.
Cell = tuple[int, str]


def cells_that_follow(cells: Sequence[Cell], hidden: Collection[str]) -> list[Cell]:
    """The ``cells``, all of them hidden in their parts, that follow where only the ``hidden`` rows
    of the longer table are hidden too.
    """
    graph = _Graph()
    for part, row in cells:
        graph.join(f"part {part}", "hidden" if row in hidden else f"row {row}")
    return [cells[line] for line in graph.lines_without_a_ring()]


class _Graph:
    def __init__(self) -> None:
        self.lines = 0
        self.ends: dict[str, list[tuple[str, int]]] = defaultdict(list)

    def join(self, one: str, other: str) -> None:
        self.ends[one].append((other, self.lines))
        self.ends[other].append((one, self.lines))
        self.lines += 1

    def lines_without_a_ring(self) -> list[int]:
        """Found in one walk (Tarjan 1974): a line below which nothing leads back above it."""
        seen: dict[str, int] = {}
        found: list[int] = []

        def walk(point: str, came_by: int) -> int:
            seen[point] = highest = len(seen)
            for following, line in self.ends[point]:
                if line == came_by:
                    continue
                if following in seen:
                    highest = min(highest, seen[following])
                    continue
                reached = walk(following, line)
                highest = min(highest, reached)
                if reached > seen[point]:
                    found.append(line)
            return highest

        # As deep as there are parts and rows: some days and the communes of a province.
        for point in list(self.ends):
            if point not in seen:
                walk(point, -1)
        return sorted(found)
