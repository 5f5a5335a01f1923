"""The change of a registration: the same form with the stored answers, a check, one sending."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from registration.cards.services import valid_card_of
from registration.common.errors import RuleBroken
from registration.common.pages import STATUSES, SeeOther
from registration.intake.doors import Door
from registration.intake.pages import alternates
from registration.intake.texts import texts_with_boxes, ticked_texts
from registration.people.rules import masked_number, show_phone
from registration.people.services import contradictions_of
from registration.pledges.answers import PledgeAnswers, stored_answers
from registration.pledges.choices import ACTIVE_STATES, OrganChoice
from registration.pledges.forms import FORMS, KEEPS, PledgeForm, Setting
from registration.pledges.models import Pledge
from registration.pledges.rules import shown_state
from registration.pledges.summary import summary_groups
from registration.records import services
from registration.records.visits import Visit, move_visit
from registration.units.choices import PledgeKind

# What makes the person: corrected at a desk or by a request, with the paper at hand.
LOCKED = {
    PledgeKind.APPLICATION: ("full_name", "birth_date", "identity_number"),
    PledgeKind.INTENT: (),
}
LATER = {"too_many_changes": 429}


def filled_in(answers: PledgeAnswers, setting: Setting) -> dict[str, Any]:
    """The stored answers as the form shows them."""
    person = answers.person
    home = ", ".join([person.permanent_address, str(person.locality), person.province.full_name])
    all_of_them = set(setting.offer.listed) <= set(answers.organs)
    if not answers.organs:
        choice = OrganChoice.LATER
    else:
        choice = OrganChoice.ALL if all_of_them else OrganChoice.SOME
    return {
        "full_name": person.full_name,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "email": person.email,
        "phone": show_phone(person.phone) if person.phone else "",
        "identity_number": person.identity_number,
        "identity_issued_on": person.identity_issued_on,
        "identity_issued_by": person.identity_issued_by,
        "occupation": person.occupation,
        "workplace": person.workplace,
        "locality": person.locality.code if person.locality else "",
        "permanent_address": person.permanent_address,
        "old_district": person.old_district,
        "card_to_home": person.card_address == home,
        "card_address": "" if person.card_address == home else person.card_address,
        "organ_choice": choice,
        "organs": [] if all_of_them else list(answers.organs),
        "composites": list(answers.organs),
        "identity_secret": KEEPS if answers.keeps_identity_secret else "no",
    }


class Change:
    """One request to the change. Nothing is remembered between two: the pages carry the answers."""

    def __init__(self, request: HttpRequest, visit: Visit, *, now: Any) -> None:
        self.request = request
        self.visit = visit
        self.pledge = visit.pledge
        self.door = Door(
            self.pledge.province, self.pledge.department, translation.get_language(), now
        )
        # Of the person and not of the registration: a change gives the registration a new id.
        self.signer = Signer(salt=f"records.change:{self.pledge.person_id}")
        self.key = request.POST.get("form_key", "")

    @cached_property
    def stored(self) -> PledgeAnswers:
        return stored_answers(self.pledge)

    def answer(self) -> HttpResponse:
        if shown_state(self.pledge.state) not in ACTIVE_STATES:
            return self._refused()
        if self.request.method != "POST":
            self.key = self.signer.sign(secrets.token_hex(16))
            return self._form_page(self._form())
        steps = {"change": self._change, "send": self._send}
        return steps.get(self.request.POST.get("action", ""), self._check)()

    def _form(self, data: Any = None) -> PledgeForm:
        setting = self.door.setting
        initial = filled_in(self.stored, setting)
        form = FORMS[self.pledge.kind](setting, data, initial=initial)
        for name in LOCKED[PledgeKind(self.pledge.kind)]:
            form.fields[name].disabled = True
        return form

    def _change(self) -> HttpResponse:
        form = self._form(self.request.POST)
        form.forget_errors()
        return self._form_page(form, focus=self.request.POST.get("focus", ""))

    def _check(self) -> HttpResponse:
        form = self._form(self.request.POST)
        return self._check_page(form) if form.is_valid() else self._form_page(form, status=422)

    def _send(self) -> HttpResponse:
        form = self._form(self.request.POST)
        try:
            nonce = self._nonce()
            if sent := services.find_changed(self.pledge, nonce):
                return self._done(sent)
            if not form.is_valid():
                return self._form_page(form, status=422)
            self.door.look_again_at_texts()
            changed = services.change_record(
                self.pledge,
                form.answers(
                    language=self.pledge.language,
                    acts=ticked_texts(self.door.texts, self.request.POST),
                ),
                form_key=nonce,
                language=self.pledge.language,
                now=self.door.now,
            )
        except RuleBroken as error:
            if not form.is_valid():
                return self._form_page(form, status=422)
            return self._check_page(form, trouble=error)
        return self._done(changed)

    def _nonce(self) -> str:
        try:
            return self.signer.unsign(self.key)
        except BadSignature as error:
            self.key = self.signer.sign(secrets.token_hex(16))
            raise RuleBroken(
                "form_broken",
                _("This form came back incomplete. Your answers are still here: send again."),
            ) from error

    def _done(self, changed: Pledge) -> HttpResponse:
        if shown_state(changed.state) in ACTIVE_STATES:
            move_visit(self.request, self.visit, to=changed)
            sentence = _("Your change is stored and counts from now on.")
        else:
            sentence = _(
                "We sent a message to the new address. When its link is confirmed, the change "
                "counts; until then everything stays as it is."
            )
        messages.success(self.request, sentence)
        return SeeOther(reverse("records:show"))

    def _refused(self) -> HttpResponse:
        trouble = RuleBroken(
            "pledge_not_active",
            _(
                "This registration cannot be changed now. "
                "You can withdraw it, or register again when it has ended."
            ),
        )
        context = {"trouble": trouble, "alternates": alternates(self.request, "records:show")}
        return render(self.request, "records/refused.html", context, status=409)

    def _form_page(self, form: PledgeForm, *, focus: str = "", status: int = 200) -> HttpResponse:
        if focus in form.fields:
            form.fields[focus].widget.attrs["autofocus"] = True
        person = self.stored.person
        locked = {
            "full_name": person.full_name,
            "birth_date": person.birth_date,
            "identity_number": masked_number(person.identity_number),
        }
        rows = [
            {"label": form.fields[name].label, "value": locked[name]}
            for name in LOCKED[PledgeKind(self.pledge.kind)]
        ]
        return self._page(
            "records/change_form.html",
            form,
            status=status,
            locked=rows,
            has_card=valid_card_of(self.pledge) is not None,
        )

    def _check_page(self, form: PledgeForm, *, trouble: RuleBroken | None = None) -> HttpResponse:
        answers = form.answers(language=self.door.language)
        status = LATER.get(trouble.code, STATUSES.get(trouble.code, 422)) if trouble else 200
        return self._page(
            "records/change_check.html",
            form,
            status=status,
            trouble=trouble,
            groups=summary_groups(
                answers,
                kind=self.pledge.kind,
                organ_names=self.door.setting.offer.names,
                language=self.door.language,
                hides_number=True,
            ),
            warnings=contradictions_of(answers.person),
            texts=texts_with_boxes(self.door.texts, self.request.POST),
        )

    def _page(
        self, template: str, form: PledgeForm, *, status: int, **context: Any
    ) -> HttpResponse:
        context |= {
            "form": form,
            "form_key": self.key,
            "pledge": self.pledge,
            "jurisdiction": self.pledge.jurisdiction,
            "alternates": alternates(self.request, "records:change"),
        }
        return render(self.request, template, context, status=status)
