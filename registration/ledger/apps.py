from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "registration.ledger"
    label = "ledger"

    def ready(self) -> None:
        from registration.banners.progress import register_progress
        from registration.ledger.progress import count_reached

        register_progress(count_reached)
