from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "registration.reports"
    label = "reports"
