from django import template

from registration.intake.lines import number_to_dial

register = template.Library()
register.filter("dial", number_to_dial)
