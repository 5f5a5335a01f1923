from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from home.targets import page_of_campaign
        from registration.banners.targets import register_finder

        register_finder(page_of_campaign)
