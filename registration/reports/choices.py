from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    ACTION = "action", _("For action")
    INFORMATION = "information", _("For information")


class Format(TextChoices):
    PDF = "pdf", _("Letter (PDF)")
    XLSX = "xlsx", _("Workbook (XLSX)")
    JSON = "json", _("Figures (JSON)")


class WindowState(TextChoices):
    """How far a department's day has got."""

    # Translators: state of a day's summary: its figures are being counted and frozen
    WAITING = "waiting", _("Being compiled")
    # Translators: state of a day's summary: fixed for good, not yet sent
    FROZEN = "frozen", _("Frozen")
    # Translators: state of a day's summary: messages are queued
    QUEUED = "queued", _("Being sent")
    SENT = "sent", _("Sent")
    # Translators: state of a day's summary: at least one recipient did not get it
    FAILED = "failed", _("Delivery failed")
    # Translators: state of a day's summary: frozen, but nobody is on the list
    UNADDRESSED = "due", _("No recipients")
