"""What an operator relies on: nginx takes the configuration, the table of settings is complete."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not here")
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
