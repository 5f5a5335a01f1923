from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation

from registration.units.loading import Loading


class Command(BaseCommand):
    help = (
        "Load the reference data shipped with the product, room by room from the ground floor up. "
        "What is missing is added; what was changed here stays and is listed."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        loading = Loading()
        with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
            for room in settings.ROOMS:
                if find_spec(f"{room}.reference"):
                    import_module(f"{room}.reference").load(loading)
        if options["verbosity"]:
            self.report(loading)

    def report(self, loading: Loading) -> None:
        for label in dict.fromkeys([*loading.created, *loading.unchanged, *loading.different]):
            title = apps.get_model(label)._meta.verbose_name_plural
            self.stdout.write(
                f"{title}: {loading.created[label]} created, {loading.unchanged[label]} unchanged,"
                f" {loading.different[label]} different here and kept"
            )
        for difference in loading.kept:
            self.stdout.write(f"  kept: {difference}")
