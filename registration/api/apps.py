from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "registration.api"
    label = "api"
