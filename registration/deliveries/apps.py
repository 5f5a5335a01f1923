from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "registration.deliveries"
    label = "deliveries"
