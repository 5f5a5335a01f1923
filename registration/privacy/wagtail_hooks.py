"""Registers the screens of this room with the editors' admin."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import ListingButton
from wagtail.snippets.models import register_snippet

from registration.privacy.models import LegalText
from registration.privacy.viewsets import LegalTextViewSet, RetentionRuleViewSet

register_snippet(LegalTextViewSet)
register_snippet(RetentionRuleViewSet)


@hooks.register("register_snippet_listing_buttons")
def legal_text_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    """In the list: put a draft in use, or start a new version of any text."""
    if not isinstance(snippet, LegalText):
        return
    names: LegalTextViewSet = snippet.snippet_viewset  # type: ignore[attr-defined]
    if not snippet.is_active:
        address = reverse(names.get_url_name("activate"), args=[snippet.pk])
        yield ListingButton(_("Put in use"), address, icon_name="check", priority=40)
    address = reverse(names.get_url_name("new_version"), args=[snippet.pk])
    yield ListingButton(_("New version"), address, icon_name="copy", priority=50)
