from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "registration.records"
    label = "records"
