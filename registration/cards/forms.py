from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards.rules import NUMBER_ROOM, require_card_number, require_reference
from registration.common.spreadsheets import date_parts
from registration.people.forms import CleanField, SplitDateField, asked
from registration.pledges.models import Pledge
from registration.units.choices import UnitKind
from registration.units.models import Province, Unit

MISSING_DAY = _("Write the day on which the card was issued.")


class CardNumberField(CleanField):
    def tidy(self, text: str) -> str:
        return str(asked(require_card_number, text))


class ReferenceField(CleanField):
    def tidy(self, text: str) -> str:
        return str(asked(require_reference, text))


def issuers_for(provinces: Iterable[Province], staff: Staff) -> QuerySet[Unit]:
    """Who may have issued a card: hospitals of the province, centres of the country, one's own."""
    provinces = list(provinces)
    issuing = Q(kind=UnitKind.HOSPITAL, province__in=provinces)
    issuing |= Q(kind=UnitKind.COORDINATION_CENTRE) | Q(pk=staff.unit_id)
    countries = {province.jurisdiction_id for province in provinces}
    units = Unit.objects.filter(issuing, jurisdiction__in=countries, is_active=True)
    return units.order_by("folded")


def is_issuer_for(unit: Unit, pledge: Pledge, staff: Staff) -> bool:
    """Whether ``issuers_for`` offers a unit for this registration; asks the database nothing."""
    is_near = unit.kind == UnitKind.HOSPITAL and unit.province_id == pledge.province_id
    issues = is_near or unit.kind == UnitKind.COORDINATION_CENTRE or unit.pk == staff.unit_id
    return issues and unit.jurisdiction_id == pledge.jurisdiction_id


def _number_field() -> CardNumberField:
    return CardNumberField(
        label=_("Card number"),
        max_length=NUMBER_ROOM,
        missing=_("Write the number printed on the card."),
    )


def _issuer_field(provinces: Iterable[Province], staff: Staff) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        issuers_for(provinces, staff),
        label=_("Issuer"),
        initial=staff.unit_id,
        empty_label=None,
        error_messages={"required": _("Choose who issued the card.")},
    )


class IssueForm(forms.Form):
    def __init__(self, pledge: Pledge, staff: Staff, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"] = _number_field()
        self.fields["number"].widget.attrs |= {"autocomplete": "off", "class": "input-20"}
        self.fields["issuer"] = _issuer_field([pledge.province], staff)
        self.fields["issued_on"] = SplitDateField(label=_("Issued on"), missing=MISSING_DAY)
        self.initial.setdefault("issued_on", day)


class BulkForm(forms.Form):
    """What holds for a whole table of cards."""

    def __init__(self, staff: Staff, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"] = _issuer_field(staff.provinces(), staff)
        self.fields["issued_on"] = SplitDateField(
            label=_("Issued on, where the table names no day"), missing=MISSING_DAY
        )
        self.initial.setdefault("issued_on", day)


class RowForm(forms.Form):
    """One card of a table."""

    def __init__(self, cells: dict[str, str]) -> None:
        days = enumerate(date_parts(cells.get("issued_on", "")))
        super().__init__({**cells, **{f"issued_on_{place}": part for place, part in days}})
        self.fields["reference"] = ReferenceField(
            label=_("Reference"), max_length=20, missing=_("Write the reference.")
        )
        self.fields["number"] = _number_field()
        self.fields["issued_on"] = SplitDateField(
            label=_("Issued on"), missing=MISSING_DAY, required=False
        )

    @property
    def sentences(self) -> list[str]:
        """Why the row is refused."""
        return [str(sentence) for told in self.errors.values() for sentence in told]


class CountForm(forms.Form):
    """How many lines the receiver counted."""

    counted = forms.IntegerField(
        label=_("Number of lines that you counted"),
        min_value=0,
        help_text=_("Compare the SHA-256 of your file first. It must be the one above."),
        error_messages={"required": _("Write how many lines you counted.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted"].widget.attrs |= {"class": "input-10", "inputmode": "numeric"}
