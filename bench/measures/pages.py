"""A cached page through nginx, beside nginx serving the same bytes from a file."""

from bench.beside import COMPRESSED, measure_beside, serve_file
from bench.run import Run
from bench.table import Row

TOOLS = ("nginx", "wrk", "redis-server")
PEER = False
PAGE = "/vi/"


def measure(run: Run) -> list[Row]:
    reference = serve_file(run, PAGE, name="page")
    return [
        measure_beside(run, name, PAGE, reference, headers=headers, is_kept=True)
        for name, headers in (
            ("cached page beside the same bytes in a file", {}),
            ("cached page, compressed, beside a compressed file", COMPRESSED),
        )
    ]
