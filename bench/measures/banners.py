"""What a banner costs: its picture and its script through nginx, the queries of a click."""

from bench.beside import COMPRESSED, measure_beside, serve_file
from bench.run import Run
from bench.table import Row, row_of

TOOLS = ("nginx", "wrk", "redis-server")
PEER = False
SCRIPT = "/static/embed/v1/banner.js"
MOST_OF_CLICK = 2
# As a browser asks for what stands on another website, so that each answer is noted as a view.
ASKED = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Sec-Fetch-Dest": "image",
    "Sec-Fetch-Site": "cross-site",
}


def measure(run: Run) -> list[Row]:
    code = run.portal.inside("a_placement")
    picture = f"/b/{code}/banner.png"
    rows = [
        measure_beside(
            run,
            "banner's picture beside the same bytes in a file",
            picture,
            serve_file(run, picture, name="picture"),
            headers=ASKED,
            is_kept=True,
        ),
        measure_beside(
            run,
            "banner's script, compressed, beside a compressed file",
            SCRIPT,
            serve_file(run, SCRIPT, name="script"),
            headers=ASKED | COMPRESSED,
            is_kept=False,
        ),
    ]
    _count_views(run)
    first, later = run.portal.inside("count_queries", path=f"/b/{code}/", status=302)
    run.notes.append(f"Queries of a click: {first} in a new process, {later} after that.")
    queries = [(max(first, later), MOST_OF_CLICK)]
    name = f"queries of a click beside the {MOST_OF_CLICK} allowed"
    return [*rows, row_of(name, queries, unit="queries", better="less")]


def _count_views(run: Run) -> None:
    """All visitors are the same one here, so all their notes are one view."""
    noted = sum(file.stat().st_size for file in (run.portal.folder / "seen").glob("*.notes"))
    took, views = run.portal.inside("count_views")
    run.notes.append(f"{noted / 1e6:,.0f} MB of views noted by nginx were counted in {took:.1f} s.")
    if views != 1:
        run.failures.append(f"One visitor's views of one day were counted as {views}.")
