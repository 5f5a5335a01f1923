from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "registration.people"
    label = "people"
