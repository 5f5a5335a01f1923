from wagtail import hooks

from registration.accounts.viewsets import refuse_bulk_action

hooks.register("before_bulk_action", refuse_bulk_action)
