from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "registration.cards"
    label = "cards"

    def ready(self) -> None:
        from registration.cards import holder
        from registration.cards.services import move_card
        from registration.pledges.carrying import register_carrier

        holder.register()
        register_carrier(move_card)
