"""The editors' form of a prompt: where it stands, and the banners that are its wordings."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from registration.banners.models import Banner, Prompt
from registration.banners.prompts import (
    close_wordings,
    require_new_place,
    require_wordings,
    set_wordings,
)
from registration.common.errors import RuleBroken


class PromptForm(WagtailAdminModelForm):
    banners = forms.ModelMultipleChoiceField(
        queryset=Banner.objects.all(),
        label=_("Wordings"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Two to six banners. Each is shown as often as the others."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prompt: Prompt = self.instance
        if prompt.pk:
            # Counts and registrations name them.
            for name in ("unit", "language"):
                self.fields[name].disabled = True
            self.initial["banners"] = list(
                prompt.wordings.filter(closed_at__isnull=prompt.closed_at is None).values_list(
                    "banner", flat=True
                )
            )
        self.fields["banners"].queryset = Banner.objects.filter(live=True) | Banner.objects.filter(
            pk__in=self.initial.get("banners", [])
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._look_for_another(cleaned)
        unit, banners = cleaned.get("unit"), cleaned.get("banners")
        if unit and banners:
            prompt: Prompt = self.instance
            held = prompt.wordings.values_list("banner", flat=True) if prompt.pk else []
            day = timezone.localdate(timezone=unit.jurisdiction.zone)
            try:
                require_wordings(list(banners), unit, day=day, held=list(held))
            except RuleBroken as error:
                self.add_error("banners", error.sentence)
        return cleaned

    def _look_for_another(self, cleaned: dict[str, Any]) -> None:
        unit, place, language = (cleaned.get(name) for name in ("unit", "place", "language"))
        if not (unit and place and language) or cleaned.get("closed_at"):
            return
        try:
            require_new_place(unit, place=place, language=language, but_for=self.instance.pk or 0)
        except RuleBroken as error:
            self.add_error("place", error.sentence)

    def save(self, commit: bool = True) -> Prompt:
        """An end closes the wordings too; without one, those that are ticked are shown."""
        prompt: Prompt = super().save(commit)
        if prompt.closed_at is not None:
            close_wordings(prompt, now=timezone.now())
        else:
            set_wordings(prompt, list(self.cleaned_data["banners"]), now=timezone.now())
        return prompt
