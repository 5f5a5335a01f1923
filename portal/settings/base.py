"""What is the same everywhere. Values that differ between places come from ``env``."""

from pathlib import Path

from portal.csp import PUBLIC_POLICY
from portal.settings import env

BASE_DIR = env.BASE_DIR
VAR_DIR = env.VAR_DIR

ROOMS = [
    "registration.common",
    "registration.outside",
    "registration.units",
    "registration.accounts",
    "registration.outbox",
    "registration.campaigns",
    "registration.banners",
    "registration.ledger",
    "registration.kit",
    "registration.monitor",
    "registration.people",
    "registration.privacy",
    "registration.pledges",
    "registration.cards",
    "registration.intake",
    "registration.records",
    "registration.stewards",
    "registration.entries",
    "registration.merges",
    "registration.lookups",
    "registration.rights",
    "registration.reach",
    "registration.papers",
    "registration.reports",
    "registration.deliveries",
    "registration.overview",
    "registration.api",
]

INSTALLED_APPS = [
    "portal",
    "home",
    *ROOMS,
    "modeltranslation",
    "wagtail.contrib.frontend_cache",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    # Wagtail's users with our screens of staff.
    "registration.accounts.wagtail_users.StaffScreensConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_altcha",
    "django_recaptcha",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.HeadersMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registration.accounts.middleware.StaffLanguageMiddleware",
    "registration.accounts.middleware.SessionLimitsMiddleware",
    "registration.accounts.middleware.StaffDoorMiddleware",
    "registration.accounts.middleware.SecondFactorMiddleware",
    "portal.middleware.PolicyMiddleware",
    "portal.middleware.PlainAddressMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]

# Widgets find the portal's own templates.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: SQLite embedded, PostgreSQL grown up -------------------------------------------
SQLITE_OPTIONS = {
    # Django's default (deferred) fails at once on read-then-write under two writers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA recursive_triggers=ON;"
    ),
}
POSTGRES_OPTIONS = {
    "connect_timeout": 5,
    "options": (
        "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s"
    ),
}


def database(url: str) -> dict[str, object]:
    """Turn a DATABASE_URL into Django's dictionary with the options each engine needs."""
    config = env.env.db_url_config(url)
    is_embedded = "sqlite" in config["ENGINE"]
    # What the address asks for (sslmode, for one) comes on top of what the engine needs.
    own = SQLITE_OPTIONS if is_embedded else POSTGRES_OPTIONS
    config["OPTIONS"] = {**own, **config.get("OPTIONS", {})}
    if not is_embedded:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database(env.DATABASE_URL or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.REDIS_URL}
        if env.REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
        }
    )
}

# --- Languages ---------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("vi", "Tiếng Việt"), ("tr", "Türkçe"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# Arabic columns are held in reserve: a fourth language needs a catalogue and no migration.
MODELTRANSLATION_LANGUAGES = ("en", "vi", "tr", "ar")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = {
    "default": ("en", "vi", "tr"),
    "vi": ("en", "tr"),
    "tr": ("en", "vi"),
}
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Staff -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "registration.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
# No letter to an address that nobody has: anybody could have it sent to anybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# User names are small letters; compared exactly, so that no database folds ı into i.
ACCOUNT_PRESERVE_USERNAME_CASING = False
# A changed password or second factor is told to its owner by mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "registration.accounts.entrance.SignInForm",
    "reauthenticate": "registration.accounts.entrance.ReauthenticateForm",
    "change_password": "registration.accounts.entrance.ChangePasswordForm",
    "reset_password": "registration.accounts.entrance.ResetPasswordForm",
    "reset_password_from_key": "registration.accounts.entrance.NewPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Donation portal"
MFA_FORMS = {
    "authenticate": "registration.accounts.entrance.CodeForm",
    "reauthenticate": "registration.accounts.entrance.CodeAgainForm",
    "activate_totp": "registration.accounts.entrance.SetUpAppForm",
}
MFA_ADAPTER = "registration.accounts.adapter.SecondFactorAdapter"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Addresses are written by an administrator; nobody signs up with another's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
REQUIRE_SECOND_FACTOR = env.REQUIRE_SECOND_FACTOR
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

# --- Wagtail -----------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Donation portal"
WAGTAILADMIN_BASE_URL = env.BASE_URL or f"http://localhost:{env.PORT}"
WAGTAILADMIN_LOGIN_URL = "account_login"
# Passwords and addresses are changed at the one entrance, or by an administrator.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("tr", "Türkçe"), ("vi", "Tiếng Việt")]
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False, "LOGIN": False, "GROUPS": False}
# What is private stands behind a staff door, not behind a sign-in that knows no second factor.
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {
    "SHARED_PASSWORD": False,
    "LOGIN": False,
    "GROUPS": False,
}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 30_000_000
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_USAGE_COUNT_ENABLED = True

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Kept for good by whoever fetched it: what has a hash in its name, and what websites name by its
# version. As in deploy/nginx.conf.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(?:embed/v\d+/|.+\.[0-9a-f]{12}\.[^/]+$)"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Tables that staff asked for: fetched through the desk alone, deleted a day later.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "exports")},
    },
}
# Notes of views and clicks of banners, until they are counted; None: nothing is noted.
SEEN_DIR: Path | None = VAR_DIR / "seen"

# --- What goes out -----------------------------------------------------------------------------
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.DEFAULT_FROM_EMAIL or "portal@donation-portal.example.org"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_URL = env.SMS_URL
SMS_PER_DAY = env.SMS_PER_DAY
# How long a process may go on with the reference rows that it has read.
HELD_SECONDS = 20
BASE_URL = env.BASE_URL or f"http://localhost:{env.PORT}"

# --- Sealing -----------------------------------------------------------------------------------
SEALING_KEYS = env.SEALING_KEYS
LOOKUP_KEY = env.LOOKUP_KEY
ERASURE_LOG: Path | None = env.ERASURE_LOG
SECRET_KEY = env.SECRET_KEY
SECRET_KEY_FALLBACKS = env.SECRET_KEY_FALLBACKS

# --- Celery: rings the bell, remembers nothing ------------------------------------------------
CELERY_BROKER_URL = env.BROKER_URL or "filesystem://localhost"
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT = "portal.queue:Transport"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(VAR_DIR / "queue" / "messages"),
        "data_folder_out": str(VAR_DIR / "queue" / "messages"),
        "control_folder": str(VAR_DIR / "queue" / "control"),
        "store_processed": False,
        # The default of one second lets two messages through each second.
        "polling_interval": 0.05,
    }
    if CELERY_BROKER_URL.startswith("filesystem")
    else {
        # Redis gives a task back only after this time; the default is one hour.
        "visibility_timeout": 300,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
)

# --- Captcha -----------------------------------------------------------------------------------
# Challenges live for minutes; their key is of its own kind and rotates with SECRET_KEY.
ALTCHA_HMAC_KEY = f"altcha:{env.SECRET_KEY}"
RECAPTCHA_PUBLIC_KEY = env.RECAPTCHA_PUBLIC_KEY
RECAPTCHA_PRIVATE_KEY = env.RECAPTCHA_PRIVATE_KEY
RECAPTCHA_DOMAIN = env.RECAPTCHA_DOMAIN
RECAPTCHA_VERIFY_REQUEST_TIMEOUT = 3
SILENCED_SYSTEM_CHECKS = ["django_recaptcha.recaptcha_test_key_error"]


# --- Machines outside --------------------------------------------------------------------------
MONITOR_VISITS = env.MONITOR_VISITS is not False
OUTSIDE_ALLOW_PRIVATE = env.OUTSIDE_ALLOW_PRIVATE
FORMER_HOSTS = env.FORMER_HOSTS

# --- Limits and headers ------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
TRUSTED_PROXIES = env.TRUSTED_PROXIES
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
USE_X_FORWARDED_HOST = False
CONTENT_SECURITY_POLICY = {"DIRECTIVES": PUBLIC_POLICY}

# A played day (`manage.py play_day`) writes events with times of its own; only a demo may.
PLAY_ALLOWED = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"hide tokens": {"()": "portal.log.HideTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["hide tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Request errors would print POST data in admin mails; here they go to the log alone.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "celery": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        # It tells of every odd header that a visited website sends.
        "urllib3": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
