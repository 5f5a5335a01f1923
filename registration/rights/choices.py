from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(TextChoices):
    """What the law lets a person ask (KVKK Law 6698 art. 11; Law 91/2025/QH15 art. 4)."""

    LEARN = "learn", _("Learn what is kept about me")
    CORRECT = "correct", _("Have it corrected")
    ERASE = "erase", _("Have it erased")
    OBJECT = "object", _("Object to its use")
    RESTRICT = "restrict", _("Have its use restricted")


class RequestState(TextChoices):
    # Translators: state of a request about personal data
    RECEIVED = "received", pgettext_lazy("request", "Received")
    # Translators: the first answer went out; the act itself is still due
    ANSWERED = "answered", pgettext_lazy("request", "First answer sent")
    DONE = "done", pgettext_lazy("request", "Carried out")
    REFUSED = "refused", pgettext_lazy("request", "Refused with reasons")


class ActKind(TextChoices):
    """What an officer did with a registration beside answering."""

    CORRECTED = "corrected", _("A registration was corrected")
    LIFTED = "lifted", _("A restriction was lifted")
