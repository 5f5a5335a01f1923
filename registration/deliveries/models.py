"""Who receives a department's summaries, how far each one got, and who is told when it is late."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.deliveries.choices import AlarmKind, ChangeKind, Decision, Purpose, Way
from registration.deliveries.rules import CALLED_BACK
from registration.outbox.models import Endpoint, Message
from registration.reports.models import Provisional, Summary, Window
from registration.units.choices import active_languages
from registration.units.models import Unit


class Recipient(models.Model):
    """An office that receives a department's summary. An office, not a person.

    Changed only by what two people agreed on (``Change``).
    """

    department = models.ForeignKey(
        Unit, models.CASCADE, related_name="recipients", verbose_name=_("department")
    )
    office = models.CharField(_("office"), max_length=120)
    way = models.CharField(_("way"), max_length=8, choices=Way, default=Way.EMAIL)
    email = models.EmailField(_("e-mail"), blank=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.ACTION)
    # Formats joined by ";"; a webhook carries the figures themselves.
    formats = models.CharField(_("documents"), max_length=40, default="pdf;xlsx")
    # Outside the department: gets the edition in which small figures are hidden.
    is_outside = models.BooleanField(_("outside the department"), default=False)
    is_active = models.BooleanField(_("receives"), default=True)

    class Meta:
        ordering = ["department", "office"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "email"],
                condition=~models.Q(email=""),
                name="recipient_once",
            )
        ]
        verbose_name = _("recipient of the summary")
        verbose_name_plural = _("recipients of the summary")

    def __str__(self) -> str:
        return self.office


class Change(models.Model):
    """A change of the list of recipients that one person proposed and another decided on."""

    wagtail_reference_index_ignore = True

    department = models.ForeignKey(Unit, models.CASCADE, related_name="recipient_changes")
    recipient = models.ForeignKey(
        Recipient, models.CASCADE, null=True, blank=True, related_name="changes"
    )
    kind = models.CharField(max_length=8, choices=ChangeKind)
    # The recipient's fields "before" and "after", by name; a webhook's address among them.
    wanted = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.AGREED)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="agreed_by_another",
            ),
            models.UniqueConstraint(
                fields=["recipient"],
                condition=models.Q(decision=Decision.WAITING),
                name="one_change_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.wanted['after']['office']}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def that_count(self) -> "DeliveryQuerySet":
        """Without those called back before they went out: they say nothing of their day."""
        return self.exclude(message__last_error__in=CALLED_BACK)


class Delivery(models.Model):
    """One summary to one recipient; the message says how far it got.

    ``copy`` is 1 for what the clock sent and grows with each copy that somebody asked for.
    """

    wagtail_reference_index_ignore = True

    summary = models.ForeignKey(
        Summary, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    provisional = models.ForeignKey(
        Provisional, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="deliveries")
    copy = models.PositiveSmallIntegerField(default=1)
    message = models.OneToOneField(Message, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The mail server took it and sent it back later; the code of its answer, never its text.
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_code = models.CharField(max_length=12, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summary", "recipient", "copy"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["provisional", "recipient", "copy"], name="provisional_delivery_once"
            ),
            models.CheckConstraint(
                condition=models.Q(summary__isnull=False, provisional__isnull=True)
                | models.Q(summary__isnull=True, provisional__isnull=False),
                name="delivery_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summary or self.provisional} → {self.recipient}"


class Watch(models.Model):
    """Whom to tell when a department's summary is late, and the outside service that expects it."""

    department = models.OneToOneField(
        Unit, models.CASCADE, related_name="report_watch", verbose_name=_("department")
    )
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    first_email = models.EmailField(_("first contact: e-mail"))
    second_email = models.EmailField(_("second contact: e-mail"), blank=True)
    second_phone = models.CharField(_("second contact: mobile"), max_length=20, blank=True)
    # A dead-man's switch: called after each delivered summary; its silence is the alarm.
    ping_address = models.URLField(_("address of the outside watch"), blank=True, max_length=300)

    class Meta:
        verbose_name = _("watch over the due time")
        verbose_name_plural = _("watch over the due time")

    def __str__(self) -> str:
        return str(self.department)


class Alarm(models.Model):
    """Once for each window and kind, whoever looks and however often."""

    wagtail_reference_index_ignore = True

    window = models.ForeignKey(Window, models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=8, choices=AlarmKind)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["window", "kind"], name="alarm_once")]

    def __str__(self) -> str:
        return f"{self.window} {self.kind}"


class Ping(models.Model):
    """The call to the outside watch for one window: done once it was answered with 2xx.

    One says that the summary was delivered, one that its due time passed without it; there may be
    both.
    """

    wagtail_reference_index_ignore = True

    window = models.ForeignKey(Window, models.CASCADE, related_name="pings")
    is_failure = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["window", "is_failure"], name="ping_once")]

    def __str__(self) -> str:
        return str(self.window)
