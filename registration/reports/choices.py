from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OnHolidays(TextChoices):
    """What a department wants of a day on which its office is closed."""

    # Translators: on public holidays the day's summary is sent as on any other day
    SEND = "send", _("Send as on any day")
    # Translators: on public holidays the summary is made and kept, nothing is sent
    SKIP = "skip", _("Keep it on the desk, send nothing")
    # Translators: a holiday has no summary of its own; the next working day's counts it too
    MERGE = "merge", _("Count it with the next working day")


class Edition(TextChoices):
    """For whom a document is made."""

    # Translators: a document for the department itself, with all figures
    OWN = "own", _("For the department")
    # Translators: a document for others; figures of fewer than five people are hidden
    SHARED = "shared", _("For others: small figures hidden")


class Format(TextChoices):
    PDF = "pdf", _("Letter (PDF)")
    XLSX = "xlsx", _("Workbook (XLSX)")
    CSV = "csv", _("Table (CSV)")
    JSON = "json", _("Figures (JSON)")
