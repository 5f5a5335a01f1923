"""Notices and consents for editors, the rules of retention for administrators.

Drafts of texts are edited, texts in use are only read and copied. Of a rule the number of days, its
source and whether it is in use can be changed.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import EditView

from registration.common.errors import RuleBroken
from registration.common.panels import KeepPolicy, KeptViewSet, translated_tabs
from registration.privacy.models import LegalText, RetentionRule
from registration.privacy.services import activate_text, new_version


class DraftEditView(EditView):
    """A text in use may be looked at and copied; to edit it leads back to looking."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.is_active:
            messages.error(request, gettext("A text in use is never changed. Make a new version."))
            inspect = LegalText.snippet_viewset.get_url_name("inspect")  # type: ignore[attr-defined]
            return redirect(reverse(inspect, args=[self.object.pk]))
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class LegalTextViewSet(KeptViewSet):
    model = LegalText
    icon = "doc-full"
    menu_label = _("Notices and consents")
    list_display = ["__str__", "jurisdiction", "kind", "version", BooleanColumn("is_active")]
    list_filter = ["jurisdiction", "kind"]
    ordering = ["jurisdiction", "purpose", "kind", "-version"]
    inspect_view_enabled = True
    menu_order = 60
    list_with = ["jurisdiction"]
    edit_handler = translated_tabs(
        LegalText,
        ["title", "body"],
        ["jurisdiction", "kind", "purpose", "version", "needs_new_consent"],
    )
    edit_view_class = DraftEditView

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("activate/<int:pk>/", self.activate, name="activate"),
            path("new-version/<int:pk>/", self.copy_text, name="new_version"),
        ]

    def activate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows what will be fixed for good; POST puts the text in use."""
        text = self._permitted(request, pk)
        if request.method != "POST":
            return self._ask(request, text, "privacy/activate.html")
        try:
            activate_text(text, now=timezone.now())
        except RuleBroken as error:
            messages.error(request, error.sentence)
            return redirect(self._address("edit", pk))
        log(text, "wagtail.publish", user=request.user)
        messages.success(request, gettext("The text is in use from now on and cannot be changed."))
        return redirect(self._address("inspect", pk))

    def copy_text(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = self._permitted(request, pk)
        if request.method != "POST":
            return self._ask(request, text, "privacy/new_version.html")
        copy = new_version(text)
        log(copy, "wagtail.create", user=request.user)
        return redirect(self._address("edit", copy.pk))

    def _permitted(self, request: HttpRequest, pk: int) -> LegalText:
        if not self.permission_policy.user_has_permission(request.user, "change"):
            raise PermissionDenied
        return get_object_or_404(LegalText, pk=pk)

    def _ask(self, request: HttpRequest, text: LegalText, template: str) -> HttpResponse:
        back = self._address("inspect" if text.is_active else "edit", text.pk)
        return render(request, template, {"text": text, "back": back})

    def _address(self, name: str, pk: int) -> str:
        return reverse(self.get_url_name(name), args=[pk])


class RulePolicy(KeepPolicy):
    """Administrators change rules; new ones come with the code that carries them out."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        may_change = bool(user.is_active and user.is_superuser)
        return may_change and action != "add" and super().user_has_permission(user, action)


class RetentionRuleViewSet(KeptViewSet):
    model = RetentionRule
    icon = "bin"
    menu_label = _("Retention rules")
    list_display = [
        "__str__",
        "act",
        "after_days",
        "at_most_days",
        BooleanColumn("is_active"),
        "source",
    ]
    list_filter = ["jurisdiction", "record_class", "is_active"]
    ordering = ["jurisdiction", "record_class", "state"]
    menu_order = 61
    list_with = ["jurisdiction"]
    edit_handler = ObjectList(
        [
            FieldPanel("jurisdiction", read_only=True),
            FieldPanel("record_class", read_only=True),
            FieldPanel("state", read_only=True),
            FieldPanel("act", read_only=True),
            FieldPanel("at_most_days", read_only=True),
            FieldPanel("after_days"),
            FieldPanel("is_active"),
            FieldPanel("source"),
        ]
    )

    @property
    def permission_policy(self) -> RulePolicy:
        return RulePolicy(self.model)
