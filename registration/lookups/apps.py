from django.apps import AppConfig


class LookupsConfig(AppConfig):
    name = "registration.lookups"
    label = "lookups"

    def ready(self) -> None:
        from registration.lookups import holder

        holder.register()
