from django.apps import AppConfig


class ReachConfig(AppConfig):
    name = "registration.reach"
    label = "reach"
