"""What the editors' screens of reference rows share: language tabs, folded search, no deleting."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms import CharField, TextInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel, TabbedInterface
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from registration.common.folding import fold

# One menu for the rows of all rooms; `units` registers the menu, each viewset names the hook.
DATA_MENU_HOOK = "register_registration_data_menu_item"
# The form field is hidden from everyone but administrators.
ADMINISTRATORS_ONLY = "superuser"


def translated_tabs(
    model: type[models.Model],
    translated: Sequence[str],
    shared: Iterable[str | Panel] = (),
) -> TabbedInterface:
    """A first tab with what is the same in each language, then one tab for each language in use.

    Without this the form shows the base column, and what is typed there is lost.
    """
    panels = [FieldPanel(part) if isinstance(part, str) else part for part in shared]
    tabs = [ObjectList(panels, heading=_("General"))] if panels else []
    names: dict[str, Any] = {f.name: f.verbose_name for f in model._meta.fields}
    for code, label in settings.LANGUAGES:
        fields = [
            FieldPanel(
                build_localized_fieldname(name, code),
                heading=f"{names[name]} ({label})",
                attrs={"lang": code},
            )
            for name in translated
        ]
        tabs.append(ObjectList(fields, heading=label))
    return TabbedInterface(tabs)


class FoldedIndexView(IndexView):
    """Searches in the folded column, so that ``ilgin`` finds Ilgın and ``ha long`` Hạ Long.

    Neither database's own search does that.
    """

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_searching:
            return queryset
        (column,) = self.search_fields
        return queryset.filter(**{f"{column}__contains": fold(self.search_query)})


class FoldedSearchForm(BaseFilterForm):
    q = CharField(
        label=_("Search term"),
        widget=TextInput(attrs={"placeholder": _("Search by name")}),
        required=False,
    )

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        query = self.cleaned_data.get("q")
        if not query:
            return objects
        self.is_searching = True
        self.search_query = query
        return objects.filter(folded__contains=fold(query))


class FoldedChooseView(ChooseView):
    filter_form_class = FoldedSearchForm


class FoldedChooseResultsView(ChooseResultsView):
    filter_form_class = FoldedSearchForm


class FoldedChooserViewSet(SnippetChooserViewSet):
    """Choosing among hundreds of units asks for a search that ignores accents."""

    choose_view_class = FoldedChooseView
    choose_results_view_class = FoldedChooseResultsView


class RowViewSet(SnippetViewSet):
    """A staff screen in the menu of reference rows; ``list_with`` names rows to fetch along."""

    menu_hook = DATA_MENU_HOOK
    list_with: Sequence[str] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.model._default_manager.select_related(*self.list_with)


class KeepPolicy(ModelPermissionPolicy):
    """Rows that figures and registrations lean on, or that the next load would bring back."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)


class KeptViewSet(RowViewSet):
    """A staff screen without deleting. Copying is off as well: codes must not be twins."""

    copy_view_enabled = False

    @property
    def permission_policy(self) -> KeepPolicy:
        return KeepPolicy(self.model)


def refuse_deletion(request: HttpRequest, instances: Iterable[models.Model]) -> None:
    """For the hook ``before_delete_snippet``: deleting several at once asks no policy."""
    for instance in instances:
        if isinstance(getattr(instance, "snippet_viewset", None), KeptViewSet):
            raise PermissionDenied
