from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "registration.rights"
    label = "rights"

    def ready(self) -> None:
        from registration.rights import holder

        holder.register()
