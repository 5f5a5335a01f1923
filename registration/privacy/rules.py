"""Which act belongs to which text, and when a text may be used. Pure."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.privacy.choices import Act, TextKind

ACTS = {
    TextKind.NOTICE: Act.READ,
    TextKind.CONSENT: Act.AGREED,
    TextKind.DECLARATION: Act.DECLARED,
}
# Without these two nobody can be registered; a declaration only where the law has one.
ALWAYS_ASKED = (TextKind.NOTICE, TextKind.CONSENT)


def require_complete(words: Mapping[str, tuple[str, str]], languages: Collection[str]) -> None:
    """Refuses a text without title or body in one of the languages (``text_incomplete``)."""
    missing = [code for code in languages if not all(words.get(code, ("", "")))]
    if missing:
        raise RuleBroken(
            "text_incomplete",
            _("The text cannot be used: title or body is missing in %(languages)s."),
            languages=", ".join(missing),
        )


def require_acts(given: Collection[TextKind], *, asked: Collection[TextKind]) -> None:
    """Refuses when an act on one of the texts asked for is missing (``consent_missing``)."""
    if set(asked) - set(given):
        raise RuleBroken(
            "consent_missing",
            _("Nothing was sent. Tick each box to say that you have read and agree."),
        )
