"""House rules that a linter cannot see, as system checks."""

import re
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import models

# Top to bottom; a foreign key may lead down or stay, never up.
FLOORS = [
    ["portal"],
    ["home"],
    ["api"],
    ["overview", "returns", "reach"],
    ["deliveries"],
    ["reports"],
    ["papers"],
    ["cases", "recruitment"],
    ["records", "stewards", "entries", "merges", "lookups", "rights"],
    ["intake", "cards"],
    ["pledges", "drives"],
    ["privacy"],
    ["people"],
    ["ledger", "kit", "monitor"],
    ["banners"],
    ["campaigns"],
    ["outbox"],
    ["accounts"],
    ["units"],
    ["outside"],
    ["common"],
]
NAMELESS_FILES = {"utils.py", "helpers.py", "misc.py", "core.py", "manager.py", "managers.py"}
GENERATED_MIGRATION = re.compile(r"_auto_|_and_more")
SEALED_NAMES = {"identity_number", "full_name", "birth_date", "permanent_address", "card_address"}


def floor_of(app_label: str) -> int | None:
    """The floor counted from the top, or None for a part that others keep."""
    for number, rooms in enumerate(FLOORS):
        if app_label in rooms:
            return number
    return None


@register()
def check_foreign_keys_run_down(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for model in apps.get_models():
        own = floor_of(model._meta.app_label)
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if own is None or not target or not getattr(field, "concrete", False):
                continue
            if target._meta.label_lower == settings.AUTH_USER_MODEL.lower():
                continue
            floor = floor_of(target._meta.app_label)
            if floor is not None and (
                floor < own or (floor == own and target._meta.app_label != model._meta.app_label)
            ):
                errors.append(
                    Error(
                        f"{model._meta.label}.{field.name} points up or sideways"
                        f" to {target._meta.label}.",
                        id="portal.E001",
                    )
                )
    return errors


@register()
def check_files_are_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for storey in ("portal", "home", "registration"):
        for path in sorted(Path(settings.BASE_DIR, storey).rglob("*.py")):
            if path.name in NAMELESS_FILES:
                errors.append(Error(f"{path.name} says nothing: {path}", id="portal.E002"))
            if path.parent.name == "migrations" and GENERATED_MIGRATION.search(path.name):
                errors.append(
                    Error(f"A migration is named for its change: {path}", id="portal.E003")
                )
    return errors


@register()
def check_no_template_folder_is_called_registration(
    app_configs: Any, **kwargs: Any
) -> list[CheckMessage]:
    # Django's own sign-in templates live under that prefix.
    found = Path(settings.BASE_DIR).glob("*/templates/registration")
    rooms = Path(settings.BASE_DIR, "registration").glob("*/templates/registration")
    return [
        Error(f"No template folder may be called registration/: {path}", id="portal.E004")
        for path in [*found, *rooms]
    ]


def _knows_people(app_label: str) -> bool:
    floor, people = floor_of(app_label), floor_of("people")
    return floor is not None and people is not None and floor <= people


@register()
def check_personal_fields_are_sealed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from registration.common.sealing import SealedField

    return [
        Error(f"{model._meta.label}.{field.name} must be sealed.", id="portal.E005")
        for model in apps.get_models()
        if _knows_people(model._meta.app_label)
        for field in model._meta.concrete_fields
        if field.name in SEALED_NAMES and not isinstance(field, SealedField)
    ]


@register()
def check_persons_stay_out_of_the_editors_index(
    app_configs: Any, **kwargs: Any
) -> list[CheckMessage]:
    # Wagtail's reference index copies the ids in foreign keys; its admin can list them.
    return [
        Error(f"{model._meta.label} must set wagtail_reference_index_ignore.", id="portal.E007")
        for model in apps.get_models()
        if _is_of_a_person(model) and not getattr(model, "wagtail_reference_index_ignore", False)
    ]


def _is_of_a_person(model: type[models.Model]) -> bool:
    if model._meta.app_label in {"people", "pledges", "cards", "rights", "lookups", "outbox"}:
        return True
    targets = [field.related_model for field in model._meta.concrete_fields]
    return any(target and target._meta.app_label == "people" for target in targets)


@register()
def check_both_admin_doors(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if apps.is_installed("django.contrib.admin"):
        return [Error("django.contrib.admin is a third staff door.", id="portal.E006")]
    return []
