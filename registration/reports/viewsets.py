"""Wagtail's screens for a department's hours and its list of recipients."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from registration.common.errors import RuleBroken
from registration.reports.models import Recipient, ReportHours
from registration.reports.rules import require_due_after_cut_off, require_recent_start
from registration.reports.services import set_report_hours


class ReportHoursForm(WagtailAdminModelForm):
    """Saves through the service, which settles the days that have ended before hours change."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        try:
            if cleaned.get("cut_off_at") and cleaned.get("due_at"):
                require_due_after_cut_off(cut_off=cleaned["cut_off_at"], due=cleaned["due_at"])
            if cleaned.get("starts_on") and "starts_on" in self.changed_data:
                require_recent_start(cleaned["starts_on"], today=timezone.now().date())
        except RuleBroken as broken:
            self.add_error(broken.field, broken.sentence)
        return cleaned

    def save(self, commit: bool = True) -> ReportHours:
        kept = set_report_hours(
            self.cleaned_data["department"],
            cut_off_at=self.cleaned_data["cut_off_at"],
            due_at=self.cleaned_data["due_at"],
            language=self.cleaned_data["language"],
            starts_on=self.cleaned_data["starts_on"],
            ends_on=self.cleaned_data["ends_on"],
            now=timezone.now(),
        )
        self.instance = kept
        return kept


class ReportHoursViewSet(SnippetViewSet):
    model = ReportHours
    icon = "time"
    menu_label = _("Report hours")
    list_display = ["department", "cut_off_at", "due_at", "language", "starts_on", "ends_on"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "A change holds from the day that is being counted; days that have ended keep"
                    " their hours. To stop the summaries, set the last day."
                )
            ),
            FieldPanel("department"),
            MultiFieldPanel([FieldPanel("cut_off_at"), FieldPanel("due_at")], _("Each day")),
            FieldPanel("language"),
            MultiFieldPanel([FieldPanel("starts_on"), FieldPanel("ends_on")], _("Period")),
        ],
        base_form_class=ReportHoursForm,
    )


class RecipientViewSet(SnippetViewSet):
    model = Recipient
    icon = "mail"
    menu_label = _("Recipients")
    list_display = ["office", "department", "email", "language", "purpose", "is_active"]
    list_filter = ["department", "is_active"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "An office, not a person: the address should be one that an office reads."
                )
            ),
            FieldPanel("department"),
            FieldPanel("office"),
            FieldPanel("email"),
            FieldPanel("language"),
            FieldPanel("purpose"),
            FieldPanel("is_active"),
        ]
    )


class ReportsGroup(SnippetViewSetGroup):
    menu_label = _("Daily summaries")
    menu_icon = "calendar-check"
    items = (ReportHoursViewSet, RecipientViewSet)
