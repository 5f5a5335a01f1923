"""The only module that reads the environment; the other settings take their values from here.

An optional file of KEY=value lines (``PORTAL_ENV_FILE``, default ``var/portal.env``) fills what the
environment leaves open, so that keys live outside the repository and outside the database.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
VAR_DIR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var")))
ENV_FILE = Path(env.str("PORTAL_ENV_FILE", default=str(VAR_DIR / "portal.env")))
if ENV_FILE.is_file():
    env.read_env(str(ENV_FILE))

SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
BASE_URL = env.str("BASE_URL", default="").rstrip("/")
DEBUG = env.bool("DEBUG", default=False)
try:
    PORT = env.int("PORT", default=8000)
except ValueError:
    raise ImproperlyConfigured("PORT must be a number, for example PORT=8080.") from None

# id:base64-key pairs, newest first; the look-up key is a second, separate secret.
SEALING_KEYS = env.list("SEALING_KEYS", default=[])
LOOKUP_KEY = env.str("LOOKUP_KEY", default="")

# Erased records by their random ids; in production on another disk than the database's backups.
ERASURE_LOG = Path(env.str("ERASURE_LOG", default=str(VAR_DIR / "erasures.log")))

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_URL = env.str("BROKER_URL", default=REDIS_URL)

EMAIL_URL = env.str("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
SMS_URL = env.str("SMS_URL", default="")
SMS_PER_DAY = env.int("SMS_PER_DAY", default=3000)

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
TRUSTED_ORIGINS = env.list("TRUSTED_ORIGINS", default=[])
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=True)
HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600)
REFRESH_URL = env.str("REFRESH_URL", default="")
REFRESH_SECRET = env.str("REFRESH_SECRET", default="")

# Whether units' websites are visited; None: as the settings of the place say.
MONITOR_VISITS = env.bool("MONITOR_VISITS", default=None)
# For tests: speak to private and local addresses too.
OUTSIDE_ALLOW_PRIVATE = env.bool("OUTSIDE_ALLOW_PRIVATE", default=False)
# Under which the portal was known before and banners on websites may still name it.
FORMER_HOSTS = env.list("FORMER_HOSTS", default=[])

REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
RECAPTCHA_PUBLIC_KEY = env.str("RECAPTCHA_PUBLIC_KEY", default="")
RECAPTCHA_PRIVATE_KEY = env.str("RECAPTCHA_PRIVATE_KEY", default="")
RECAPTCHA_DOMAIN = env.str("RECAPTCHA_DOMAIN", default="www.recaptcha.net")

# The suite's database: none means SQLite in memory. The suffix keeps two suites at once apart.
TEST_DATABASE_URL = env.str("TEST_DATABASE_URL", default="")
TEST_DB_SUFFIX = env.str("TEST_DB_SUFFIX", default="")


def missing(**required: object) -> list[str]:
    """Name the settings that have no value."""
    return [name for name, value in required.items() if not value]


def use_settings(module: str) -> None:
    """Let an entry point (web server, worker) choose its settings unless the operator did."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
