import tracemalloc
from collections.abc import Callable


def megabytes_of(act: Callable[[], object]) -> float:
    """The most that was held at once while it ran."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
