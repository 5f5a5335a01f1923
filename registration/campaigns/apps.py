from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "registration.campaigns"
    label = "campaigns"
