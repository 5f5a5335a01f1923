"""Refusals speak the language of the moment at which they are shown."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken


def test_sentence_is_filled_when_shown() -> None:
    error = RuleBroken("under_age", "From the age of %(minimum)s.", field="birth_date", minimum=18)

    assert (error.code, error.field) == ("under_age", "birth_date")
    assert error.sentence == str(error) == "From the age of 18."


def test_sentence_without_values_keeps_its_percent_signs() -> None:
    assert RuleBroken("full", "100% full").sentence == "100% full"


def test_sentence_is_written_in_the_reader_s_language() -> None:
    error = RuleBroken("required", _("This field is required."))

    with translation.override("tr"):
        turkish = error.sentence
    with translation.override("vi"):
        vietnamese = error.sentence

    assert turkish == "Bu alan zorunludur."
    assert vietnamese == "Trường này là bắt buộc."
