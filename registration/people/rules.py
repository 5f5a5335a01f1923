"""Ages, identity numbers and contacts: who may register, and what a number can and cannot be."""

import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType
from stdnum.exceptions import ValidationError as NumberError
from stdnum.tr import tckimlik

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.ledger.rules import age_on

OLDEST = 120
# Six digits are few: what keeps them safe is how seldom they can be tried.
CODE_LIFE = timedelta(hours=24)
CODE_TRIES = 5
CODES_EACH = 3
CODE_PAUSE = timedelta(minutes=1)
_OWN_LINES = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
}

WARNINGS: dict[str, str | Promise] = {
    "birth_year_differs": _(
        "The identity number names another year of birth than the one you wrote. "
        "Check both; if they are as on your card, go on."
    ),
    "sex_differs": _(
        "The identity number names another sex than the one you chose. "
        "Check both; if they are as on your card, go on."
    ),
    "code_unknown": _(
        "The first three digits of the identity number are not those of a province. "
        "Check them; if they are as on your card, go on."
    ),
}


def require_birth_date(birth_date: date, *, day: date) -> None:
    """Refuses a day to come (``birth_date_future``) and ages above 120 (``birth_date_too_old``)."""
    if birth_date > day:
        raise RuleBroken(
            "birth_date_future", _("The date of birth lies in the future."), field="birth_date"
        )
    if age_on(birth_date, day) > OLDEST:
        raise RuleBroken(
            "birth_date_too_old",
            _("The date of birth lies more than 120 years back. Check the year."),
            field="birth_date",
        )


def require_age(birth_date: date, *, minimum: int, day: date) -> None:
    """Refuses whoever is younger than ``minimum`` years on ``day`` (``under_age``)."""
    if age_on(birth_date, day) < minimum:
        raise RuleBroken(
            "under_age",
            _("You can register from the age of %(minimum)s."),
            field="birth_date",
            minimum=minimum,
        )


def bare_number(text: str) -> str:
    """The number without what people put between its digits."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(c for c in normal if not c.isspace() and c not in ".-")


@dataclass(frozen=True)
class CitizenNumber:
    """What a Vietnamese number says of its owner (Decree 137/2015/NĐ-CP, art. 13)."""

    birth_code: str
    sex: Sex
    birth_year: int


def _is_digits(number: str) -> bool:
    # str.isdigit() alone lets the digits of other scripts through.
    return number.isascii() and number.isdigit()


def read_citizen_number(number: str) -> CitizenNumber:
    """Take a well-formed number apart; its last six digits are random."""
    century = int(number[3])
    return CitizenNumber(
        birth_code=number[:3],
        sex=Sex.FEMALE if century % 2 else Sex.MALE,
        birth_year=1900 + 100 * (century // 2) + int(number[4:6]),
    )


def require_citizen_number(number: str, *, day: date) -> str:
    """The bare 12-digit number. Refuses another shape (``number_shape``, ``number_old_card``) and
    a birth year to come (``number_future``); there is no check digit.
    """
    bare = bare_number(number)
    if _is_digits(bare) and len(bare) == 9:
        raise RuleBroken(
            "number_old_card",
            _(
                "This is the number of an old 9-digit card, not valid since 31 December 2024. "
                "Write the 12 digits of your citizen card."
            ),
            field="identity_number",
        )
    if not _is_digits(bare) or len(bare) != 12:
        raise RuleBroken(
            "number_shape",
            _("The identity number has 12 digits and nothing else, as on your citizen card."),
            field="identity_number",
        )
    if read_citizen_number(bare).birth_year > day.year:
        raise RuleBroken(
            "number_future",
            _("This identity number would belong to somebody not yet born. Check its digits."),
            field="identity_number",
        )
    return bare


def check_citizen_number(
    number: str, *, birth_date: date | None, sex: Sex, known_codes: Collection[str]
) -> list[str]:
    """Codes of ``WARNINGS``: where a well-formed number contradicts what was written.

    Never a refusal: somebody whose birth or sex was registered anew keeps the number, and births
    registered abroad carry a country's code.
    """
    read = read_citizen_number(number)
    warnings = []
    if birth_date and read.birth_year != birth_date.year:
        warnings.append("birth_year_differs")
    if sex != Sex.UNKNOWN and read.sex != sex:
        warnings.append("sex_differs")
    if known_codes and read.birth_code not in known_codes:
        warnings.append("code_unknown")
    return warnings


def require_turkish_number(number: str, *, day: date) -> str:
    """The bare 11-digit number with both check digits right, or ``number_shape``."""
    bare = bare_number(number)
    try:
        if not _is_digits(bare):
            raise NumberError
        return str(tckimlik.validate(bare))
    except NumberError as error:
        raise RuleBroken(
            "number_shape",
            _("This is no Turkish identity number. It has 11 digits; check each of them."),
            field="identity_number",
        ) from error


def _no_warnings(
    number: str, *, birth_date: date | None, sex: Sex, known_codes: Collection[str]
) -> list[str]:
    # A Turkish number says nothing about birth or sex, whatever web pages claim.
    return []


@dataclass(frozen=True)
class IdentityRule:
    """How a jurisdiction's number is checked, and how many digits its field has room for."""

    digits: int
    require: Callable[..., str]
    warn: Callable[..., list[str]]


IDENTITY_RULES = {
    "VN": IdentityRule(12, require_citizen_number, check_citizen_number),
    "TR": IdentityRule(11, require_turkish_number, _no_warnings),
}


def masked_number(number: str) -> str:
    """All but the last three digits hidden, for what leaves the house."""
    return "•" * max(len(number) - 3, 0) + number[-3:]


def read_phone(text: str, *, region: str) -> phonenumbers.PhoneNumber:
    """A number that exists, as dialled in ``region``, or ``phone_unknown``."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise RuleBroken(
            "phone_unknown",
            _("This telephone number does not exist. Write it with all its digits."),
            field="phone",
        )
    return number


def require_phone(text: str, *, region: str) -> str:
    """A person's own line in E.164. Refuses service and short numbers (``phone_no_line``)."""
    number = read_phone(text, region=region)
    if phonenumbers.number_type(number) not in _OWN_LINES or number.extension:
        raise RuleBroken(
            "phone_no_line",
            _("Write a mobile or fixed telephone number, without an extension."),
            field="phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def can_get_sms(phone: str) -> bool:
    """Whether a number in E.164 may be a mobile telephone of a country that the portal serves.

    A message abroad costs many times as much, and robots live off a share of that.
    """
    number = phonenumbers.parse(phone)
    is_mobile = phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return is_mobile and phonenumbers.region_code_for_number(number) in IDENTITY_RULES


def show_phone(phone: str) -> str:
    """E.164 with spaces as people read it: ``+84 912 345 678``."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def require_email(text: str) -> str:
    """One address as it was typed, without surrounding spaces, or ``email_shape``."""
    address = unicodedata.normalize("NFKC", text).strip()
    try:
        validate_email(address)
        # The library lets ı and ſ through, as if they were capitals' other small letters.
        if not address.rpartition("@")[0].isascii():
            raise ValidationError("letters")
    except ValidationError as error:
        raise RuleBroken(
            "email_shape",
            _("Write one e-mail address, like name@example.org."),
            field="email",
        ) from error
    return address


def read_code(text: str) -> str:
    """Six digits without what people put between them, or ``code_shape``."""
    bare = bare_number(text)
    if not _is_digits(bare) or len(bare) != 6:
        raise RuleBroken("code_shape", _("The code has six digits."), field="code")
    return bare


def require_another_code(*, sent: int, newest_ends_at: datetime | None, now: datetime) -> None:
    """Refuses one more code within a minute (``code_just_sent``) or a fourth (``codes_spent``)."""
    if sent >= CODES_EACH:
        raise RuleBroken("codes_spent", _("No more codes are sent for this registration."))
    if newest_ends_at and newest_ends_at - CODE_LIFE > now - CODE_PAUSE:
        raise RuleBroken("code_just_sent", _("A code was sent a moment ago."))


def is_code_open(*, tries: int, ends_at: datetime, now: datetime) -> bool:
    """Whether a code may still be used: fewer than five wrong tries, and within 24 hours."""
    return tries < CODE_TRIES and now < ends_at


def wrong_code() -> RuleBroken:
    """The one answer to all that does not fit, so that it tells nobody which part was right."""
    return RuleBroken(
        "code_wrong",
        _(
            "The reference and the code do not fit together, or the code has ended. "
            "Check both in the SMS, or ask for a new code."
        ),
        field="code",
    )
