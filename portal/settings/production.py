"""A department's installation. Refuses to start while something that protects people is missing."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings import env
from portal.settings.base import *

_missing = env.missing(
    SECRET_KEY=env.SECRET_KEY,
    SEALING_KEYS=env.SEALING_KEYS,
    LOOKUP_KEY=env.LOOKUP_KEY,
    ALLOWED_HOSTS=env.ALLOWED_HOSTS,
    BASE_URL=env.BASE_URL,
    DATABASE_URL=env.DATABASE_URL,
    EMAIL_URL=env.EMAIL_URL,
    DEFAULT_FROM_EMAIL=env.DEFAULT_FROM_EMAIL,
)
if _missing:
    raise ImproperlyConfigured(
        f"Production does not start without: {', '.join(_missing)}. See deploy/README.md."
    )
if "*" in env.ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; '*' is refused in production.")
if len(env.SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
if env.OUTSIDE_ALLOW_PRIVATE:
    raise ImproperlyConfigured(
        "OUTSIDE_ALLOW_PRIVATE must be off: with it the portal would speak to machines inside."
    )

DEBUG = False
ALLOWED_HOSTS = env.ALLOWED_HOSTS
REQUIRE_SECOND_FACTOR = True
_mail = env.env.email_url_config(env.EMAIL_URL)
_is_local = _mail.get("EMAIL_HOST") in {"localhost", "127.0.0.1"}
if not (_is_local or _mail.get("EMAIL_USE_TLS") or _mail.get("EMAIL_USE_SSL")):
    raise ImproperlyConfigured("EMAIL_URL must be smtp+tls:// or smtp+ssl://: letters hold names.")
vars().update(_mail)

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

SECURE_SSL_REDIRECT = env.SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^-/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.HSTS_SECONDS
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.HSTS_SECONDS >= 2_592_000
SECURE_HSTS_PRELOAD = env.HSTS_SECONDS >= 63_072_000
SESSION_COOKIE_SECURE = env.SECURE_COOKIES
CSRF_COOKIE_SECURE = env.SECURE_COOKIES
if env.SECURE_COOKIES:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_TRUSTED_ORIGINS = env.TRUSTED_ORIGINS

if env.REFRESH_URL:
    WAGTAILFRONTENDCACHE = {
        "default": {
            "BACKEND": "portal.frontend_cache.RefreshBackend",
            "LOCATION": env.REFRESH_URL,
            "SECRET": env.REFRESH_SECRET,
        }
    }
