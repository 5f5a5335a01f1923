from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PledgeState(TextChoices):
    # Translators: state of a registration: its owner has not confirmed it yet
    RECEIVED = "received", pgettext_lazy("registration", "Unconfirmed")
    CONFIRMED = "confirmed", pgettext_lazy("registration", "Confirmed")
    # Translators: a later registration of the same person took its place
    REPLACED = "replaced", pgettext_lazy("registration", "Replaced")
    WITHDRAWN = "withdrawn", pgettext_lazy("registration", "Withdrawn")
    # Translators: confirmed from another address than the person's earlier registration; a desk
    # or the owner of the earlier one must say whether it is the same person
    WAITING = "waiting", pgettext_lazy("registration", "To be compared")
    # Translators: somebody who was written to said that the registration is not theirs
    CONTESTED = "contested", pgettext_lazy("registration", "Contested")
    # Translators: found to be of the same person as another registration, which stays
    MERGED = "merged", pgettext_lazy("registration", "Merged")


ACTIVE_STATES = (PledgeState.CONFIRMED,)
OPEN_STATES = (PledgeState.RECEIVED, PledgeState.CONFIRMED, PledgeState.WAITING)


class StepKind(TextChoices):
    """What happens with a registration after it came, in the order of law and practice.

    The first two are waited for and never taken by hand.
    """

    CONFIRM = "confirm", pgettext_lazy("step", "Confirmation by its owner")
    COMPARE = "compare", pgettext_lazy("step", "Comparison with the earlier registration")
    CONTACTED = "contacted", pgettext_lazy("step", "Contacted")
    PAPER_SEEN = "paper_seen", pgettext_lazy("step", "Checked against the identity paper")
    PASSED_ON = "passed_on", pgettext_lazy("step", "Passed to a receiver")
    COUNSELLED = "counselled", pgettext_lazy("step", "Advised")
    FORM_SIGNED = "form_signed", pgettext_lazy("step", "Signed form received")
    CARD_ISSUED = "card_issued", pgettext_lazy("step", "Card issued")
    CARD_POSTED = "card_posted", pgettext_lazy("step", "Card posted")
    LISTED = "listed", pgettext_lazy("step", "Listed at the national centre")
    # Translators: the person says that the statement was made in e-Devlet, e-Nabız or on paper
    HANDED_OVER = "handed_over", pgettext_lazy("step", "Said to be done")
    HELP_ASKED = "help_asked", pgettext_lazy("step", "Asked for help")


class OrganChoice(TextChoices):
    """How the organs are chosen. What is kept is always the list, never the word "all"."""

    ALL = "all", _("All the organs and tissues in the list")
    SOME = "some", _("Only those I tick below")
    LATER = "later", _("I do not want to say this here")


class LinkPurpose(TextChoices):
    """What a link or code in a message opens."""

    CONFIRM = "pledge.confirm"
    CONTEST = "pledge.contest"
    RECORD = "pledge.record"
    FOLLOW_UP = "pledge.follow_up"
    RELATIVE = "pledge.relative"
