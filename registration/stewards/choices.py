from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.pledges.choices import StepKind
from registration.units.choices import PledgeKind


class ViewReason(TextChoices):
    """Why a member of staff opens one person's registration."""

    STEP = "step", _("Work on the next step")
    CALL = "call", _("The person called or came")
    QUALITY = "quality", _("Check of the data's quality")
    OTHER = "other", _("Another reason")


class DeskActKind(TextChoices):
    """What a desk decided that is no step."""

    ACCEPTED = "accepted", _("Found to be the same person")
    CONTESTED = "contested", _("Found not to be the same person")
    CONTACT_CHANGED = "contact", _("New contact written down")


class Outcome(TextChoices):
    """How a request to withdraw at the desk ended; empty while it waits."""

    WITHDRAWN = "withdrawn", pgettext_lazy("registration", "Withdrawn")
    REFUSED = "refused", _("Refused")
    # Translators: whoever asked for it took the request back
    TAKEN_BACK = "taken_back", pgettext_lazy("staff request", "Taken back")


# A step's own name says that it was taken; these say that it is still to be.
WAITS: dict[str, str | Promise] = {
    StepKind.CONFIRM: StepKind.CONFIRM.label,
    StepKind.COMPARE: StepKind.COMPARE.label,
    # Translators: next step of a registration: what is still to be done
    StepKind.CONTACTED: pgettext_lazy("next step", "To be contacted"),
    StepKind.PAPER_SEEN: pgettext_lazy("next step", "To be checked against the identity paper"),
    StepKind.PASSED_ON: pgettext_lazy("next step", "To be passed to a receiver"),
    StepKind.COUNSELLED: pgettext_lazy("next step", "To be advised"),
    StepKind.FORM_SIGNED: pgettext_lazy("next step", "Signed form awaited"),
    StepKind.CARD_ISSUED: pgettext_lazy("next step", "Card to be issued"),
    StepKind.CARD_POSTED: pgettext_lazy("next step", "Card to be posted"),
    StepKind.LISTED: pgettext_lazy("next step", "To be listed at the national centre"),
    # Translators: next step of a Turkish intent; the person makes the legal statement elsewhere
    StepKind.HANDED_OVER: pgettext_lazy("next step", "Waits for the person"),
    # Translators: next step of a registration that ended or has come to its end
    "": pgettext_lazy("next step", "Nothing to do"),
}
# Translators: next step of a Turkish intent; the person asked for help and is to be called
HELP_WAITS = pgettext_lazy("next step", "Help asked")


def name_of_wait(step: str, kind: str) -> str:
    """What a registration waits for, in words."""
    if kind == PledgeKind.INTENT and step == StepKind.CONTACTED:
        return str(HELP_WAITS)
    return str(WAITS.get(step, ""))
