from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "registration.pledges"
    label = "pledges"

    def ready(self) -> None:
        from registration.pledges import holder

        holder.register()
