"""What nginx answers for the portal, beside the same nginx serving the same bytes from a file."""

import gzip
import re
import subprocess
import urllib.request
from collections.abc import Mapping
from email.message import Message

from bench import programs
from bench.run import Run
from bench.table import Row, row_of
from bench.tools import CannotMeasure, need

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
    location = /{name} {{
        alias {file};
        default_type "{kind}";
        {compressed}
{headers}
    }}
}}
"""


def serve_file(run: Run, path: str, *, name: str) -> str:
    """Save what the portal answers, plain and compressed; serve it with its headers, at an address.

    What the portal does not compress is served without a look for something compressed.
    """
    portal = run.portal
    ours = f"http://127.0.0.1:{portal.nginx_port}{path}"
    plain, headers = fetch(ours, {})
    packed, packed_headers = fetch(ours, COMPRESSED)
    is_packed = packed_headers.get("Content-Encoding") == "gzip"
    if (gzip.decompress(packed) if is_packed else packed) != plain:
        raise CannotMeasure(f"{path} is not the same when it is compressed.")
    file = portal.folder / f"{name}.file"
    file.write_bytes(plain)
    if is_packed:
        file.with_suffix(".file.gz").write_bytes(packed)
    (port,) = programs.free_ports(1)
    lines = [
        f'        add_header {header} "{_quoted(value)}";'
        for header, value in headers.items()
        if header.lower() not in OWN_HEADERS
    ]
    configuration = SERVER.format(
        port=port,
        logs=portal.folder / "nginx" / "logs",
        name=name,
        file=file,
        kind=_quoted(headers["Content-Type"]),
        compressed="gzip_static on;" if is_packed else "",
        headers="\n".join(lines),
    )
    portal.serve_beside(configuration, name=name, port=port)
    reference = f"http://127.0.0.1:{port}/{name}"
    for wanted, body in (({}, plain), (COMPRESSED, packed)):
        if fetch(reference, wanted)[0] != body:
            raise CannotMeasure(f"The file is not served as {path} is.")
    theirs = fetch(reference, {})[1]
    run.notes.append(
        f"{path}: {len(plain):,} bytes, {len(packed):,} compressed; headers "
        f"{len(str(headers)):,} bytes, {len(str(theirs)):,} for the file."
    )
    return reference


def measure_beside(
    run: Run, name: str, path: str, reference: str, *, headers: Mapping[str, str], is_kept: bool
) -> Row:
    """Answers per second of the portal's nginx and of the file, in turns.

    ``is_kept``: the portal answers it and nginx keeps it; otherwise it is a file of its own.
    """
    ours = f"http://127.0.0.1:{run.portal.nginx_port}{path}"
    seconds, rounds = int(run.pick(6, 2)), int(run.pick(3, 1))
    run.say(f"Measuring: {name} …")
    if is_kept:
        _require_cached(ours, headers)
    _wrk(reference, headers, 1)
    found = []
    for turn in range(rounds):
        urls = [ours, reference]
        rates = {url: _wrk(url, headers, seconds) for url in (urls if turn % 2 else reversed(urls))}
        found.append((rates[ours], rates[reference]))
    if is_kept:
        _require_cached(ours, headers)
    return row_of(name, found, unit="answers/s")


def fetch(url: str, headers: Mapping[str, str]) -> tuple[bytes, Message]:
    request = urllib.request.Request(url, headers=dict(headers))
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read(), answer.headers


def _quoted(value: str) -> str:
    if "$" in value:
        raise CannotMeasure(f"A header that nginx would read as a variable: {value}")
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _require_cached(url: str, headers: Mapping[str, str]) -> None:
    for _warm in range(3):
        state = fetch(url, headers)[1].get("X-Cache")
    # While a page that ran out is fetched anew, the old one is still answered from the cache.
    if state not in {"HIT", "STALE", "UPDATING"}:
        raise CannotMeasure(f"{url} does not come from nginx's cache (X-Cache: {state}).")


def _wrk(url: str, headers: Mapping[str, str], seconds: int) -> float:
    asked = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [need("wrk"), "-t2", f"-c{CLIENTS}", f"-d{seconds}s", *asked, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise CannotMeasure(f"{url} answered with errors:\n{text}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if rate is None:
        raise CannotMeasure(f"wrk said nothing that is understood:\n{text}")
    return float(rate[1])
