"""For the suite: fixed keys, tasks run in place, mail into memory, either database."""

from portal.settings import env

env.SECRET_KEY = "a key for tests only, long enough to pass the check of fifty characters"
env.SEALING_KEYS = ["t1:dGVzdHMtb25seS1zZWFsaW5nLWtleS0zMi1ieXRlcyE="]
env.LOOKUP_KEY = "dGVzdHMtb25seS1sb29rLXVwLWtleS1vZi0zMi1ieXQ="

from portal.settings.base import *

DATABASES = {"default": database(env.TEST_DATABASE_URL or "sqlite://:memory:")}
if env.TEST_DB_SUFFIX:
    DATABASES["default"]["TEST"] = {"NAME": f"test_portal_{env.TEST_DB_SUFFIX}"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
BASE_URL = "http://testserver"
WAGTAILADMIN_BASE_URL = BASE_URL
EMAIL_BACKEND = "registration.outbox.mailbox.MailboxBackend"
SMS_URL = "mailbox://"
PLAY_ALLOWED = True
ERASURE_LOG = None
SEEN_DIR = None
HELD_SECONDS = 0
# Scrypt on purpose costs 60 ms a sign-in; the suite signs in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
