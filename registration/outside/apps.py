from django.apps import AppConfig


class OutsideConfig(AppConfig):
    name = "registration.outside"
    label = "outside"
