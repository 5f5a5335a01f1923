"""The house rules that a linter cannot see, each with a breach that it finds."""

from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from portal import checks
from registration.people.models import Person
from registration.units.models import Unit


def ids(messages: list[object]) -> list[str]:
    return [message.id for message in messages]


def test_house_keeps_its_own_rules() -> None:
    assert [message for message in run_checks() if message.id.startswith("portal.")] == []


def test_every_room_stands_on_a_floor() -> None:
    rooms = [name.removeprefix("registration.") for name in settings.ROOMS]

    assert [room for room in rooms if checks.floor_of(room) is None] == []


def test_foreign_keys_run_down_the_floors() -> None:
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if checks.floor_of(model._meta.app_label) is not None
        for field in model._meta.concrete_fields
        if field.related_model
        and checks.floor_of(field.related_model._meta.app_label) is not None
        and field.related_model._meta.label_lower != settings.AUTH_USER_MODEL.lower()
        and checks.floor_of(field.related_model._meta.app_label)
        < checks.floor_of(model._meta.app_label)
    ]

    assert upward == []


@isolate_apps("registration.units", attr_name="isolated")
def test_a_foreign_key_upward_is_found(monkeypatch) -> None:
    class Pointer(models.Model):  # noqa: DJ008  lives for this test
        person = models.ForeignKey(Person, models.CASCADE)

        class Meta:
            app_label = "units"

    monkeypatch.setattr(checks.apps, "get_models", lambda: [Pointer])

    assert ids(checks.check_foreign_keys_run_down(None)) == ["portal.E001"]


@isolate_apps("registration.people", attr_name="isolated")
def test_a_personal_field_in_clear_is_found(monkeypatch) -> None:
    class Register(models.Model):  # noqa: DJ008  lives for this test
        full_name = models.CharField(max_length=100)
        unit = models.ForeignKey(Unit, models.CASCADE)

        class Meta:
            app_label = "people"

    monkeypatch.setattr(checks.apps, "get_models", lambda: [Register])

    assert ids(checks.check_personal_fields_are_sealed(None)) == ["portal.E005"]


@isolate_apps("registration.people", attr_name="isolated")
def test_a_person_in_the_editors_index_is_found(monkeypatch) -> None:
    class Visit(models.Model):  # noqa: DJ008  lives for this test
        person = models.ForeignKey(Person, models.CASCADE)

        class Meta:
            app_label = "people"

    monkeypatch.setattr(checks.apps, "get_models", lambda: [Visit])

    assert ids(checks.check_persons_stay_out_of_the_editors_index(None)) == ["portal.E007"]


def test_nameless_files_and_generated_migrations_are_found(tmp_path, settings) -> None:
    room = tmp_path / "registration" / "units"
    (room / "migrations").mkdir(parents=True)
    (room / "utils.py").touch()
    (room / "migrations" / "0002_unit_name_and_more.py").touch()
    settings.BASE_DIR = tmp_path

    assert sorted(ids(checks.check_files_are_named(None))) == ["portal.E002", "portal.E003"]


def test_a_template_folder_called_registration_is_found(tmp_path, settings) -> None:
    (tmp_path / "registration" / "units" / "templates" / "registration").mkdir(parents=True)
    settings.BASE_DIR = tmp_path

    found = checks.check_no_template_folder_is_called_registration(None)

    assert ids(found) == ["portal.E004"]


def test_a_third_staff_door_is_found(monkeypatch) -> None:
    monkeypatch.setattr(checks.apps, "is_installed", lambda name: True)

    assert ids(checks.check_both_admin_doors(None)) == ["portal.E006"]
