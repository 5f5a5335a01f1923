from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "registration.ledger"
    label = "ledger"
