from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "registration.privacy"
    label = "privacy"
