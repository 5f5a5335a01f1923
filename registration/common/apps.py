from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "registration.common"
    label = "common"
