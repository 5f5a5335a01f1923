"""Wagtail's screen for a department's hours, with the days ahead as the hours make them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSetGroup

from registration.common.errors import RuleBroken
from registration.common.panels import KeptViewSet
from registration.reports.ahead import preview, soon_note, standing_note
from registration.reports.models import ReportHours, Window
from registration.reports.rules import (
    DAY,
    require_due_after_cut_off,
    require_half_day_hours,
    require_recent_start,
)
from registration.reports.services import set_report_hours
from registration.reports.windows import plan_of


class ReportHoursForm(WagtailAdminModelForm):
    """Saves through the service, which settles the days that have ended before hours change."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("cut_off_at") and cleaned.get("due_at"):
            self._ask(
                require_due_after_cut_off, cut_off=cleaned["cut_off_at"], due=cleaned["due_at"]
            )
        if {"half_day_cut_off_at", "half_day_due_at"} <= cleaned.keys():
            self._ask(
                require_half_day_hours,
                cut_off=cleaned["half_day_cut_off_at"],
                due=cleaned["half_day_due_at"],
            )
        if cleaned.get("starts_on") and {"starts_on", "ends_on"} & set(self.changed_data):
            starts_on = self._first_day_anew(cleaned["starts_on"])
            self._ask(require_recent_start, starts_on, today=timezone.now().date())
        return cleaned

    def _ask(self, rule: Callable[..., None], *values: Any, **more: Any) -> None:
        try:
            rule(*values, **more)
        except RuleBroken as broken:
            self.add_error(broken.field, broken.sentence)

    def _first_day_anew(self, starts_on: date) -> date:
        """The day from which windows would be laid down when an end that has passed goes away."""
        if "starts_on" in self.changed_data:
            return starts_on
        last = Window.objects.filter(department=self.instance.department_id).first()
        return max(starts_on, last.day + DAY) if last else starts_on

    def save(self, commit: bool = True) -> ReportHours:
        answers = {name: self.cleaned_data[name] for name in self._meta.fields}
        kept = set_report_hours(answers.pop("department"), **answers, now=timezone.now())
        self.instance = kept
        return kept


class DaysAheadPanel(Panel):
    """What the hours make of the next days: cut-off, due time, sent or not."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "reports/days_ahead.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            # As they are saved: the form may just have been refused.
            saved = ReportHours.objects.select_related("department__jurisdiction")
            now, plan = timezone.now(), plan_of(saved.get(pk=self.instance.pk))
            return context | {
                "note": standing_note(plan, now=now),
                "warning": soon_note(plan, now=now),
                "rows": preview(plan, now=now),
            }


class SettledView:
    """After saving, says which day is being counted now and shows the days ahead."""

    object: ReportHours

    def get_success_message(self, *_instance: ReportHours) -> str:
        note = standing_note(plan_of(self.object), now=timezone.now())
        return f"{super().get_success_message(*_instance)} {note}"  # type: ignore[misc]

    def get_success_url(self) -> str:
        return str(self.get_edit_url())  # type: ignore[attr-defined]

    def get_success_buttons(self) -> list[Any]:
        return []


class AddHoursView(SettledView, CreateView):
    pass


class EditHoursView(SettledView, EditView):
    pass


class ReportHoursViewSet(KeptViewSet):
    """Hours are not deleted: windows that were laid down still need them."""

    model = ReportHours
    # In the group's menu, not among the reference rows.
    menu_hook = ""
    list_with = ["department"]
    icon = "time"
    menu_label = _("Report hours")
    list_display = ["department", "cut_off_at", "due_at", "on_holidays", "starts_on", "ends_on"]
    add_view_class = AddHoursView
    edit_view_class = EditHoursView
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
            MultiFieldPanel(
                [
                    FieldPanel(
                        "on_holidays",
                        help_text=_(
                            "Nothing is lost: what comes in on a holiday is counted in any case."
                            " A last day that is a holiday has a summary of its own."
                        ),
                    ),
                    FieldPanel("weekends_too"),
                ],
                _("Holidays"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("half_day_cut_off_at"),
                    FieldPanel(
                        "half_day_due_at",
                        help_text=_(
                            "Half days are eves on which offices close early. Leave both hours"
                            " empty where the ordinary hours hold on them too."
                        ),
                    ),
                ],
                _("Half days"),
            ),
            FieldPanel("language"),
            MultiFieldPanel([FieldPanel("starts_on"), FieldPanel("ends_on")], _("Period")),
            DaysAheadPanel(heading=_("The next 14 days with the saved hours")),
        ],
        base_form_class=ReportHoursForm,
    )


class ReportsGroup(SnippetViewSetGroup):
    menu_label = _("Daily summaries")
    menu_icon = "calendar-check"
    items = (ReportHoursViewSet,)
