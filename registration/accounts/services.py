"""What an administrator does with accounts of staff."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupPagePermission, Page
from wagtail.users.models import UserProfile

from registration.accounts.choices import Role
from registration.accounts.models import Staff, StaffRole
from registration.accounts.rules import (
    require_fitting_roles,
    require_plain_email,
    require_username,
)
from registration.common.errors import RuleBroken
from registration.common.folding import canonical_email, clean_text
from registration.units.models import Unit

# The group through which the page editor knows our editors; no screen edits it.
EDITORS = "Editors"
EDITORS_ON_PAGES = ("add_page", "change_page")
# By name, because the rooms lie above this one. Nothing that widens anybody's rights is here.
EDITORS_ON_ROWS = (
    "wagtailadmin.access_admin",
    "units.change_unit",
    "units.add_callline",
    "units.change_callline",
    "units.delete_callline",
    "campaigns.add_campaign",
    "campaigns.change_campaign",
    "campaigns.add_unittarget",
    "campaigns.change_unittarget",
    "campaigns.delete_unittarget",
    "banners.add_banner",
    "banners.change_banner",
    "banners.add_placement",
    "banners.change_placement",
    "wagtailredirects.add_redirect",
    "wagtailredirects.change_redirect",
    "wagtailredirects.delete_redirect",
)


@transaction.atomic
def make_staff(
    username: str,
    *,
    name: str,
    email: str = "",
    unit: Unit | None = None,
    roles: Iterable[str] = (),
    language: str = "en",
    password: str | None = None,
) -> Staff:
    """Make an account that may sign in at once; without a password it must first be set by mail.

    Refuses ``username_not_plain``, ``username_taken``, ``email_not_plain``, ``email_taken``,
    ``weak_password``, ``role_unknown``, ``unit_missing``.
    """
    address = canonical_email(email) if email else ""
    require_username(username)
    require_plain_email(address)
    if Staff.objects.filter(username=username).exists():
        raise RuleBroken(
            "username_taken", _("Somebody has this user name already."), field="username"
        )
    if address and Staff.objects.filter(email=address).exists():
        raise RuleBroken("email_taken", _("Somebody has this e-mail already."), field="email")
    staff = Staff(
        username=username,
        first_name=clean_text(name),
        email=address,
        unit=unit,
        language=language,
    )
    _set_password(staff, password)
    staff.save()
    give_roles(staff, roles)
    return staff


def _set_password(staff: Staff, password: str | None) -> None:
    if password is None:
        staff.set_unusable_password()
        return
    try:
        validate_password(password, user=staff)
    except ValidationError as error:
        raise RuleBroken("weak_password", " ".join(error.messages), field="password") from error
    staff.set_password(password)


@transaction.atomic
def give_roles(staff: Staff, roles: Iterable[str]) -> Staff:
    """Give exactly these roles, from the next request on.

    An administrator passes every check of the page editor; an editor is in the group of editors;
    nobody else can open it. Refuses ``role_unknown``, ``unit_missing`` and, for the last active
    administrator, ``last_administrator``.
    """
    wanted = {str(role) for role in roles}
    require_fitting_roles(wanted, has_unit=staff.unit_id is not None)
    if Role.ADMINISTRATOR not in wanted:
        _require_another_administrator(staff)
    staff.roles.exclude(role__in=wanted).delete()
    StaffRole.objects.bulk_create(
        [StaffRole(staff=staff, role=role) for role in sorted(wanted)], ignore_conflicts=True
    )
    staff.is_superuser = Role.ADMINISTRATOR in wanted
    staff.save(update_fields=["is_superuser"])
    staff.__dict__.pop("_role_names", None)
    staff.groups.set([editors_group()] if Role.EDITOR in wanted else [])
    set_editor_preferences(staff)
    return staff


def _require_another_administrator(staff: Staff) -> None:
    administrators = Staff.objects.select_for_update().filter(is_superuser=True, is_active=True)
    left = administrators.exclude(pk=staff.pk)
    if staff.pk and administrators.filter(pk=staff.pk).exists() and not left.exists():
        raise RuleBroken(
            "last_administrator",
            _("This is the only administrator. Make another one first."),
            field="roles",
        )


def set_editor_preferences(staff: Staff) -> None:
    """Let the page editor speak the person's language and show their unit's time."""
    profile = UserProfile.get_for_user(staff)
    profile.preferred_language = staff.language
    profile.current_time_zone = staff.unit.jurisdiction.time_zone if staff.unit else ""
    profile.save()


def editors_group() -> Group:
    """The group of editors, with the permissions that belong to it."""
    group, _made = Group.objects.get_or_create(name=EDITORS)
    wanted = Q(pk__in=[])
    for name in EDITORS_ON_ROWS:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    group.permissions.add(*Permission.objects.filter(wanted))
    root = Page.get_first_root_node()
    if root is not None:
        on_pages = Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=EDITORS_ON_PAGES
        )
        for permission in on_pages:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    return group


@transaction.atomic
def remove_second_factor(staff: Staff) -> int:
    """After a lost phone: forget their authenticator app and recovery codes; the number forgotten.

    Their password alone then leads to nothing but the page that sets up a new one.
    """
    return Authenticator.objects.filter(user=staff).delete()[0]
