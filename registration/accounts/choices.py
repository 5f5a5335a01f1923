from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    DEPARTMENT = "department", _("Department officer")
    STEWARD = "steward", _("Data steward")
    HOSPITAL = "hospital", _("Hospital secretary")
    OPERATOR = "operator", _("Operator")


class Right(TextChoices):
    """What a page of the desk may ask for."""

    USE_DESK = "use_desk", _("Use the desk")
    SEE_REPORTS = "see_reports", _("See the department's summaries")
    SEE_ALL_REPORTS = "see_all_reports", _("See every department's summaries")
    SEE_PLEDGES = "see_pledges", _("See the province's registrations")
    SEE_PLACEMENTS = "see_placements", _("See the unit's banner")
    READ_MAILBOX = "read_mailbox", _("Read what the demo sent")
    USE_CMS = "use_cms", _("Edit pages")
