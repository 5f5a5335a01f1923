"""What a log line must not hold."""

import logging
import re

TOKEN = re.compile(
    r"(/pledge/(?:received|confirm|confirmed|not-mine|follow-up)/"
    r"|/record/(?:open|not-me)/|/my-data/sent/|(?<!/desk)/numbers/(?:offer/)?|/c/|/password/reset/key/"
    r"|/desk/deliveries/d/)[^/\s]+"
)


class HideTokens(logging.Filter):
    """Takes one-time tokens out of the addresses that errors and refusals name."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = TOKEN.sub(r"\1-", record.getMessage()), ()
        return True
