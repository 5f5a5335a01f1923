from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CampaignKind(TextChoices):
    ORGAN = "organ", _("Organ and tissue donation")
    BLOOD = "blood", _("Blood donation")
