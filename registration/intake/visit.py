"""One request to the form: which page answers it, and what must be in order before it is sent."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from registration.common.errors import RuleBroken
from registration.common.pages import STATUSES, SeeOther
from registration.intake import gate
from registration.intake.doors import Door, let_in_by_banner
from registration.intake.pages import alternates
from registration.intake.texts import is_ticked, texts_with_boxes, ticked_texts
from registration.people.services import contradictions_of
from registration.pledges import services
from registration.pledges.forms import PledgeForm
from registration.pledges.models import Pledge
from registration.pledges.rules import require_fresh, require_unhurried
from registration.pledges.summary import summary_groups
from registration.pledges.writing import find_by_form_key, is_registered
from registration.privacy.services import ShownText

RECEIVED_SALT = "pledges.received"


class Visit:
    """One request to the form. Nothing is remembered between two: the pages carry the answers."""

    def __init__(self, request: HttpRequest, door: Door, *, moved_on: str = "") -> None:
        self.request = request
        self.door = door
        self.moved_on = moved_on
        self.key = request.POST.get("form_key", "")
        self.placement_code = request.POST.get("b", request.GET.get("b", ""))

    def start(self) -> HttpResponse:
        trouble = self._come_in()
        self.key = gate.new_form_key()
        page = self._form_page(None, trouble=trouble, blank=self.door.blank)
        # An address may name a banner that was taken down since: nothing was refused yet.
        page.status_code = 200
        return page

    def change(self) -> HttpResponse:
        """Back to the form with everything that was typed."""
        form = self.door.form(self.request.POST)
        form.forget_errors()
        return self._form_page(form, focus=self.request.POST.get("focus", ""))

    def check(self) -> HttpResponse:
        if self._was_sent():
            # Back from the receipt and changed: what is sent next is another form, not the old one.
            self.key = gate.new_form_key()
        trouble = self._come_in() or self._look_at_key()
        form = self.door.form(self.request.POST)
        if not form.is_valid():
            return self._refusal(form)
        if trouble:
            return self._form_page(form, trouble=trouble)
        return self._check_page(form)

    def send(self) -> HttpResponse:
        key = self.key
        trouble = self._come_in() or self._look_at_key()
        form = self.door.form(self.request.POST)
        if form.is_valid() and not trouble:
            try:
                return self._received(self._register(form, self._acts()))
            except RuleBroken as error:
                trouble = error
            except (OperationalError, InterfaceError, IntegrityError):
                return self._check_page(form, trouble=_unknown(), status=503)
        # Whatever is wrong with it now: a form that was sent is not refused afterwards.
        if sent := self._sent_before(key):
            return self._received(sent)
        if trouble and form.is_valid():
            return self._check_page(form, trouble=trouble)
        return self._refusal(form)

    def _register(self, form: PledgeForm, acts: list[ShownText]) -> Pledge:
        now = self.door.now
        key = gate.read_form_key(self.key)
        gate.require_no_robot(self.request.POST)
        require_unhurried(key.started_at, now=now)
        proof = gate.look_at_proof(self.request.POST)
        gate.count_sender(self.request, is_proven=proof.is_proven, now=now)
        return services.register_pledge(
            form.answers(language=self.door.language, acts=acts),
            source=self.door.source,
            form_key=key.nonce,
            is_held=not proof.is_proven,
            proof=proof.mark,
            mailbox_limit=gate.MAILBOX_PROVEN if proof.is_proven else gate.MAILBOX_HELD,
            sender=gate.sender_of(self.request),
            now=now,
        )

    def _come_in(self) -> RuleBroken | None:
        try:
            let_in_by_banner(self.door, self.placement_code)
        except RuleBroken as error:
            self.placement_code = ""
            return error
        return None

    def _look_at_key(self) -> RuleBroken | None:
        """A key that is broken or too old is replaced, so that the next sending passes."""
        try:
            require_fresh(gate.read_form_key(self.key).started_at, now=self.door.now)
        except RuleBroken as error:
            self.key = gate.new_form_key()
            return error
        return None

    def _sent_before(self, key: str) -> Pledge | None:
        try:
            return find_by_form_key(gate.read_form_key(key).nonce)
        except RuleBroken:
            return None

    def _was_sent(self) -> bool:
        try:
            return is_registered(gate.read_form_key(self.key).nonce)
        except RuleBroken:
            return False

    def _acts(self) -> list[ShownText]:
        sent = self.request.POST
        if not all(is_ticked(shown, sent) for shown in self.door.texts):
            self.door.look_again_at_texts()
        return ticked_texts(self.door.texts, sent)

    def _received(self, pledge: Pledge) -> HttpResponse:
        token = signing.dumps(str(pledge.pk), salt=RECEIVED_SALT)
        return SeeOther(reverse("intake:received", args=[token]))

    def _refusal(self, form: PledgeForm) -> HttpResponse:
        if form.has_error("birth_date", "under_age"):
            return self._page("intake/under_age.html", form, status=422)
        return self._form_page(form, status=422)

    def _form_page(
        self,
        form: PledgeForm | None,
        *,
        trouble: RuleBroken | None = None,
        focus: str = "",
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        if form and focus in form.fields:
            form.fields[focus].widget.attrs["autofocus"] = True
        return self._page("intake/form.html", form, trouble=trouble, status=status, **context)

    def _check_page(
        self, form: PledgeForm, *, trouble: RuleBroken | None = None, status: int = 200
    ) -> HttpResponse:
        answers = form.answers(language=self.door.language)
        context = {
            "groups": summary_groups(
                answers,
                kind=self.door.jurisdiction.pledge_kind,
                organ_names=self.door.setting.offer.names,
                language=self.door.language,
            ),
            "warnings": contradictions_of(answers.person),
            "texts": texts_with_boxes(self.door.texts, self.request.POST),
        }
        return self._page("intake/check.html", form, trouble=trouble, status=status, **context)

    def _page(
        self,
        template: str,
        form: PledgeForm | None,
        *,
        trouble: RuleBroken | None = None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        door = self.door
        if trouble:
            status = STATUSES.get(trouble.code, 422 if status == 200 else status)
        context |= {
            "form": form,
            "trouble": trouble,
            "form_key": self.key,
            "placement": self.placement_code,
            "honeypot": gate.HONEYPOT,
            "province": door.province,
            "department": door.department,
            "jurisdiction": door.jurisdiction,
            "moved_on": self.moved_on,
            "alternates": alternates(self.request, "intake:fill_in", door.province.address_code),
            "recaptcha_key": settings.RECAPTCHA_PUBLIC_KEY,
            "recaptcha_domain": settings.RECAPTCHA_DOMAIN,
        }
        response = render(self.request, template, context, status=status)
        if settings.RECAPTCHA_PUBLIC_KEY:
            response._csp_update = gate.recaptcha_policy()  # type: ignore[attr-defined]
        return response


def _unknown() -> RuleBroken:
    return RuleBroken(
        "unknown",
        _(
            "We cannot tell whether this was saved. Press the button again: "
            "however often you send this form, it counts once."
        ),
    )
