"""Production refuses to start while something that protects people is missing, and names it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

COMPLETE = {
    "SECRET_KEY": "s" * 50,
    "SEALING_KEYS": "p1:" + "A" * 43 + "=",
    "LOOKUP_KEY": "B" * 43 + "=",
    "ALLOWED_HOSTS": "portal.example.org",
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://portal:portal@127.0.0.1:1/portal",
    "EMAIL_URL": "smtp+tls://user:pass@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
}
CODE = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)"


def start(tmp_path, code: str = CODE, **values: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "PORTAL_VAR": str(tmp_path),
        **values,
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_starts_with_everything_it_needs(tmp_path) -> None:
    done = start(tmp_path, **COMPLETE)

    assert (done.returncode, done.stdout.strip()) == (0, "False")


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_production_names_what_is_missing(tmp_path, name: str) -> None:
    done = start(tmp_path, **{key: value for key, value in COMPLETE.items() if key != name})

    assert done.returncode == 1
    assert f"Production does not start without: {name}." in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("ALLOWED_HOSTS", "*", "'*' is refused in production", id="any host"),
        pytest.param("SECRET_KEY", "short", "at least 50 characters", id="a short key"),
        pytest.param(
            "OUTSIDE_ALLOW_PRIVATE", "on", "OUTSIDE_ALLOW_PRIVATE must be off", id="visits inside"
        ),
        pytest.param(
            "EMAIL_URL", "smtp://mail.example.org:25", "must be smtp+tls", id="letters in clear"
        ),
    ],
)
def test_production_refuses_what_protects_nobody(
    tmp_path, name: str, value: str, sentence: str
) -> None:
    done = start(tmp_path, **{**COMPLETE, name: value})

    assert done.returncode == 1
    assert sentence in done.stderr


def test_production_always_asks_for_a_second_factor(tmp_path) -> None:
    code = CODE.replace("DEBUG", "REQUIRE_SECOND_FACTOR")

    done = start(tmp_path, code=code, **COMPLETE, REQUIRE_SECOND_FACTOR="off")

    assert done.stdout.strip() == "True"


def test_production_keeps_what_the_database_address_asks_for(tmp_path) -> None:
    code = CODE.replace("DEBUG", "DATABASES['default']['OPTIONS']['sslmode']")
    address = COMPLETE["DATABASE_URL"] + "?sslmode=verify-full"

    done = start(tmp_path, code=code, **{**COMPLETE, "DATABASE_URL": address})

    assert done.stdout.strip() == "verify-full"
