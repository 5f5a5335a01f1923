"""The boxes beside the texts that ask for an act (``intake/texts.html``), as they were sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from registration.privacy.rules import require_acts
from registration.privacy.services import ShownText


def is_ticked(shown: ShownText, sent: Mapping[str, str]) -> bool:
    """A text that changed since it was shown is unticked again, to be read anew."""
    return sent.get(f"act_{shown.kind}") == shown.sha256


def texts_with_boxes(texts: Sequence[ShownText], sent: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"shown": shown, "ticked": is_ticked(shown, sent)} for shown in texts]


def ticked_texts(texts: Sequence[ShownText], sent: Mapping[str, str]) -> list[ShownText]:
    """The texts whose boxes were ticked; refuses when one was left open (``consent_missing``)."""
    ticked = [shown for shown in texts if is_ticked(shown, sent)]
    require_acts([shown.kind for shown in ticked], asked=[shown.kind for shown in texts])
    return ticked
