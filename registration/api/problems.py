"""Why something is not answered, as RFC 9457 has it, in the language that was asked for.

A refusal says the same of what does not exist and of what belongs to another department.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    detail: str


KINDS = {
    "key_missing": Kind(
        401,
        gettext_noop("A key is needed"),
        gettext_noop("Send the key in the header Authorization, after the word Bearer."),
    ),
    "key_unknown": Kind(
        401,
        gettext_noop("The key is not known"),
        gettext_noop("Check that the whole key was sent: dp_, eight letters, _ and the rest."),
    ),
    "key_expired": Kind(
        401,
        gettext_noop("The key has expired"),
        gettext_noop("Ask whoever gave you the key for a new one."),
    ),
    "key_ended": Kind(
        401,
        gettext_noop("The key has been ended"),
        gettext_noop("Ask whoever gave you the key for a new one."),
    ),
    "not_allowed": Kind(
        403,
        gettext_noop("The key does not open this"),
        gettext_noop("The key was given out for other things. /api/v1/me lists what it may read."),
    ),
    "not_found": Kind(
        404,
        gettext_noop("Nothing was found"),
        gettext_noop("There is nothing at this address, or nothing that this key may read."),
    ),
    "wrong_method": Kind(
        405,
        gettext_noop("Figures can only be read"),
        gettext_noop("Every address is read with GET or HEAD."),
    ),
    "not_acceptable": Kind(
        406,
        gettext_noop("There is no answer in this form"),
        gettext_noop("Figures are answered as application/json."),
    ),
    "not_understood": Kind(
        422,
        gettext_noop("A parameter was not understood"),
        gettext_noop("Each parameter that was not understood is named under errors."),
    ),
    "too_many": Kind(
        429,
        gettext_noop("Too many requests"),
        gettext_noop("Wait as many seconds as the header Retry-After says."),
    ),
    "trouble": Kind(
        500,
        gettext_noop("The portal could not answer"),
        gettext_noop("The trouble has been noted. Ask again in a few minutes."),
    ),
}
# What is said of a parameter, by the kind of mistake as the checking library names it.
MISTAKES = {
    "missing": gettext_noop("This parameter is needed."),
    "day": gettext_noop("Write the day as year-month-day."),
    "number": gettext_noop("Write a whole number."),
    "greater_than_equal": gettext_noop("The smallest possible value is %(ge)s."),
    "less_than_equal": gettext_noop("The largest possible value is %(le)s."),
    "enum": gettext_noop("Possible values: %(expected)s."),
    "literal_error": gettext_noop("Possible values: %(expected)s."),
    "string_pattern_mismatch": gettext_noop("Write a code of letters, digits, _ and -."),
    "value": gettext_noop("This value was not understood."),
    "unknown": gettext_noop("There is no such parameter."),
    "either": gettext_noop("Write either one day or the first and the last day."),
    "twice": gettext_noop("Write this parameter once."),
}


class Problem(Exception):
    """What a route raises instead of an answer; ``code`` is one of ``KINDS``."""

    def __init__(
        self,
        code: str,
        *,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.errors, self.headers = code, list(errors), dict(headers or {})


def mistake(name: str, code: str, *, place: str = "query", detail: str = "") -> dict[str, str]:
    """One parameter and what is wrong with it."""
    return {"place": place, "name": name, "code": code, "detail": detail or _(MISTAKES[code])}


def mistakes_of(found: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The findings of the checking library in our own words."""
    errors = []
    for each in found:
        code = each["type"] if each["type"] in MISTAKES else "value"
        values = {name: _plain(value) for name, value in each.get("ctx", {}).items()}
        sentence = _(MISTAKES[code])
        detail = sentence % values if "%(" in sentence else sentence
        place, *names = each["loc"]
        errors.append(mistake(str(names[-1]), code, place=str(place), detail=detail))
    return errors


def _plain(value: object) -> str:
    """``'pdf', 'csv' or 'json'`` as a list that is read in any language."""
    return str(value).replace("'", "").replace(" or ", ", ")


def problem_answer(request: HttpRequest, problem: Problem) -> JsonResponse:
    kind = KINDS[problem.code]
    body: dict[str, Any] = {
        "type": f"{settings.BASE_URL}/api/v1/docs#{problem.code}",
        "title": _(kind.title),
        "status": kind.status,
        "detail": _(kind.detail),
        "instance": iri_to_uri(request.path),
    }
    if problem.errors:
        body["errors"] = problem.errors
    answer = JsonResponse(
        body,
        status=kind.status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
        json_dumps_params={"ensure_ascii": False},
    )
    if kind.status == 401:
        # RFC 6750, section 3.1: without a key there is nothing to call invalid.
        error = "" if problem.code == "key_missing" else ', error="invalid_token"'
        answer["WWW-Authenticate"] = f'Bearer realm="donation-portal"{error}'
    return answer
