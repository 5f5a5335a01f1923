from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "registration.privacy"
    label = "privacy"

    def ready(self) -> None:
        from registration.privacy import expiring, holder

        holder.register()
        expiring.register()
