"""The day's summary of a department: its hours, its windows, what was frozen and made of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.ledger.kept import KeptModel
from registration.reports.choices import Edition, Format, OnHolidays
from registration.units.choices import active_languages
from registration.units.models import Unit


class ReportHours(models.Model):
    """When a department's day is counted and when its summary is due, on its own clock.

    ``cut_off_at`` is the edge of the window, ``due_at`` the later hour by which the summary must
    lie on the desk (Quảng Ninh 2589/SYT-VP of 18 June 2024: compiled before 16:30 each day).
    Change it with ``services.set_report_hours``, which settles the days that have ended first.
    """

    department = models.OneToOneField(
        Unit, models.CASCADE, related_name="report_hours", verbose_name=_("department")
    )
    cut_off_at = models.TimeField(_("cut-off"))
    due_at = models.TimeField(_("due time"))
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    on_holidays = models.CharField(
        _("on public holidays"), max_length=8, choices=OnHolidays, default=OnHolidays.SEND
    )
    weekends_too = models.BooleanField(_("Saturdays and Sundays count as holidays"), default=False)
    # Eves of Turkish holidays: offices close at 13:00 (Law 2429, article 2).
    half_day_cut_off_at = models.TimeField(_("cut-off on half days"), null=True, blank=True)
    half_day_due_at = models.TimeField(_("due time on half days"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("cut_off_at")), name="due_after_cut_off"
            ),
            models.CheckConstraint(
                condition=models.Q(half_day_cut_off_at__isnull=True, half_day_due_at__isnull=True)
                | models.Q(half_day_due_at__gt=models.F("half_day_cut_off_at")),
                name="half_day_due_after_cut_off",
            ),
        ]
        verbose_name = _("report hours")
        verbose_name_plural = _("report hours")

    def __str__(self) -> str:
        return f"{self.department}: {self.cut_off_at:%H:%M} / {self.due_at:%H:%M}"


class Window(models.Model):
    """One department's day: ``[starts_at, ends_at)`` in UTC, from the hours that held that day."""

    wagtail_reference_index_ignore = True

    department = models.ForeignKey(Unit, models.PROTECT, related_name="windows")
    day = models.DateField()
    zone = models.CharField(max_length=50)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # A holiday on which the department wants nothing sent: counted and frozen all the same.
    is_quiet = models.BooleanField(default=False)
    # Frozen, documents made, deliveries queued: nothing is left to do for this window.
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-ends_at", "department"]
        constraints = [
            models.UniqueConstraint(fields=["department", "ends_at"], name="window_once"),
            # Two windows cannot start at one moment: with window_once the days form one chain.
            models.UniqueConstraint(fields=["department", "starts_at"], name="window_start_once"),
            models.UniqueConstraint(fields=["department", "day"], name="window_day_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="window_has_length"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"],
                condition=models.Q(finished_at__isnull=True),
                name="window_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.day:%Y-%m-%d}"


class Summary(KeptModel):
    """The frozen figures of a window: canonical JSON, its SHA-256, chained to the one before."""

    window = models.OneToOneField(Window, models.PROTECT, related_name="summary")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="summaries")
    serial = models.PositiveIntegerField()
    figures = models.TextField()
    sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ["department", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["department", "serial"], name="summary_serial_once")
        ]

    def __str__(self) -> str:
        return f"{self.department_id} no. {self.serial}"


class Document(KeptModel):
    """A document made from a summary. Kept, so that each later copy is the same to the byte."""

    summary = models.ForeignKey(Summary, models.PROTECT, related_name="documents")
    format = models.CharField(max_length=4, choices=Format)
    edition = models.CharField(max_length=8, choices=Edition, default=Edition.OWN)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summary", "format", "edition"], name="document_once")
        ]

    def __str__(self) -> str:
        return self.name


class Provisional(KeptModel):
    """Figures of a day that is still being counted, as they stood when somebody asked for them.

    Numbered for each department and kept, so that what was told in between can be found again.
    """

    department = models.ForeignKey(Unit, models.PROTECT, related_name="provisionals")
    number = models.PositiveIntegerField()
    figures = models.TextField()
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["department", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["department", "number"], name="provisional_once")
        ]

    def __str__(self) -> str:
        return f"{self.department_id} provisional no. {self.number}"
