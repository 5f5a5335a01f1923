"""The embedded default: one machine, SQLite, a queue of files, mail into the desk's mailbox.

It is what ``make run`` starts. Nothing here leaves the machine.
"""

from portal.settings import env
from portal.settings.base import *

DEBUG = env.DEBUG
ALLOWED_HOSTS = env.ALLOWED_HOSTS or ["*"]
PLAY_ALLOWED = True

# The units' websites are real ones.
MONITOR_VISITS = env.MONITOR_VISITS is True

EMAIL_BACKEND = "registration.outbox.mailbox.MailboxBackend"
SMS_URL = env.SMS_URL or "mailbox://"
if env.EMAIL_URL:
    vars().update(env.env.email_url_config(env.EMAIL_URL))

# Served by WhiteNoise straight from the source folders: no collectstatic before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
