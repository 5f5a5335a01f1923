"""Why a message did not arrive, as a sentence; the outbox and mail servers give codes only."""

import re
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.deliveries.rules import RECIPIENT_CHANGED, RECIPIENT_STOPPED
from registration.outside.choices import Trouble

NO_SUCH_ADDRESS = gettext_lazy(
    "The mail server says that this address does not exist. Correct it in the list of recipients."
)
FULL = gettext_lazy("The office's mailbox is full. The office has to make room in it.")
TOO_LARGE = gettext_lazy(
    "The message is too large for the office's mailbox. Choose fewer documents, or the link."
)
COME_BACK = gettext_lazy("The mail server asks to come back later; it is tried again by itself.")
NOT_WANTED = gettext_lazy(
    "The mail server turned the message away by its own rules. Ask the office's administrator."
)
OUR_SENDER = gettext_lazy(
    "The mail server does not let this portal send. Its operator must look at the mail settings."
)
SILENT = gettext_lazy("The mail server cannot be reached or does not answer.")
STOPPED_AT_WORK = gettext_lazy("Sending was broken off in the middle; it is tried again.")
DROPPED = gettext_lazy("Not sent: the portal was restored from a copy after it was written.")
NO_LETTERS = gettext_lazy("The address cannot be written in a message. Correct it in the list.")
STOPPED = gettext_lazy("Not sent: the office was taken off the list while the message waited.")
CHANGED = gettext_lazy("Not sent: the office's address was changed while the message waited.")
GONE = gettext_lazy("The recipient's system says that it no longer takes calls (410).")
LED_AWAY = gettext_lazy("The recipient's system led on to another address, which is not followed.")
ANSWERED_BADLY = gettext_lazy("The recipient's system answered with an error.")
ENDED = gettext_lazy(
    "Calls to the recipient's system have ended. Resume the recipient when it works again."
)

# Codes of RFC 5321 (three digits) and RFC 3463 (two dots), the more telling ones first.
BY_CODE: list[tuple[str, Promise]] = [
    (r"[45]\.2\.2", FULL),
    (r"[45]\.2\.3|[45]\.3\.4", TOO_LARGE),
    (r"5\.1\.[0-6]|5\.1\.10|5\.2\.1", NO_SUCH_ADDRESS),
    (r"[45]\.4\.\d+", SILENT),
    (r"5\.7\.\d+|5\.6\.\d+", NOT_WANTED),
    (r"SMTPSenderRefused 552", TOO_LARGE),
    (r"SMTPSenderRefused \d+|SMTPAuthenticationError \d+", OUR_SENDER),
    (r"SMTP\w+ (?:452|552)", FULL),
    (r"SMTPRecipientsRefused (?:550|551|553)", NO_SUCH_ADDRESS),
    (r"SMTP\w+ 421", SILENT),
    (r"SMTP\w+ 4\d\d|4\.\d+\.\d+", COME_BACK),
    (r"SMTP\w+ 5\d\d|5\.\d+\.\d+", NOT_WANTED),
    (r"SMTPServerDisconnected|SMTPConnectError.*|\w*Timeout\w*|Connection\w+Error", SILENT),
    (r"timeout|gaierror|OSError|SSL\w*", SILENT),
    (r"lost", STOPPED_AT_WORK),
    (r"dropped", DROPPED),
    (RECIPIENT_STOPPED, STOPPED),
    (RECIPIENT_CHANGED, CHANGED),
    (r"\w*ValueError|\w*HeaderError|Unicode\w+", NO_LETTERS),
    (r"(?:endpoint_)?ended\b.*", ENDED),
    (r"\D*410", GONE),
    (r"\D*3\d\d", LED_AWAY),
    (r"\D*[45]\d\d", ANSWERED_BADLY),
]
_matchers: list[tuple[Callable[[str], object], Promise]] = [
    (re.compile(pattern).fullmatch, sentence) for pattern, sentence in BY_CODE
]


def reason_in_words(code: str) -> str:
    """A whole sentence for a code of the outbox or of a returned message; "" for none."""
    if not code:
        return ""
    if code in Trouble.values:
        return f"{Trouble(code).label}."
    for matches, sentence in _matchers:
        if matches(code):
            return str(sentence)
    return _("It was not delivered (%(code)s).") % {"code": code}
