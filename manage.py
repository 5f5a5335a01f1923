#!/usr/bin/env python3
"""The portal's commands: ``manage.py help`` lists them. ``make run`` starts everything."""

import sys

from portal.settings import env


def main() -> None:
    env.use_settings("portal.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
