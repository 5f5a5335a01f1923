from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "registration.pledges"
    label = "pledges"

    def ready(self) -> None:
        from registration.ledger.standing import register_waiting
        from registration.pledges import holder
        from registration.pledges.waiting import count_waiting

        holder.register()
        register_waiting(count_waiting)
