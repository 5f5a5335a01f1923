from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "registration.merges"
    label = "merges"

    def ready(self) -> None:
        from registration.merges import holder

        holder.register()
