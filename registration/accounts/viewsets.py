"""The administrators' screen of staff. Groups are an inner matter of the page editor: no screen."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.views.groups import GroupViewSet
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserViewSet

from registration.accounts.choices import Role
from registration.accounts.forms import StaffCreationForm, StaffEditForm
from registration.accounts.models import Staff
from registration.accounts.services import give_roles, remove_second_factor

ROLE_LABELS = dict(Role.choices)


class AdministratorsPolicy(ModelPermissionPolicy):
    """Only administrators, whatever a group may say. Accounts are switched off, never deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active and user.is_superuser and action != "delete")


class NobodyPolicy(ModelPermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return False


def roles_in_words(staff: Staff) -> str:
    return ", ".join(str(ROLE_LABELS[given.role]) for given in staff.roles.all())


class StaffIndexView(IndexView):
    add_item_label = _("Add a member of staff")
    page_title = _("Staff")

    @property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(UserColumn)
        return [
            title("first_name", label=_("Name"), get_url=self.get_edit_url, accessor="shown_name"),
            Column("username", label=_("User name"), sort_key="username"),
            Column("unit", label=_("Unit"), sort_key="unit__folded"),
            Column("roles", label=_("Roles"), accessor=roles_in_words),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last login"), sort_key="last_login"),
        ]

    def get_base_queryset(self) -> Any:
        base = super().get_base_queryset()
        return base.select_related("unit").prefetch_related("roles")


class StaffCreateView(CreateView):
    template_name = "accounts/staff_create.html"
    page_title = _("Add a member of staff")

    def save_instance(self) -> Staff:
        return give_roles(super().save_instance(), self.form.cleaned_data["roles"])


class StaffEditView(EditView):
    template_name = "accounts/staff_edit.html"

    def save_instance(self) -> Staff:
        staff: Staff = super().save_instance()
        answers = self.form.cleaned_data
        # The form leaves out roles when people edit themselves: theirs stay as they are.
        give_roles(staff, answers.get("roles", staff.roles.values_list("role", flat=True)))
        if answers.get("remove_second_factor"):
            remove_second_factor(staff)
        return staff


class StaffViewSet(UserViewSet):
    menu_label = _("Staff")
    index_view_class = StaffIndexView
    add_view_class = StaffCreateView
    edit_view_class = StaffEditView
    copy_view_enabled = False

    @property
    def permission_policy(self) -> AdministratorsPolicy:
        return AdministratorsPolicy(self.model)

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm


class NoGroupsViewSet(GroupViewSet):
    add_to_settings_menu = False

    @property
    def permission_policy(self) -> NobodyPolicy:
        return NobodyPolicy(self.model)


def refuse_bulk_action(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> None:
    """For the hook ``before_bulk_action``: no deleting of staff, no groups past their roles."""
    if action.model is Staff and action_type in ("delete", "assign_role"):
        raise PermissionDenied
