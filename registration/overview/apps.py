from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "registration.overview"
    label = "overview"
