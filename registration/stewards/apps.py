from django.apps import AppConfig


class StewardsConfig(AppConfig):
    name = "registration.stewards"
    label = "stewards"

    def ready(self) -> None:
        from registration.stewards import holder

        holder.register()
