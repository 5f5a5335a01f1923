"""A cached page through nginx, beside nginx serving the same bytes from a file."""

import gzip
import re
import subprocess
import urllib.request
from email.message import Message

from bench import programs
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import CannotMeasure, need

TOOLS = ("nginx", "wrk", "redis-server")
PEER = False
PAGE = "/vi/"
# Not a name that ends in a slash, which nginx would take for a folder.
FILE_PLACE = "/vi"
COMPRESSED = {"Accept-Encoding": "gzip"}
CLIENTS = 32
# nginx makes these itself for a file.
OWN_HEADERS = {
    "date", "server", "content-length", "content-type", "content-encoding", "connection", "etag",
    "last-modified", "accept-ranges", "transfer-encoding", "vary", "keep-alive",
}  # fmt: skip
SERVER = """
server {{
    listen 127.0.0.1:{port};
    server_tokens off;
    access_log {logs}/bare.log portal buffer=32k flush=5s;
    location = {place} {{
        alias {file};
        default_type "text/html; charset=utf-8";
        gzip_static on;
{headers}
    }}
}}
"""


def measure(run: Run) -> list[Row]:
    portal = run.portal
    ours = f"http://127.0.0.1:{portal.nginx_port}{PAGE}"
    reference = _serve_file(run, ours)
    seconds, rounds = int(run.pick(6, 2)), int(run.pick(3, 1))
    rows = []
    for name, headers in (
        ("cached page beside the same bytes in a file", {}),
        ("cached page, compressed, beside a compressed file", COMPRESSED),
    ):
        run.say(f"Measuring: {name} …")
        _require_cached(ours, headers)
        _wrk(reference, headers, 1)
        found = []
        for turn in range(rounds):
            urls = [ours, reference]
            rates = {
                url: _wrk(url, headers, seconds) for url in (urls if turn % 2 else reversed(urls))
            }
            found.append((rates[ours], rates[reference]))
        _require_cached(ours, headers)
        rows.append(row_of(name, found, unit="answers/s"))
    return rows


def _serve_file(run: Run, url: str) -> str:
    """Save the page as the portal answers it, plain and compressed; serve it with its headers."""
    portal = run.portal
    plain, headers = _fetch(url, {})
    compressed, _headers = _fetch(url, COMPRESSED)
    if gzip.decompress(compressed) != plain:
        raise CannotMeasure(f"{PAGE} is not the same page when it is compressed.")
    file = portal.folder / "page.html"
    file.write_bytes(plain)
    file.with_suffix(".html.gz").write_bytes(compressed)
    (port,) = programs.free_ports(1)
    lines = [
        f'        add_header {name} "{_quoted(value)}";'
        for name, value in headers.items()
        if name.lower() not in OWN_HEADERS
    ]
    configuration = SERVER.format(
        port=port,
        logs=portal.folder / "nginx" / "logs",
        place=FILE_PLACE,
        file=file,
        headers="\n".join(lines),
    )
    portal.serve_beside(configuration, port=port)
    reference = f"http://127.0.0.1:{port}{FILE_PLACE}"
    for wanted, body in (({}, plain), (COMPRESSED, compressed)):
        if _fetch(reference, wanted)[0] != body:
            raise CannotMeasure("The file is not served as the page is.")
    theirs = _fetch(reference, {})[1]
    run.notes.append(
        f"{PAGE}: {len(plain):,} bytes, {len(compressed):,} compressed; headers "
        f"{len(str(headers)):,} bytes, {len(str(theirs)):,} for the file."
    )
    return reference


def _quoted(value: str) -> str:
    if "$" in value:
        raise CannotMeasure(f"A header that nginx would read as a variable: {value}")
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _fetch(url: str, headers: dict[str, str]) -> tuple[bytes, Message]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        return answer.read(), answer.headers


def _require_cached(url: str, headers: dict[str, str]) -> None:
    for _warm in range(3):
        state = _fetch(url, headers)[1].get("X-Cache")
    # While a page that ran out is fetched anew, the old one is still answered from the cache.
    if state not in {"HIT", "STALE", "UPDATING"}:
        raise CannotMeasure(f"{PAGE} does not come from nginx's cache (X-Cache: {state}).")


def _wrk(url: str, headers: dict[str, str], seconds: int) -> float:
    asked = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [need("wrk"), "-t2", f"-c{CLIENTS}", f"-d{seconds}s", *asked, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise CannotMeasure(f"{url} answered with errors:\n{text}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if rate is None:
        raise CannotMeasure(f"wrk said nothing that is understood:\n{text}")
    return float(rate[1])
