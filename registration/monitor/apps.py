from django.apps import AppConfig


class MonitorConfig(AppConfig):
    name = "registration.monitor"
    label = "monitor"
