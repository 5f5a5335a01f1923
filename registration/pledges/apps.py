from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "registration.pledges"
    label = "pledges"
