from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "registration.kit"
    label = "kit"
