from django.apps import AppConfig


class EntriesConfig(AppConfig):
    name = "registration.entries"
    label = "entries"
