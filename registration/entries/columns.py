"""The columns of a spreadsheet: which field a heading means, and what a cell says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import fold
from registration.common.spreadsheets import date_parts, known_headings
from registration.entries.forms import DeskFields
from registration.people.answers import PersonAnswers
from registration.people.rules import IDENTITY_RULES, WARNINGS
from registration.pledges.choices import OrganChoice
from registration.pledges.forms import KEEPS, Setting
from registration.units.models import Organ
from registration.units.places import identity_codes

# What a heading says in short, where the form asks a whole question.
SHORT: dict[str, str | Promise] = {
    "organs": _("Organs and tissues"),
    "identity_secret": _("Identity kept secret"),
    "language": _("The person's language"),
}
# The column in which rows come back with the reason why they were not entered.
REASON = _("What is wrong")
ORDER = [
    "full_name",
    "birth_date",
    "sex",
    "identity_number",
    "identity_issued_on",
    "identity_issued_by",
    "phone",
    "email",
    "occupation",
    "workplace",
    "locality",
    "permanent_address",
    "old_district",
    "card_address",
    "organs",
    "identity_secret",
    "language",
]
# Other headings that offices use, folded.
ALSO = {
    "full_name": ["ho ten", "ho va ten", "ten", "ad soyad", "adi soyadi", "isim", "name"],
    "birth_date": ["ngay sinh", "sinh ngay", "dogum tarihi", "born", "birth date"],
    "sex": ["gioi tinh", "nam/nu", "cinsiyet", "gender"],
    "identity_number": ["cccd", "so cccd", "so dinh danh", "can cuoc", "so can cuoc", "id number"],
    "identity_issued_on": ["ngay cap", "verilis tarihi"],
    "identity_issued_by": ["noi cap", "veren makam"],
    "phone": ["dien thoai", "so dien thoai", "sdt", "telefon", "cep telefonu", "phone"],
    "email": ["email", "e-posta", "eposta", "thu dien tu", "mail"],
    "occupation": ["nghe nghiep", "meslek"],
    "workplace": ["noi cong tac", "noi lam viec", "co quan", "isyeri", "is yeri"],
    "locality": ["xa", "phuong", "xa/phuong", "phuong/xa", "xa phuong", "ilce", "district"],
    "permanent_address": ["dia chi", "dia chi thuong tru", "so nha", "adres", "address"],
    "old_district": ["huyen", "quan huyen", "quan/huyen"],
    "card_address": ["dia chi nhan the", "noi nhan the"],
    "organs": ["mo tang", "bo phan hien", "tang hien", "organlar", "organ", "organs"],
    "identity_secret": ["giu bi mat", "bi mat", "secret"],
    "language": ["ngon ngu", "dil", "language"],
}
EVERYTHING = {"all", "tat ca", "toan bo", "tumu", "hepsi"}
YES = {"yes", "y", "co", "x", "1", "true", "evet", "e"}
NO = {"no", "n", "khong", "0", "false", "hayir", "h"}
SEXES = {
    **dict.fromkeys(["female", "f", "nu", "kadin", "k"], "female"),
    **dict.fromkeys(["male", "m", "nam", "erkek", "e"], "male"),
}


def label_of(name: str, form: DeskFields) -> str | Promise:
    return SHORT.get(name) or form.fields[name].label or name


def columns_of(form: DeskFields) -> list[str]:
    """The columns that this kind of form has, in order."""
    return [name for name in ORDER if name in form.fields]


def required_columns(form: DeskFields) -> list[str]:
    # A missing language is the place's own; missing organs could mean all or none.
    return [
        name
        for name in columns_of(form)
        if name == "organs" or (form.fields[name].required and name != "language")
    ]


def headings(form: DeskFields) -> dict[str, str]:
    """Folded heading → column, in every language of the portal, so that any office's table fits."""
    return known_headings({name: label_of(name, form) for name in columns_of(form)}, ALSO)


def reason_headings() -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(fold(str(REASON)))
    return found


def _date_boxes(name: str, cell: str) -> dict[str, Any]:
    return {f"{name}_{place}": part for place, part in enumerate(date_parts(cell))}


@dataclass
class Reader:
    """Turns the cells of a row into what the form would have sent; made once for a whole table."""

    form: DeskFields
    setting: Setting
    places: Mapping[str, str]
    organs: Mapping[str, str]
    # With which an identity number may begin.
    codes: frozenset[str]

    @classmethod
    def of(cls, form: DeskFields) -> "Reader":
        setting = form.setting
        places: dict[str, str] = {}
        for place in setting.localities:
            for known in (place.full_name, place.name, place.code):
                # Two places of one short name: only the full one says which.
                key = fold(known)
                places[key] = "" if places.get(key, place.code) != place.code else place.code
        organs: dict[str, str] = {}
        for organ in Organ.objects.filter(code__in=setting.offer.names):
            names = [getattr(organ, f"name_{code}") for code, _name in settings.LANGUAGES]
            organs |= {fold(name): organ.code for name in [*names, organ.code] if name}
        return cls(form, setting, places, organs, identity_codes())

    def warnings_of(self, told: PersonAnswers) -> list[str]:
        """Where number, birth date and sex contradict each other; no query for each row."""
        if not told.identity_number:
            return []
        found = IDENTITY_RULES[told.province.jurisdiction_id].warn(
            told.identity_number,
            birth_date=told.birth_date,
            sex=told.sex,
            known_codes=self.codes,
        )
        return [str(WARNINGS[code]) for code in found]

    def data_of(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """The form's data, and a sentence for each column whose cell means nothing we know."""
        data: dict[str, Any] = {}
        refused: dict[str, str] = {}
        special: dict[str, Callable[[str], dict[str, Any]]] = {
            "sex": lambda cell: {"sex": SEXES.get(fold(cell), cell)},
            "locality": self._locality,
            "organs": self._organs,
            "identity_secret": self._secret,
            "language": self._language,
            "card_address": lambda cell: {"card_address": cell} if cell else {"card_to_home": "on"},
        }
        for name in columns_of(self.form):
            cell = cells.get(name, "")
            try:
                if name in ("birth_date", "identity_issued_on"):
                    data |= _date_boxes(name, cell)
                else:
                    data |= special.get(name, lambda cell, name=name: {name: cell})(cell)
            except RuleBroken as error:
                refused[name] = error.sentence
        return data, refused

    def _locality(self, cell: str) -> dict[str, Any]:
        if not cell:
            return {"locality": ""}
        code = self.places.get(fold(cell))
        if not code:
            raise RuleBroken(
                "place_unknown",
                _("The province has no place called “%(name)s”, or more than one."),
                name=cell[:60],
            )
        return {"locality": code}

    def _organs(self, cell: str) -> dict[str, Any]:
        if fold(cell) in EVERYTHING:
            return {"organ_choice": OrganChoice.ALL.value}
        names = [part.strip() for part in re.split(r"[,;/|+\n]", cell) if part.strip()]
        if not names:
            is_open = OrganChoice.LATER in self.form.organ_choices
            return {"organ_choice": OrganChoice.LATER.value} if is_open else {}
        unknown = [name for name in names if fold(name) not in self.organs]
        if unknown:
            raise RuleBroken(
                "organ_unknown",
                _("No organ or tissue in the list is called “%(name)s”."),
                name=unknown[0][:60],
            )
        codes = [self.organs[fold(name)] for name in names]
        offer = self.setting.offer
        return {
            "organ_choice": OrganChoice.SOME.value,
            "organs": [code for code in codes if code in offer.listed],
            "composites": [code for code in codes if code in offer.apart],
        }

    def _secret(self, cell: str) -> dict[str, Any]:
        word = fold(cell)
        if word and word not in YES | NO:
            raise RuleBroken("no_yes_or_no", _("Write yes or no."))
        return {"identity_secret": (KEEPS if word in YES else "no") if word else ""}

    def _language(self, cell: str) -> dict[str, Any]:
        word = fold(cell)
        known = {fold(name): code for code, name in settings.LANGUAGES}
        known |= {code: code for code, _name in settings.LANGUAGES}
        code = known.get(word, "") if word else self.form.jurisdiction.language
        if not code:
            raise RuleBroken("language_unknown", _("Write vi, tr or en."))
        return {"language": code}
