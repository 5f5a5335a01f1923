from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "registration.units"
    label = "units"
