from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    PLEDGE_RECEIVED = "pledge.received", _("Received")
    PLEDGE_CONFIRMED = "pledge.confirmed", _("Confirmed")
    PLEDGE_CHANGED = "pledge.changed", _("Changed")
    PLEDGE_WITHDRAWN = "pledge.withdrawn", _("Withdrawn")
    PLEDGE_HANDED_OVER = "pledge.handed_over", _("Handed over")
    PLEDGE_CARD_ISSUED = "pledge.card_issued", _("Card issued")
    PLEDGE_MERGED = "pledge.merged", _("Merged")
    # They name an earlier event in ``corrects``: it counts no more, or counts again.
    ENTRY_TAKEN_BACK = "entry.taken_back", _("Taken back")
    ENTRY_RESTORED = "entry.restored", _("Restored")
    SIGNUP_BOOKED = "signup.booked", _("Booked")
    SIGNUP_CANCELLED = "signup.cancelled", _("Cancelled")
    SIGNUP_ARRIVED = "signup.arrived", _("Arrived")
    SIGNUP_NO_SHOW = "signup.no_show", _("Did not come")
    DONATION_GIVEN = "donation.given", _("Given")
    DONATION_DEFERRED = "donation.deferred", _("Deferred")


class EntryChannel(TextChoices):
    """How a registration came in."""

    WEB = "web", _("Website")
    BANNER = "banner", _("Banner")
    QR = "qr", _("QR code")
    DESK = "desk", _("Desk")
    PAPER = "paper", _("Paper")
    PHONE = "phone", _("Telephone")
    IMPORT = "import", _("Import")


class Sex(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    UNKNOWN = "unknown", _("Not stated")


class AgeBand(TextChoices):
    A18 = "18-24", "18–24"
    A25 = "25-34", "25–34"
    A35 = "35-44", "35–44"
    A45 = "45-54", "45–54"
    A55 = "55-64", "55–64"
    A65 = "65+", "65+"
    UNKNOWN = "unknown", _("Not stated")
