"""Whatever somebody chooses is what is stored, told, printed and exported (INV-8).

A register elsewhere held wrong choices for ten years; the letters that told people brought it out.
"""

import io
import random
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from registration.cards.documents import acknowledgement_pdf, card_pdf
from registration.cards.services import issue_card
from registration.outbox.models import Message
from registration.pledges.answers import stored_answers
from registration.pledges.choices import OrganChoice, StepKind
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.rules import chosen_organs
from registration.pledges.services import confirm_pledge
from registration.pledges.steps import take_step
from registration.privacy.holders import export_registrations
from registration.units import reference as units_reference
from registration.units.loading import read_rows
from registration.units.models import Organ, OrganOffer
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

ORGANS = Path(units_reference.__file__).parent / "data" / "organs_tissues.csv"
RANDOM_SUBSETS = 4


@pytest.fixture
def all_offers(reference: Any) -> Any:
    """The whole shipped list of both countries."""
    OrganOffer.objects.all().delete()
    for row in read_rows(ORGANS):
        names = {f"name_{code}": row[f"name_{code}"] for code in ("en", "tr", "vi")}
        organ, _made = Organ.objects.update_or_create(
            code=row["code"], defaults={"kind": row["kind"], "sort": int(row["sort"]), **names}
        )
        for jurisdiction, offered in (
            (reference.vn, row["vn_offer"]),
            (reference.tr, row["tr_offer"]),
        ):
            OrganOffer.objects.create(
                jurisdiction=jurisdiction, organ=organ, is_offered=offered == "1"
            )
    return reference


def subsets_of(codes: list[str]) -> list[tuple[str, ...]]:
    """Each alone, all, all but one, and some at random that stay the same."""
    chance = random.Random("organs")
    picked = [
        tuple(chance.sample(codes, chance.randint(2, len(codes) - 1)))
        for _ in range(RANDOM_SUBSETS)
    ]
    return [*((code,) for code in codes), tuple(codes), tuple(codes[1:]), *picked]


@pytest.mark.parametrize("country", ["vn", "tr"])
def test_every_subset_survives_choosing_storing_and_naming(all_offers: Any, country: str) -> None:
    offer = organs_offered(getattr(all_offers, country))
    codes, code_of = list(offer.names), {name: code for code, name in offer.names.items()}
    wrong = []

    for subset in chain.from_iterable(combinations(codes, n) for n in range(1, len(codes) + 1)):
        chosen = chosen_organs(
            OrganChoice.SOME, ticked=subset, listed=offer.listed, apart=offer.apart
        )
        stored = Pledge(organs=";".join(chosen)).organ_codes
        told = {code_of[name] for code, name in offer.names.items() if code in stored}
        if not set(subset) == set(stored) == told:
            wrong.append(subset)

    assert len(code_of) == len(codes) >= 12
    assert wrong == []


def names_in(text: str, label: str) -> set[str]:
    """The names in the row of a message that begins with ``label``."""
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return set(line.partition(":")[2].strip().split(", "))


def pages(document: bytes) -> str:
    reader = PdfReader(io.BytesIO(document))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def with_card(pledge: Pledge, staff: Any, issuer: Any) -> Any:
    for step in (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED):
        take_step(pledge, step, staff=staff, happened_on=NOW.date(), now=NOW)
    return issue_card(
        pledge,
        number=f"VN {pledge.reference}",
        issuer=issuer,
        issued_on=date(2026, 11, 20),
        staff=staff,
        now=NOW,
    )


def test_vietnamese_choice_is_the_same_in_store_message_card_and_export(
    all_offers: Any, steward: Any
) -> None:
    names = organs_offered(all_offers.vn).names
    vietnamese = dict(Organ.objects.values_list("code", "name_vi"))
    for number, subset in enumerate(subsets_of(list(names))):
        told = answers(
            all_offers,
            organs=subset,
            identity_number=f"9991900{number:05d}",
            email=f"n{number}@example.org",
        )
        pledge = register(all_offers, told)
        confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
        card = with_card(pledge, steward, all_offers.steward)

        expected = {vietnamese[code] for code in subset}
        receipt = Message.objects.get(kind="pledges/receipt", about=pledge.pk)
        (exported,) = export_registrations([pledge.pk])["registrations"]
        printed = pages(card_pdf(card, sheet=True))
        listed = ", ".join(vietnamese[code] for code in names if code in subset)
        assert set(stored_answers(pledge).organs) == set(subset)
        assert names_in(receipt.text, "Mô, bộ phận cơ thể") == expected
        assert listed in printed
        assert set(exported["organs"].split(";")) == set(subset)


def test_turkish_choice_is_the_same_in_store_message_paper_and_export(all_offers: Any) -> None:
    names = organs_offered(all_offers.tr).names
    turkish_names = dict(Organ.objects.values_list("code", "name_tr"))
    for number, subset in enumerate(subsets_of(list(names))[::2]):
        told = turkish(all_offers, organs=subset, email=f"n{number}@example.org")
        pledge = register(all_offers, told)

        receipt = Message.objects.get(kind="pledges/receipt", about=pledge.pk)
        listed = ", ".join(turkish_names[code] for code in names if code in subset)
        assert set(stored_answers(pledge).organs) == set(subset)
        assert names_in(receipt.text, "Organlar ve dokular") == {turkish_names[c] for c in subset}
        assert listed in pages(acknowledgement_pdf(pledge))
