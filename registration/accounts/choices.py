from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    DEPARTMENT = "department", _("Department officer")
    STEWARD = "steward", _("Data steward")
    HOSPITAL = "hospital", _("Hospital secretary")
    OPERATOR = "operator", _("Operator")
    COORDINATOR = "coordinator", _("Transplant coordinator")
    RECEIVER = "receiver", _("Receiver of card lists")
    DATA_OFFICER = "data_officer", _("Data protection officer")
    # Translators: reads the sums over all departments of a country
    MINISTRY = "ministry", _("Ministry officer")


class Right(TextChoices):
    """What a page of the desk may ask for."""

    USE_DESK = "use_desk", _("Use the desk")
    SEE_REPORTS = "see_reports", _("See the department's summaries")
    SEE_ALL_REPORTS = "see_all_reports", _("See every department's summaries")
    KEEP_RECIPIENTS = "keep_recipients", _("Keep the list of the summaries' recipients")
    WATCH_REPORTS = "watch_reports", _("Watch over due times")
    SEE_TOTALS = "see_totals", _("See totals over all departments")
    KEEP_KEYS = "keep_keys", _("Give out keys for machines")
    SEE_PLEDGES = "see_pledges", _("See the province's registrations")
    STEP_PLEDGES = "step_pledges", _("Take a registration's next step")
    ENTER_PLEDGES = "enter_pledges", _("Enter registrations from paper and telephone")
    MERGE_PLEDGES = "merge_pledges", _("Merge registrations of one person")
    LOOK_UP = "look_up", _("Look up one person's registration")
    RECEIVE_CARDS = "receive_cards", _("Receive lists of issued cards")
    ANSWER_REQUESTS = "answer_requests", _("Answer requests about personal data")
    SEE_PLACEMENTS = "see_placements", _("See the unit's banner")
    WATCH_SITES = "watch_sites", _("Watch over the banners on units' websites")
    READ_MAILBOX = "read_mailbox", _("Read what the demo sent")
    USE_CMS = "use_cms", _("Edit pages")
