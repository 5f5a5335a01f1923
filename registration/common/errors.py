"""The one error with which a rule or a service refuses."""

from typing import Any

from django.utils.functional import Promise


class RuleBroken(Exception):
    """Something a person asked for is refused.

    ``code`` is stable and for programs (``"under_age"``), ``sentence`` is whole and for people, in
    the language active when it is shown. ``field`` names the form field it belongs to, if any.
    """

    def __init__(
        self, code: str, sentence: str | Promise, *, field: str | None = None, **values: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self._sentence = sentence
        self._values = values

    @property
    def sentence(self) -> str:
        return str(self._sentence) % self._values if self._values else str(self._sentence)

    def __str__(self) -> str:
        return self.sentence
