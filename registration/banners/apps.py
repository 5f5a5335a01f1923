from django.apps import AppConfig


class BannersConfig(AppConfig):
    name = "registration.banners"
    label = "banners"
