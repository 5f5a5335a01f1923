from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "registration.outbox"
    label = "outbox"
