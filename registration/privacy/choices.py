from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TextKind(TextChoices):
    """Notice and consent are two texts and two acts (KVKK art. 6, 10; Law 91/2025/QH15 art. 9)."""

    NOTICE = "notice", _("Privacy notice")
    CONSENT = "consent", _("Consent")
    DECLARATION = "declaration", _("Declaration")


class Act(TextChoices):
    """What the person did."""

    READ = "read", _("Said to have read it")
    AGREED = "agreed", _("Agreed")
    DECLARED = "declared", _("Declared")


class RetentionAct(TextChoices):
    ERASE = "erase", _("Erase")
    # Translators: kept without anything that names or reaches the person
    ANONYMISE = "anonymise", _("Anonymise")
