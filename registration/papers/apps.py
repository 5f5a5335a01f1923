from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "registration.papers"
    label = "papers"
