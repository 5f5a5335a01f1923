"""What an operator relies on: nginx takes the configuration, the table of settings is complete."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from registration.banners.notes import read_notes
from registration.banners.rules import is_view, network_of

DEPLOY = settings.BASE_DIR / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not here")
READER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SECRET = "a-secret-of-twenty-letters"


def render(prefix: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, DEPLOY / "render_nginx.py", "--prefix", prefix]
    command += ["--static", prefix / "static", "--media", prefix / "media", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def accepted_by_nginx(prefix: Path) -> str:
    command = [NGINX, "-t", "-q", "-p", prefix, "-c", prefix / "nginx.conf"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stderr


@needs_nginx
def test_nginx_takes_the_plain_configuration(tmp_path: Path) -> None:
    render(tmp_path, "--listen", "8099", "--secret", SECRET)

    assert accepted_by_nginx(tmp_path) == ""


@needs_nginx
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_nginx_takes_the_configuration_with_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["-keyout", key, "-out", certificate, "-subj", "/CN=portal.example.org"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made]
    subprocess.run(command, capture_output=True, check=True)

    render(tmp_path, "--certificate", str(certificate), "--key", str(key), "--secret", SECRET)

    assert accepted_by_nginx(tmp_path) == ""
    assert "return 301 https://$host$request_uri;" in (tmp_path / "portal.conf").read_text()


class Upstream(BaseHTTPRequestHandler):
    """Answers as the portal does, and remembers what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Cache-Control", "public, max-age=140")
        body = f"answer {len(self.asked):04}".encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing into the suite's output."""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """An nginx in front of ``Upstream``, with what it notes in ``tmp_path/seen``."""
    Upstream.asked = []
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    address = f"127.0.0.1:{upstream.server_port}"
    render(tmp_path, "--listen", listen, "--upstream", address, "--secret", SECRET)
    command = [NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    # As root, nginx would give its workers to a user who may not read this folder.
    process = subprocess.Popen([*command, *(["-g", "user root;"] if os.geteuid() == 0 else [])])
    try:
        wait_for(lambda: answers(listen))
        yield SimpleNamespace(url=f"http://{listen}", nginx=process)
    finally:
        process.terminate()
        process.wait(10)
        upstream.shutdown()
        upstream.server_close()


def answers(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def wait_for(holds: Callable[[], bool], *, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def ask(url: str, method: str = "GET", **headers: str) -> str:
    asked = {name.replace("_", "-").title(): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers={"User-Agent": READER, **asked}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)


@needs_nginx
def test_nginx_shows_a_refreshed_picture_from_then_on(portal: SimpleNamespace) -> None:
    picture = f"{portal.url}/b/abcde23456/banner.png"
    # Each of its workers holds the file of the first copy open.
    before = {ask(picture) for _reader in range(20)}

    ask(picture, X_Refresh=SECRET)

    assert (before, {ask(picture) for _reader in range(20)}) == ({"answer 0001"}, {"answer 0002"})


@needs_nginx
def test_nginx_notes_views_that_it_answers_by_itself(
    portal: SimpleNamespace, tmp_path: Path
) -> None:
    picture = f"{portal.url}/b/abcde23456/banner.png"
    shown = {
        "Sec_Fetch_Dest": "image",
        "Sec_Fetch_Site": "cross-site",
        "X_Forwarded_For": "1.2.3.4",
    }
    for agent in ('He says "quoted" \\ \xe1\xbb\x85', "x" * 5000):
        ask(f"{picture}?other=1", User_agent=agent, **shown)
    ask(picture, "HEAD")
    ask(f"{portal.url}/b/missing/banner.png")
    ask(f"{portal.url}/b/ABCDE23456/frame/", Sec_Fetch_Dest="iframe", Purpose="prefetch")
    ask(f"{portal.url}/b/abcde23456/banner.json", Referer="https://benhvien.example.org/secret")

    # What it holds back for ten seconds, it writes when it is told to open its files again.
    portal.nginx.send_signal(signal.SIGUSR1)
    wait_for(lambda: (tmp_path / "seen" / "nginx.notes").read_text().count("\n") >= 4)
    (read,) = read_notes(tmp_path / "seen")

    said = [(note.code, note.network, note.asked.place, note.asked.agent) for note in read]
    assert sorted(said) == [
        ("ABCDE23456", "127.0.0.", "iframe", READER),
        ("abcde23456", "127.0.0.", "", READER),
        ("abcde23456", "127.0.0.", "image", 'He says "quoted" \\ ễ'),
        ("abcde23456", "127.0.0.", "image", "x" * 300),
    ]
    assert sorted(is_view(note.asked) for note in read) == [False, True, True, True]
    assert {(note.kind, note.referrer) for note in read} == {("view", "")}
    assert abs(read[0].at.timestamp() - time.time()) < 60
    # The second was answered from the cache, and a query neither split it nor reached the portal.
    assert Upstream.asked[:1] == ["/b/abcde23456/banner.png"]
    assert Upstream.asked[1] == "/b/missing/banner.png"


def test_nginx_shortens_addresses_as_the_portal_does() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    block = re.search(r"map \$remote_addr \$network \{(.*?)\n\}", text, re.DOTALL)
    assert block is not None
    found = [pattern.replace("(?<", "(?P<") for pattern in re.findall(r'"~(\S+)"', block[1])]

    def by_nginx(address: str) -> str:
        matches = [match for pattern in found if (match := re.match(pattern, address))]
        return matches[0][1] if matches else ""

    addresses = ["203.0.113.77", "2001:db8:1:2:3:4:5:6", "2001:db8::6", "2001::6", "::1", "unix:"]
    assert [by_nginx(address) for address in addresses] == [network_of(a) for a in addresses]


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/vi/pledge/confirm/kA9-x_z/", "/vi/pledge/confirm/-"),
        ("/vi/numbers/kA9-x_z/print/", "/vi/numbers/-"),
        ("/c/abcd2345efgh/", "/c/-"),
        ("/account/password/reset/key/1-abc-def/", "/account/password/reset/key/-"),
        ("/desk/deliveries/d/kA9-x_z.aB/received/", "/desk/deliveries/d/-"),
        ("/desk/deliveries/watch/", "/desk/deliveries/watch/"),
    ],
)
def test_nginx_logs_no_token(address: str, logged: str) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    block = re.search(r"map \$uri \$logged_uri \{(.*?)\n\}", text, re.DOTALL)
    assert block is not None
    written = address
    for pattern, name in re.findall(r'"~(\S+)" "\$\{(\w+)\}-";', block[1]):
        if match := re.match(pattern.replace("(?<to", "(?P<to"), address):
            written = f"{match[name]}-"
            break

    assert written == logged


def test_no_word_is_left_open(tmp_path: Path) -> None:
    render(tmp_path)

    assert re.findall(r"@\w+@", (tmp_path / "portal.conf").read_text()) == []


def test_refresh_without_a_secret_is_open_to_nobody(tmp_path: Path) -> None:
    render(tmp_path)

    secret = re.search(r'^\s+"(.*)" 1;$', (tmp_path / "portal.conf").read_text(), re.MULTILINE)
    assert secret is not None
    assert len(secret[1]) >= 32


def test_configuration_is_for_its_owner_alone(tmp_path: Path) -> None:
    render(tmp_path, "--secret", SECRET)

    assert (tmp_path / "portal.conf").stat().st_mode & 0o077 == 0


def test_weak_secret_is_refused(tmp_path: Path) -> None:
    done = render(tmp_path, "--secret", 'x" 1; default "')

    assert done.returncode == 2
    assert not (tmp_path / "portal.conf").exists()


def test_every_setting_stands_in_the_operators_table() -> None:
    source = (settings.BASE_DIR / "portal" / "settings" / "env.py").read_text()
    read = set(re.findall(r'env\.(?:str|int|bool|list)\(\s*"([A-Z_]+)"', source))

    told = set(re.findall(r"`([A-Z_]+)`", (DEPLOY / "README.md").read_text()))

    assert {name for name in read - told if not name.startswith("TEST_")} == set()


def test_both_locks_name_the_same_versions() -> None:
    own, development = (
        set(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==\S+", text, flags=re.MULTILINE))
        for text in (
            (settings.BASE_DIR / "requirements.lock").read_text(),
            (settings.BASE_DIR / "requirements-dev.lock").read_text(),
        )
    )

    assert own - development == set()


def test_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (settings.BASE_DIR / name).read_text()
        packages = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]

        assert [package for package in packages if "--hash=sha256:" not in package] == []
        assert "://" not in text
