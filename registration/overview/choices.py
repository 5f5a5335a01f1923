from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExportState(TextChoices):
    # Translators: state of a table that is being made
    WAITING = "waiting", _("Waiting")
    # Translators: state of a table that is being made
    RUNNING = "running", _("Being made")
    # Translators: state of a table that is being made
    READY = "ready", _("Ready")
    # Translators: state of a table that is being made
    FAILED = "failed", _("Not made")
    # Translators: state of a table that is being made: stopped by whoever asked for it
    STOPPED = "stopped", _("Stopped")


UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


class Span(TextChoices):
    """What the department's page looks at."""

    # Translators: the figures of the day that is still being counted
    TODAY = "today", _("Today so far")
    DAYS = "14", _("Last 14 days")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    CAMPAIGN = "campaign", _("Campaign")


class Reported(TextChoices):
    """How far a department has told the days that leaders look at."""

    # Translators: a department told every day that has ended
    WHOLE = "whole", _("Reported")
    PART = "part", _("Reported in part")
    NOTHING = "nothing", _("Not reported")
    OPEN = "open", _("Still being counted")
    # Translators: a department has no summary of its own of these days: a holiday, or not begun
    NONE = "none", _("No summary of these days")
