from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards.rules import NUMBER_ROOM, require_card_number
from registration.people.forms import CleanField, SplitDateField, asked
from registration.pledges.models import Pledge
from registration.units.choices import UnitKind
from registration.units.models import Unit


class CardNumberField(CleanField):
    def tidy(self, text: str) -> str:
        return str(asked(require_card_number, text))


def issuers_for(pledge: Pledge, staff: Staff) -> QuerySet[Unit]:
    """Who may have issued a card: hospitals of the province, centres of the country, one's own."""
    issuing = Q(kind=UnitKind.HOSPITAL, province=pledge.province_id)
    issuing |= Q(kind=UnitKind.COORDINATION_CENTRE) | Q(pk=staff.unit_id)
    units = Unit.objects.filter(issuing, jurisdiction=pledge.jurisdiction_id, is_active=True)
    return units.order_by("folded")


class IssueForm(forms.Form):
    def __init__(self, pledge: Pledge, staff: Staff, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"] = CardNumberField(
            label=_("Card number"),
            max_length=NUMBER_ROOM,
            missing=_("Write the number printed on the card."),
        )
        self.fields["number"].widget.attrs |= {"autocomplete": "off", "class": "input-20"}
        self.fields["issuer"] = forms.ModelChoiceField(
            issuers_for(pledge, staff),
            label=_("Issuer"),
            initial=staff.unit_id,
            empty_label=None,
            error_messages={"required": _("Choose who issued the card.")},
        )
        self.fields["issued_on"] = SplitDateField(
            label=_("Issued on"), missing=_("Write the day on which the card was issued.")
        )
        self.initial.setdefault("issued_on", day)


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
