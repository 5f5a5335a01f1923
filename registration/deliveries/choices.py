from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(TextChoices):
    ACTION = "action", _("For action")
    INFORMATION = "information", _("For information")


class Way(TextChoices):
    """How a recipient gets a summary."""

    EMAIL = "email", _("E-mail with the documents")
    LINK = "link", _("E-mail with a link, documents behind sign-in")
    WEBHOOK = "webhook", _("Webhook: a call to the recipient's own system")


class ChangeKind(TextChoices):
    # Translators: a proposed change of the list of recipients
    ADD = "add", _("Add")
    # Translators: a proposed change of the list of recipients
    EDIT = "edit", _("Change")
    # Translators: a proposed change of the list of recipients: nothing is sent any more
    STOP = "stop", _("Stop")
    # Translators: a proposed change of the list of recipients: it receives again
    RESUME = "resume", _("Resume")


class Decision(TextChoices):
    # Translators: a proposed change that a second person has not decided on yet
    WAITING = "waiting", _("Waiting for a second person")
    AGREED = "agreed", pgettext_lazy("change", "Agreed")
    DECLINED = "declined", pgettext_lazy("change", "Declined")
    # Translators: whoever proposed the change took the proposal back
    TAKEN_BACK = "taken", _("Taken back")


class AlarmKind(TextChoices):
    # Translators: ten minutes before the due time a summary has not been delivered
    WARNING = "warning", _("Due time near")
    # Translators: the due time has passed and a summary has not been delivered
    OVERDUE = "overdue", _("Due time passed")


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
    # Translators: state of a holiday's summary: made and kept, nothing is sent
    KEPT = "kept", _("Kept, not sent")


class Stage(TextChoices):
    """How a department's newest ended day stands against its due time, the most urgent first."""

    # Translators: state of a department's day: due time passed, nothing delivered
    OVERDUE = "overdue", _("Overdue")
    # Translators: state of a department's day: ten minutes left, nothing delivered
    NEAR = "due", _("Due time near")
    # Translators: state of a department's day: at least one office did not get its message
    REFUSED = "failed", _("Refused by an office")
    # Translators: state of a department's day: its summary is being made and sent, there is time
    PENDING = "queued", _("Being made and sent")
    # Translators: state of a department's day: delivered, but after the due time
    LATE = "late", _("Sent late")
    # Translators: state of a department's day: delivered before the due time
    SENT = "sent", _("Sent in time")
    # Translators: state of a department's day: an office has opened it or confirmed its receipt
    RECEIVED = "done", _("Opened or confirmed")
    # Translators: state of a holiday's summary: made and kept, nothing is sent
    KEPT = "kept", _("Kept, not sent")
    # Translators: a department whose first day has not ended yet
    NONE = "draft", _("No day has ended yet")


class Receipt(TextChoices):
    """How far one message with a summary has got."""

    # Translators: state of one delivery: the message has not left yet
    WAITING = "queued", _("Waiting to be sent")
    # Translators: state of one delivery: the receiving server took the message
    ACCEPTED = "sent", _("Accepted by the server")
    # Translators: state of one delivery: it was refused, or given up after days
    FAILED = "failed", _("Not delivered")
    # Translators: state of one delivery: the mail server took the message and returned it later
    BOUNCED = "overdue", _("Returned")
    # Translators: state of one delivery: the link in the message was opened
    OPENED = "info", _("Opened")
    # Translators: state of one delivery: the office said that it has received it
    ACKNOWLEDGED = "done", _("Receipt confirmed")
