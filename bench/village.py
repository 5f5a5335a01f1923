"""Websites of five hundred units for the monitor, and the round of visits that is measured.

``python -m bench.village PORT`` serves them by their host names: what a website shows stands in its
name (``present-k7mqw4tn-17.village.test``), so that the server needs to know nothing.
"""

import gzip
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# As many of a hundred websites show this as stand here.
KINDS = {
    "present": 52,
    "section": 16,
    "missing": 14,
    "wrong": 8,
    "link": 4,
    "error": 3,
    "bomb": 1,
    "huge": 1,
    "slow": 1,
}
TRUTH = {
    "present": "present",
    "section": "present",
    "missing": "missing",
    "wrong": "wrong_code",
    "link": "link_only",
    "error": "site_down",
    "bomb": "site_down",
    "huge": "site_down",
    "slow": "site_down",
}
# A front page of a hospital: menus, news, three hundred links.
NEWS = "".join(
    f'<li class="item"><a href="/tin-tuc/{n}.html" title="Tin số {n}"><img src="/{n}.jpg" alt="">'
    f"Khám sức khỏe cho người cao tuổi trên địa bàn, đợt {n}</a><p>Sáng nay bệnh viện khám, tư"
    " vấn và cấp thuốc miễn phí cho hơn hai trăm người.</p></li>\n"
    for n in range(300)
)
LEADS = "".join(f'<a href="/hien-tang/{n}">Hiến, tặng mô, tạng</a>' for n in range(3))
BOMB = gzip.compress(b"<p>" * 40_000_000, 9)


def page(text: str) -> bytes:
    return f"<!doctype html><title>Bệnh viện</title><ul>{NEWS}</ul>{text}".encode()


def banner(code: str) -> str:
    address = f"https://portal.example.org/b/{code}/"
    return f'<a href="{address}"><img src="{address}banner.png" alt="Cho đi là còn mãi"></a>'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, code, _number = self.headers["Host"].partition(".")[0].split("-")
        if self.path == "/robots.txt":
            self._send(b"User-agent: *\nDisallow: /admin/\n", "text/plain")
        elif kind == "error":
            self.send_error(503)
        elif kind == "bomb":
            self._send(BOMB, "text/html", packed="gzip")
        elif kind in {"huge", "slow"}:
            self._send_for_ever(page("") if kind == "huge" else b" ", 0 if kind == "huge" else 0.5)
        elif self.path != "/":
            self._send(page(banner(code) if kind == "section" else "<h1>Hiến tạng</h1>"))
        else:
            shown = {
                "present": banner(code),
                "section": LEADS,
                "missing": LEADS,
                "wrong": banner("zzzzzz9"),
                "link": '<a href="https://portal.example.org/vi/">Đăng ký</a>',
            }
            self._send(page(shown[kind]))

    def _send(self, body: bytes, kind: str = "text/html", packed: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", packed)
        self.end_headers()
        self.wfile.write(body)

    def _send_for_ever(self, piece: bytes, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        for _each in range(1000):
            self.wfile.write(piece)
            time.sleep(pause)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no error."""


def _kinds(number: int) -> Iterator[str]:
    """Spread so that the slow ones do not come at the end."""
    for index in range(number):
        place = index * 37 % 100
        for kind, share in KINDS.items():
            if place < share:
                yield kind
                break
            place -= share


def visit_village(port: int, number: int) -> dict[str, Any]:
    """Make so many units with a website each and visit them all: seconds, megabytes, faults."""
    import resource

    from django.test import override_settings
    from django.utils import timezone

    from registration.banners.models import Banner, Placement
    from registration.monitor.models import Site
    from registration.monitor.rounds import visit_all
    from registration.outside.fetch import Fetcher
    from registration.units.models import Province, Unit

    Unit.objects.update(is_active=False)
    province, banner_row = Province.objects.get(slug="quang-ninh"), Banner.objects.first()
    truth = {}
    for index, kind in enumerate(_kinds(number)):
        unit = Unit.objects.create(
            code=f"village-{index}",
            kind="hospital",
            jurisdiction=province.jurisdiction,
            province=province,
            name_vi=f"Bệnh viện số {index}",
        )
        code = Placement.objects.create(unit=unit, banner=banner_row, language="vi").code
        unit.website = f"http://{kind}-{code}-{index}.village.test:{port}/"
        unit.save()
        truth[unit.code] = TRUTH[kind]
    # No name of the village leaves this machine, and only here are its own numbers let through.
    fetcher = Fetcher(
        agent="donationportal/1.0 (bench)",
        allow_private=True,
        resolve=lambda _host, _port: ["127.0.0.1"],
    )
    before = _megabytes(resource)
    with override_settings(BASE_URL="https://portal.example.org"):
        began, worked = time.monotonic(), time.process_time()
        visit_all(now=timezone.now(), fetcher=fetcher)
        seconds, worked = time.monotonic() - began, time.process_time() - worked
    found = dict(Site.objects.values_list("unit__code", "state"))
    faults = [f"{code} is {state}" for code, state in truth.items() if found.get(code) != state]
    return {
        "seconds": seconds,
        "worked": worked,
        "before": before,
        "megabytes": _megabytes(resource),
        "faults": len(faults),
        "first": faults[:3],
    }


def _megabytes(resource: Any) -> float:
    """The most memory that this process has had so far."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
