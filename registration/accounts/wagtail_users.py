"""Wagtail's part for users, with our screens: staff instead of users, no groups to edit.

Stands in INSTALLED_APPS in the place of ``wagtail.users``.
"""

from wagtail.users.apps import WagtailUsersAppConfig


class StaffScreensConfig(WagtailUsersAppConfig):
    user_viewset = "registration.accounts.viewsets.StaffViewSet"
    group_viewset = "registration.accounts.viewsets.NoGroupsViewSet"
