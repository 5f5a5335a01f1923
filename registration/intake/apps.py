from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "registration.intake"
    label = "intake"
