#!/usr/bin/env python3
"""The portal's commands: ``manage.py help`` lists them. ``make run`` starts everything."""

import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    try:
        from portal.settings import env
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    env.use_settings("portal.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
